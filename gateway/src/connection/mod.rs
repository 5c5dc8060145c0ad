//! ② ⑩ One live WebSocket on this gateway: who it is, its outbox, and its life from the upgraded stream to
//! the last byte. A connection is one task; reader and writer take turns in it. The hub's worker may write as well.

mod frames;
pub mod heartbeat;
pub mod outbox;
mod reader;
mod writer;

pub use frames::{Due, push_to_all, text_frame};
pub(crate) use writer::Meters;
#[cfg(test)]
pub(crate) use writer::{AT_ONCE, PACE};

use crate::attach;
use crate::node::Node;
use crate::sends::Unanswered;
use crate::websocket::decode::Decoder;
use crate::websocket::encode;
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use heartbeat::Pulse;
use metrics::{counter, gauge};
use outbox::{Outbox, Worth};
use shared::close::Close;
use shared::error::Code;
use shared::event::{ErrorEvent, ServerEvent};
use shared::ids::{GroupId, SessionId, UserId};
use shared::metrics as names;
use shared::rate::gcra::Cell;
use shared::time::{Clock, Timestamp};
use shared::token::Claims;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;
use uuid::Uuid;
use writer::{Half, Writer};

/// How long a closed connection is read on, so that the close frame arrives before the reset that unread
/// bytes would cause.
const LINGER: Duration = Duration::from_secs(2);

/// One attached, or attaching, connection.
pub struct Connection {
    /// Its name, for logs and support.
    pub id: Uuid,
    /// Who.
    pub user_id: UserId,
    /// By which log-in.
    pub session_id: SessionId,
    /// Since when.
    pub since: Timestamp,
    /// What waits for the socket.
    pub outbox: Outbox,
    writer: Writer,
    pub(crate) clock: Clock,
    pub(crate) pulse: Pulse,
    pub(crate) refreshing: attach::Refreshing,
    /// Held while it is changed whom the connection watches: one change at a time.
    pub(crate) watch_turn: tokio::sync::Mutex<()>,
    /// Whether it waits for its turn to be read again whom the connection watches.
    pub(crate) watch_again: AtomicBool,
    pub(crate) unanswered: Unanswered,
    /// When the access token runs out, in ms.
    expires_at: AtomicI64,
    /// Guards what commands remember; never held over an await.
    memory: Mutex<Memory>,
}

/// What a connection's commands remember.
#[derive(Default)]
pub(crate) struct Memory {
    /// Commands under the limit, and under ten times the limit.
    pub pace: Cell,
    pub flood: Cell,
    /// Whether its user's topic is listened to on its behalf.
    pub listens: bool,
    /// The groups whose topics are listened to on its behalf.
    pub seated: Vec<GroupId>,
    /// Whether its user was counted as present on its behalf.
    pub present: bool,
    /// The users whose presence it watches: listened to, one by one.
    pub watching: Vec<UserId>,
    /// The peer that the user was last found to be allowed to show typing to.
    pub typing_to: Option<UserId>,
}

impl Connection {
    /// A connection whose outbox is held until it is attached.
    #[must_use]
    pub fn new(
        claims: Claims,
        node_clock: &Clock,
        bounds: outbox::OutboxBounds,
        heartbeat: Duration,
    ) -> Self {
        Self {
            id: Uuid::now_v7(),
            user_id: claims.user_id,
            session_id: claims.session_id,
            since: node_clock.now(),
            outbox: Outbox::new(bounds, true),
            writer: Writer::default(),
            pulse: Pulse::new(node_clock.now(), heartbeat),
            clock: node_clock.clone(),
            refreshing: attach::Refreshing::attaching(),
            watch_turn: tokio::sync::Mutex::default(),
            watch_again: AtomicBool::new(false),
            unanswered: Unanswered::default(),
            expires_at: AtomicI64::new(claims.expires_at.0),
            memory: Mutex::default(),
        }
    }

    /// When its token runs out.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        Timestamp(self.expires_at.load(Ordering::Relaxed))
    }

    /// Goes on until `at`; never shorter than before.
    pub fn renew(&self, at: Timestamp) {
        self.expires_at.fetch_max(at.0, Ordering::Relaxed);
    }

    /// Queues an event made for this connection alone.
    pub fn tell(&self, event: &ServerEvent) {
        self.answer(text_frame(event));
    }

    /// Queues a frame of the protocol itself.
    pub(crate) fn answer(&self, frame: Bytes) {
        let _ = self.outbox.push(frame, Worth::Durable, None, || self.clock.now());
        // Also when others were to be told before it: an answer does not wait for their pace.
        self.outbox.wake();
    }

    /// Writes what is queued as far as the socket takes it at once, and leaves the rest to the connection's task. Unless it
    /// is much, it is left if the socket's pace does not allow it; then gives the moment when it does.
    pub(crate) fn write_now(&self, meters: &Meters) -> Option<Instant> {
        self.writer.write_now(self, meters)
    }

    /// Tells the client that something had no effect.
    pub fn refuse(&self, code: Code, client_message_id: Option<String>, retry_after_ms: Option<u64>) {
        counter!(names::WS_ERRORS, "code" => code.as_str()).increment(1);
        let error = ErrorEvent { client_message_id, retry_after_ms, ..ErrorEvent::new(code) };
        self.tell(&ServerEvent::Error(error));
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        // Each field is replaced whole, so a panic elsewhere has torn nothing.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is left of a command that waits for others. In a box of its own: a connection has no room for it, as most wait
/// for nothing.
pub type Rest<'a> = Option<BoxFuture<'a, ()>>;

/// What a connection's texts go to: a gateway's commands, or whatever else talks over the same connection, such as
/// the echo that the conformance cases are run against.
pub trait Commands: Sync {
    /// The longest message, in bytes.
    fn max_frame(&self) -> usize;

    /// Runs what one text asks for, as far as that waits for nobody.
    ///
    /// # Errors
    /// Why the connection is to be closed.
    fn run<'a>(&'a self, connection: &'a Arc<Connection>, text: &str) -> Result<Rest<'a>, Close>;

    /// Counts a frame that asks for nothing.
    ///
    /// # Errors
    /// Why the connection is to be closed.
    fn count(&self, connection: &Connection) -> Result<(), Close>;
}

/// Runs one upgraded connection to its end. `claims`: what the upgrade's token said, if it had one.
///
/// What happens once, in the beginning or in the end, is boxed: the task of a connection has the size of the largest of
/// its states, and for most of its life it is in the one that waits.
pub async fn run(
    mut stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    node: Arc<Node>,
    claims: Option<Claims>,
) {
    let mut input = Input::default();
    let claims = match claims {
        Some(claims) => Ok(claims),
        None => reader::first_token(&mut stream, &mut input, &node).boxed().await,
    };
    let (why, side) = match claims {
        Ok(claims) => live(stream, &mut input, &node, claims).await,
        Err(ended) => say_goodbye(stream, ended).boxed().await,
    };
    counter!(names::WS_DISCONNECTS, "code" => why.code().to_string(), "side" => side).increment(1);
}

/// Bytes that were read and not understood yet.
#[derive(Default)]
pub struct Input {
    decoder: Decoder,
    buffer: BytesMut,
}

/// How a connection ends on the reading side.
enum Ended {
    /// The socket is gone.
    Gone,
    /// The client said so, or broke a rule.
    With(Close),
}

async fn live(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    input: &mut Input,
    node: &Arc<Node>,
    claims: Claims,
) -> (Close, &'static str) {
    let config = &node.config;
    let connection = Arc::new(Connection::new(claims, &node.clock, config.outbox, config.heartbeat));
    let attached = attach::attach(node, &connection).boxed().await;
    let ended = match attached {
        Ok(()) => {
            gauge!(names::WS_CONNECTIONS).increment(1);
            // A fault in one command must not leave a ghost in the hub.
            let conversing =
                AssertUnwindSafe(converse(stream, input, node, &connection)).catch_unwind().await;
            let ended = conversing.unwrap_or((Close::Internal, "gateway"));
            connection.writer.end();
            gauge!(names::WS_CONNECTIONS).decrement(1);
            ended
        }
        Err(why) => {
            // From now on it does not count among its user's connections, so it takes nobody's place.
            connection.outbox.close(why);
            say_goodbye(stream, Ended::With(why)).boxed().await
        }
    };
    attach::detach(node, &connection).boxed().await;
    tracing::debug!(connection_id = %connection.id, code = ended.0.code(), side = ended.1, "a connection has ended");
    ended
}

/// Reads and writes until either side ends it; then gives the reason, and which side it was.
pub async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    input: &mut Input,
    commands: &impl Commands,
    connection: &Arc<Connection>,
) -> (Close, &'static str) {
    let (mut from_client, to_client) = tokio::io::split(stream);
    connection.writer.begin(Box::new(to_client));
    let (written, side) = {
        let mut writing = std::pin::pin!(writer::write(connection));
        let reading = reader::read(&mut from_client, input, commands, connection);
        tokio::select! {
            ended = reading => match ended {
                Ended::Gone => (None, "client"),
                Ended::With(why) => {
                    connection.outbox.close(why);
                    (writing.await.ok(), "client")
                }
            },
            written = &mut writing => (written.ok(), "gateway"),
        }
    };
    // Nobody else holds the socket open any longer.
    connection.writer.end();
    let Some((why, to_client)) = written else { return (Close::Normal, "client") };
    if let Some(to_client) = to_client {
        linger(from_client, to_client).boxed().await;
    }
    (why, side)
}

/// Closes a connection that was never attached.
async fn say_goodbye(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ended: Ended,
) -> (Close, &'static str) {
    let Ended::With(why) = ended else { return (Close::Normal, "client") };
    let (from_client, mut to_client) = tokio::io::split(stream);
    let frame = encode::close(why);
    // A peer that takes not even this is dropped.
    let _ = tokio::time::timeout(LINGER, to_client.write_all(&frame)).await;
    linger(from_client, Box::new(to_client)).await;
    (why, "gateway")
}

/// Sends the end of the stream and reads until the peer's, for a short while.
async fn linger(mut from_client: impl AsyncRead + Unpin, mut to_client: Half) {
    let draining = async {
        to_client.shutdown().await?;
        let mut scrap = [0; 1024];
        while from_client.read(&mut scrap).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    // Whatever the peer still does, the connection is over.
    let _ = tokio::time::timeout(LINGER, draining).await;
}
