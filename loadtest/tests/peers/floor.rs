//! The floor as a process: every message goes to everybody else, once and in order.

use crate::PROGRAM;
use crate::raw::Raw;
use loadtest::load::measure::rss_of;
use loadtest::load::peers::floor::WORD;
use loadtest::load::peers::worker::message;
use std::net::{Ipv4Addr, SocketAddr};
use tempfile::TempDir;
use testkit::daemon::{Daemon, Recipe};
use testkit::eventually;
use testkit::port::SteadyPort;
use tokio::net::TcpStream;

struct Floor {
    daemon: Daemon,
    address: SocketAddr,
    _port: SteadyPort,
    _folder: TempDir,
}

async fn floor() -> Floor {
    let (port, folder) = (SteadyPort::claim(), tempfile::tempdir().unwrap());
    let daemon =
        Daemon::new(Recipe::new(WORD, PROGRAM, folder.path()).args([WORD, &port.number().to_string()]));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.number()));
    daemon.start();
    eventually("the floor to serve", async || TcpStream::connect(address).await.ok()).await;
    Floor { daemon, address, _port: port, _folder: folder }
}

#[tokio::test]
async fn everybody_else_gets_every_message_once_and_in_order() {
    const MESSAGES: u64 = 500;
    let floor = floor().await;
    let mut listeners = Vec::new();
    for _ in 0..20 {
        listeners.push(Raw::open(floor.address, "/listen").await);
    }
    // One who leaves is missed by nobody, and whoever comes then takes their place.
    drop(listeners.swap_remove(3));
    let mut publisher = Raw::open(floor.address, "/").await;
    listeners.push(Raw::open(floor.address, "/listen").await);
    for number in 0..MESSAGES {
        publisher.send(&message(number, 7, 200)).await;
    }
    for listener in &mut listeners {
        for number in 0..MESSAGES {
            assert_eq!(listener.next().await, message(number, 7, 200), "the next one is {number}");
        }
    }
    // What one of them says comes right behind: nothing was left over, and its own the publisher did not hear.
    listeners[0].send(b"end").await;
    for other in listeners.iter_mut().skip(1).chain([&mut publisher]) {
        assert_eq!(other.next().await, b"end");
    }
}

#[tokio::test]
async fn whoever_does_not_read_for_a_while_gets_everything_in_order_and_nobody_waits_for_them() {
    // Together more than the kernel holds for one connection: some 10 MiB.
    const MESSAGES: u64 = 500;
    const SIZE: usize = 70_000;
    let floor = floor().await;
    let pid = floor.daemon.pid().unwrap();
    let before = rss_of(pid).unwrap();
    let mut slow = Raw::open(floor.address, "/listen").await;
    let mut quick = Raw::open(floor.address, "/listen").await;
    let mut publisher = Raw::open(floor.address, "/").await;
    for number in 0..MESSAGES {
        publisher.send(&message(number, 7, SIZE)).await;
        assert!(quick.next().await == message(number, 7, SIZE), "the next one is {number}");
    }
    let kept = rss_of(pid).unwrap() - before;
    assert!(
        kept > 5 * 1024,
        "the premise: the floor keeps what the socket did not take, and it keeps {kept} KiB"
    );
    for number in 0..MESSAGES {
        assert!(slow.next().await == message(number, 7, SIZE), "the next one is {number}");
    }
}
