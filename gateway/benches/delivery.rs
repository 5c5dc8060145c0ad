//! What a delivery costs: one entry into many outboxes, and an outbox to its socket.
#![allow(clippy::unwrap_used, reason = "a bench: what cannot go on panics")]

use bytes::Bytes;
use divan::Bencher;
use divan::counter::ItemsCount;
use futures_util::FutureExt;
use gateway::connection::outbox::{OutboxBounds, Worth};
use gateway::connection::{Commands, Connection, Input, Rest, converse};
use gateway::hub::group::Group;
use gateway::websocket::encode;
use shared::close::Close;
use shared::door::Seat;
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::ids::{ConversationId, GroupId, Seq, SessionId, UserId};
use shared::time::{Clock, Timestamp};
use shared::token::Claims;
use std::io;
use std::net::TcpListener;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

const GROUP: GroupId = GroupId(7);
const CONVERSATION: ConversationId = ConversationId(70);

/// As a gateway has them by default.
const BOUNDS: OutboxBounds = OutboxBounds { bytes: 256 * 1024, frames: 512 };

/// About what an entry's event has.
const EVENT: [u8; 300] = [b'a'; 300];

/// How many frames wait for one flush.
const FRAMES: usize = 16;

fn main() {
    divan::main();
}

/// One entry to everybody in a group whose outboxes are empty, as they mostly are.
#[divan::bench(args = [1, 100, 10_000], sample_size = 1, sample_count = 100)]
fn fan_out(bencher: Bencher, seats: i64) {
    let clock = Clock::manual(Timestamp(0));
    bencher
        .counter(ItemsCount::new(seats.unsigned_abs()))
        .with_inputs(|| group(&clock, seats))
        .bench_local_values(|mut group| {
            group.entry(entry(1));
            group
        });
}

fn group(clock: &Clock, seats: i64) -> Group {
    let mut group = Group::new(GROUP);
    for user in 0..seats {
        let seat = Seat {
            group_id: GROUP,
            conversation_id: CONVERSATION,
            joined_seq: 0,
            members_version: 1,
            last_seq: 0,
        };
        group.seat(&connection(clock, UserId(user)), seat);
    }
    group
}

fn connection(clock: &Clock, user_id: UserId) -> Arc<Connection> {
    let claims = Claims { user_id, session_id: SessionId(1), expires_at: Timestamp(i64::MAX) };
    let connection = Connection::new(claims, clock, BOUNDS, Duration::from_secs(25));
    connection.outbox.release(Bytes::new());
    Arc::new(connection)
}

fn entry(seq: Seq) -> Envelope {
    let header = Header {
        kind: Kind::Entry,
        change: Change::None,
        members_version: 1,
        seq,
        conversation_id: CONVERSATION,
        at: Timestamp(0),
        subject_id: UserId(1),
    };
    Envelope { header, body: Bytes::from_static(&EVENT) }
}

/// Nobody says anything.
struct Silence;

impl Commands for Silence {
    fn max_frame(&self) -> usize {
        0
    }

    fn run<'a>(&'a self, _: &'a Arc<Connection>, _: &str) -> Result<Rest<'a>, Close> {
        Ok(None)
    }

    fn count(&self, _: &Connection) -> Result<(), Close> {
        Ok(())
    }
}

/// A socket that takes everything and says nothing.
struct Sink;

impl AsyncRead for Sink {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Sink {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(divan::black_box(bytes).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Pushing and writing without a system call.
#[divan::bench]
fn outbox_of_16_to_nowhere(bencher: Bencher) {
    let connection = connection(&Clock::system(), UserId(1));
    let mut input = Input::default();
    let mut talk = pin!(converse(Sink, &mut input, &Silence, &connection));
    flush(bencher, &connection, || assert!(talk.as_mut().now_or_never().is_none(), "it goes on"));
}

/// The same to a socket of the system, which somebody reads.
#[divan::bench]
fn outbox_of_16_to_a_socket(bencher: Bencher) {
    // Its worker watches the socket; what is measured is polled by hand, outside of any task's budget.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let inside = runtime.enter();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dialled = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let reader =
        std::thread::spawn(move || io::copy(&mut listener.accept().unwrap().0, &mut io::sink()).unwrap());
    dialled.set_nonblocking(true).unwrap();
    dialled.set_nodelay(true).unwrap();
    let connection = connection(&Clock::system(), UserId(1));
    let (socket, mut input) = (TcpStream::from_std(dialled).unwrap(), Input::default());
    let mut talk = Box::pin(converse(socket, &mut input, &Silence, &connection));
    flush(bencher, &connection, || {
        // Until all is taken: a socket that is full for now is asked again.
        while connection.outbox.queued_bytes() > 0 {
            assert!(talk.as_mut().now_or_never().is_none(), "it goes on");
        }
    });
    drop(talk);
    drop(inside);
    assert!(reader.join().unwrap() > 0, "it was read");
}

fn flush(bencher: Bencher, connection: &Connection, mut written: impl FnMut()) {
    let frame = encode::text(&EVENT);
    bencher.counter(ItemsCount::new(FRAMES)).bench_local(|| {
        for _ in 0..FRAMES {
            // It is polled by hand.
            let _ = connection.outbox.push(frame.clone(), Worth::Durable, None, || Timestamp(0));
        }
        written();
    });
}
