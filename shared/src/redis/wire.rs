//! One connection to Redis that knows when it is lost: the other side closed it, or nothing comes any more.

use super::{ANSWER_LIMIT, CONNECT_LIMIT};
use ::redis::aio::MultiplexedConnection;
use ::redis::{
    AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, Pipeline, PushInfo, PushKind, RedisError,
    RedisResult, Value, cmd,
};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How often [`Wire::watch`] asks whether the other side is there. With the limit of an answer it is the time in
/// which a link is noticed that went silent.
const BEAT: Duration = Duration::from_secs(1);

/// So many requests may wait for the writer; who comes later waits for room, in turn.
const WAITING: usize = 4096;

/// A connection, which commands share: they are written in the order in which they were given.
pub(crate) struct Wire {
    connection: MultiplexedConnection,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    lost: CancellationToken,
    /// Something came since the watch last looked. A link that is busy is not silent, however late an answer is.
    heard: AtomicBool,
}

impl Wire {
    pub(super) async fn connect(
        client: &Client,
        on_message: impl Fn(&[u8], Vec<u8>) + Send + Sync + 'static,
    ) -> RedisResult<Self> {
        let state = Arc::new(State::default());
        let pushed = {
            let state = state.clone();
            move |push| -> Result<(), Infallible> {
                state.pushed(push, &on_message);
                Ok(())
            }
        };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_LIMIT))
            .set_response_timeout(Some(ANSWER_LIMIT))
            .set_pipeline_buffer_size(WAITING)
            .set_push_sender(pushed);
        let connecting = client.get_multiplexed_async_connection_with_config(&config);
        let connected = timeout(CONNECT_LIMIT, Box::pin(connecting)).await;
        let connection = connected.map_err(|_| silent())??;
        Ok(Self { connection, state })
    }

    /// Whether it was lost, or cut.
    pub(crate) fn is_lost(&self) -> bool {
        self.state.lost.is_cancelled()
    }

    /// Gives it up: whoever waits for an answer is told, and what still arrives is not handed on.
    pub(crate) fn cut(&self) {
        self.state.lost.cancel();
    }

    /// Cuts it when dropped, unless it was disarmed before.
    pub(crate) fn cut_guard(&self) -> DropGuard {
        self.state.lost.clone().drop_guard()
    }

    /// Sees to it until it is lost, and cuts it then. Within 3 s also when the other side says nothing: its
    /// process stands still, or the network drops what it sends.
    pub(crate) async fn watch(&self) {
        let mut connection = self.connection.clone();
        let beats = async {
            loop {
                sleep(BEAT).await;
                self.state.heard.store(false, Ordering::Relaxed);
                let answer = cmd("PING").exec_async(&mut connection).await;
                match answer {
                    Ok(()) => {}
                    Err(late) if late.is_timeout() && self.state.heard.load(Ordering::Relaxed) => {}
                    Err(_) => return,
                }
            }
        };
        tokio::select! {
            () = beats => {}
            () = self.state.lost.cancelled() => {}
        }
        self.cut();
    }

    /// Writes these commands in one go and collects their answers. Fails when any of them was refused, unless
    /// the pipeline was told to keep errors.
    pub(crate) async fn query<T: FromRedisValue>(&self, commands: &Pipeline) -> RedisResult<T> {
        let mut connection = self.connection.clone();
        self.unless_lost(commands.query_async(&mut connection)).await
    }

    /// Subscribes; every single name has been confirmed when it returns well.
    pub(crate) async fn subscribe(&self, names: &[String]) -> RedisResult<()> {
        let mut connection = self.connection.clone();
        self.unless_lost(connection.subscribe(names)).await
    }

    /// Unsubscribes; confirmed like [`Wire::subscribe`].
    pub(crate) async fn unsubscribe(&self, names: &[String]) -> RedisResult<()> {
        let mut connection = self.connection.clone();
        self.unless_lost(connection.unsubscribe(names)).await
    }

    async fn unless_lost<T>(&self, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
        tokio::select! {
            biased;
            () = self.state.lost.cancelled() => Err(silent()),
            answer = answer => answer,
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cut();
    }
}

impl State {
    /// Runs in the reader of the connection: does not wait.
    fn pushed(&self, push: PushInfo, on_message: &impl Fn(&[u8], Vec<u8>)) {
        self.heard.store(true, Ordering::Relaxed);
        match push.kind {
            PushKind::Message if !self.lost.is_cancelled() => {
                let mut parts = push.data.into_iter();
                if let (Some(Value::BulkString(channel)), Some(Value::BulkString(payload))) =
                    (parts.next(), parts.next())
                {
                    on_message(&channel, payload);
                }
            }
            PushKind::Disconnection => self.lost.cancel(),
            _ => {}
        }
    }
}

/// What a command fails with when its connection is gone.
pub(super) fn silent() -> RedisError {
    RedisError::from((ErrorKind::Io, "the link to Redis is lost or silent"))
}
