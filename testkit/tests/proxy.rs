//! The proxy breaks a link in each way that it promises, shows that it did, and heals it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use testkit::port::free_port;
use testkit::proxy::{Counts, Direction, Mode, Proxy};
use testkit::{eventually, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

const LIMIT: Duration = Duration::from_secs(10);

/// A proxy, and the server behind it, whose part the test plays.
struct Link {
    proxy: Proxy,
    server: TcpListener,
}

impl Link {
    async fn open() -> Self {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        Self { proxy: Proxy::before(server.local_addr().unwrap()).await, server }
    }

    /// Both ends of a new connection.
    async fn connect(&self) -> (TcpStream, TcpStream) {
        let client = self.dial().await;
        let (server, _) = timeout(LIMIT, self.server.accept()).await.expect("the server is dialled").unwrap();
        (client, server)
    }

    async fn dial(&self) -> TcpStream {
        TcpStream::connect(self.proxy.address()).await.unwrap()
    }

    async fn until(&self, what: &str, is_such: impl Fn(&Counts) -> bool) {
        eventually(what, async || is_such(&self.proxy.counts()).then_some(())).await;
    }
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

async fn expect(stream: &mut TcpStream, text: &str) {
    let mut buffer = vec![0; text.len()];
    timeout(LIMIT, stream.read_exact(&mut buffer)).await.expect("the bytes arrive").unwrap();
    assert_eq!(String::from_utf8(buffer).unwrap(), text);
}

async fn expect_reset(stream: &mut TcpStream) {
    let read = timeout(LIMIT, stream.read(&mut [0; 1])).await.expect("the connection ends");
    assert_eq!(read.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

/// Nothing to be read and no end either, now.
fn is_mute(stream: &TcpStream) -> bool {
    stream.try_read(&mut [0; 1]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

#[tokio::test]
async fn bytes_pass_and_are_counted_both_ways() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    send(&mut client, "hello").await;
    expect(&mut server, "hello").await;
    send(&mut server, "hi").await;
    expect(&mut client, "hi").await;
    link.until("both to be counted", |counts| counts.passed == [5, 2] && counts.taken == [5, 2]).await;
    assert_eq!((link.proxy.counts().connections, link.proxy.counts().open), (1, 1));

    drop(client);
    assert_eq!(server.read(&mut [0; 1]).await.unwrap(), 0, "an end passes as an end");
    drop(server);
    link.until("the connection to close", |counts| counts.open == 0).await;
    assert_eq!(link.proxy.counts().reset, 0);
}

#[tokio::test]
async fn one_side_may_end_before_the_other() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    send(&mut client, "question").await;
    client.shutdown().await.unwrap();
    let mut asked = String::new();
    server.read_to_string(&mut asked).await.unwrap();
    assert_eq!(asked, "question");
    send(&mut server, "answer").await;
    expect(&mut client, "answer").await;
}

#[tokio::test]
async fn a_delay_holds_each_byte_and_keeps_the_order() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    let delay = Duration::from_millis(50);
    link.proxy.set(Direction::ToServer, Mode::Delay(delay));
    let sent = Instant::now();
    for part in ["a", "b", "c"] {
        send(&mut client, part).await;
    }
    expect(&mut server, "abc").await;
    // Never too early; how late is the machine's affair.
    assert!(sent.elapsed() >= delay);
}

#[tokio::test]
async fn what_is_stalled_arrives_when_the_link_heals() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    link.proxy.stall();
    send(&mut client, "late").await;
    link.until("the bytes to be held", |counts| counts.taken == [4, 0]).await;
    assert!(is_mute(&server));
    assert_eq!(link.proxy.counts().passed, [0, 0]);

    link.proxy.heal();
    expect(&mut server, "late").await;
    send(&mut server, "but here").await;
    expect(&mut client, "but here").await;
}

#[tokio::test]
async fn a_connection_made_in_a_stall_is_made_when_the_link_heals() {
    let link = Link::open().await;
    link.proxy.stall();
    let mut client = link.dial().await;
    send(&mut client, "hello").await;
    link.until("the connection to be seen", |counts| counts.connections == 1).await;
    tokio::select! {
        biased;
        _ = link.server.accept() => panic!("the server was dialled through the stall"),
        () = std::future::ready(()) => {}
    }
    link.proxy.heal();
    let (mut server, _) = timeout(LIMIT, link.server.accept()).await.expect("the server is dialled").unwrap();
    expect(&mut server, "hello").await;
}

#[tokio::test]
async fn what_is_dropped_is_gone_and_its_connection_is_reset_when_the_link_heals() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    let (mut idle, mut idle_server) = link.connect().await;
    link.proxy.drop_silently();
    send(&mut client, "lost").await;
    link.until("the bytes to be swallowed", |counts| counts.dropped == [4, 0]).await;
    assert!(is_mute(&client) && is_mute(&server), "nobody has noticed");

    link.proxy.heal();
    expect_reset(&mut client).await;
    expect_reset(&mut server).await;
    // One that lost nothing may stay.
    send(&mut idle, "still here").await;
    expect(&mut idle_server, "still here").await;
    let (mut client, mut server) = link.connect().await;
    send(&mut client, "again").await;
    expect(&mut server, "again").await;
}

#[tokio::test]
async fn half_a_link_takes_the_question_and_loses_the_answer() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    link.proxy.drop_one_way(Direction::ToClient);
    send(&mut client, "question").await;
    expect(&mut server, "question").await;
    send(&mut server, "answer").await;
    link.until("the answer to be swallowed", |counts| counts.dropped == [0, 6]).await;
    assert!(is_mute(&client));
}

#[tokio::test]
async fn the_end_of_a_server_is_not_heard_through_a_black_hole() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    link.proxy.drop_silently();
    send(&mut server, "bye").await;
    drop(server);
    link.until("its last word to be swallowed", |counts| counts.dropped == [0, 3]).await;
    assert!(is_mute(&client));
    assert_eq!(link.proxy.counts().open, 1);

    link.proxy.heal();
    expect_reset(&mut client).await;
}

#[tokio::test]
async fn a_connection_made_in_a_black_hole_is_mute_and_reset_later() {
    let link = Link::open().await;
    link.proxy.drop_silently();
    let mut client = link.dial().await;
    link.until("the connection to be seen", |counts| counts.open == 1).await;
    assert!(is_mute(&client));
    link.proxy.heal();
    expect_reset(&mut client).await;
}

#[tokio::test]
async fn a_cut_resets_what_is_open_and_what_comes() {
    let link = Link::open().await;
    let (mut client, mut server) = link.connect().await;
    link.proxy.cut();
    expect_reset(&mut client).await;
    expect_reset(&mut server).await;
    expect_reset(&mut link.dial().await).await;
    assert_eq!(link.proxy.counts().reset, 2);

    link.proxy.heal();
    let (mut client, mut server) = link.connect().await;
    send(&mut client, "again").await;
    expect(&mut server, "again").await;
}

#[tokio::test]
async fn a_blip_resets_what_is_open_and_lets_pass_what_comes() {
    let link = Link::open().await;
    let (mut client, _server) = link.connect().await;
    link.proxy.cut_open();
    expect_reset(&mut client).await;
    let (mut client, mut server) = link.connect().await;
    send(&mut client, "again").await;
    expect(&mut server, "again").await;
}

#[tokio::test]
async fn before_a_server_that_is_not_there_connections_are_reset() {
    let proxy = Proxy::before(SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()))).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    expect_reset(&mut client).await;
}

#[tokio::test]
async fn a_dropped_proxy_closes_everything() {
    let Link { proxy, server } = Link::open().await;
    let address = proxy.address();
    let mut client = TcpStream::connect(address).await.unwrap();
    let _server = timeout(LIMIT, server.accept()).await.expect("the server is dialled").unwrap();
    drop(proxy);
    let read = timeout(LIMIT, client.read(&mut [0; 1])).await.expect("the connection ends");
    assert!(matches!(read, Ok(0) | Err(_)));
    within(LIMIT, "the port to close", async || TcpStream::connect(address).await.is_err().then_some(()))
        .await;
}
