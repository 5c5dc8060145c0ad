//! Redis as the nodes of a cluster use it: where it is, connections that are watched, and a small pool. Opening
//! never connects: a node starts without its Redis, and uses it when it is there. What is kept in Redis is said
//! where it is kept: [`crate::bus::redis`], [`crate::presence::redis`], [`crate::rate::redis`], [`crate::shelf`].

mod backoff;
mod pool;
mod wire;

pub(crate) use backoff::Backoff;
pub(crate) use wire::Wire;

use self::pool::Pool;
use ::redis::io::tcp::TcpSettings;
use ::redis::{Client, IntoConnectionInfo, Pipeline, ProtocolVersion, RedisResult, Value};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::timeout;
use tracing::warn;

/// How long a new connection may take, with TLS and the log-in.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// How long Redis may take over one answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// How long Redis may take to say that it is there: less than the second that whoever asks a node for its health
/// waits. A Redis that is silent must not make every node look dead.
const PRESENT_WITHIN: Duration = Duration::from_millis(500);

/// A Redis, 6.2 or later (`SET … GET`, RESP3). Cheap to clone; its clones share one pool.
#[derive(Clone)]
pub struct Redis {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    /// Made by the first command: only then is there surely a runtime to make it in.
    pool: OnceLock<Pool>,
}

/// The text is no address of a Redis. It is not repeated: there may be a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not like redis://[user:password@]host[:port][/db], or rediss:// for TLS")]
pub struct BadRedisUrl;

impl Redis {
    /// Reads an address, `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS with the system's
    /// certificates. Never connects.
    ///
    /// # Errors
    /// [`BadRedisUrl`] when it is none. A TLS that does not look at certificates (`#insecure`) is none either.
    pub fn open(url: &str) -> Result<Self, BadRedisUrl> {
        let is_ours = url.starts_with("redis://") || url.starts_with("rediss://");
        if !is_ours || url.contains('#') {
            return Err(BadRedisUrl);
        }
        let address = url.into_connection_info().map_err(|_| BadRedisUrl)?;
        if url.starts_with("rediss://") {
            // Fails when the process has chosen one before, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let settings = address.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let tcp = TcpSettings::default().set_nodelay(true);
        let address = address.set_redis_settings(settings).set_tcp_settings(tcp);
        let client = Client::open(address).map_err(|_| BadRedisUrl)?;
        Ok(Self { shared: Arc::new(Shared { client, pool: OnceLock::new() }) })
    }

    /// Whether it answers, within half a second.
    pub async fn answers(&self) -> bool {
        let mut ping = ::redis::pipe();
        ping.cmd("PING");
        let answer = timeout(PRESENT_WITHIN, self.query::<Value>(&ping)).await;
        matches!(answer, Ok(Ok(_)))
    }

    /// A connection of one's own. `on_message` is called by its reader with what is published to topics that it
    /// subscribed to, as channel and payload; it must not wait.
    pub(crate) async fn connect(
        &self,
        on_message: impl Fn(&[u8], Vec<u8>) + Send + Sync + 'static,
    ) -> RedisResult<Wire> {
        Wire::connect(&self.shared.client, on_message).await
    }

    /// [`Redis::connect`], over and over until it succeeds. `link` is its name in the log, where each outage is
    /// told once.
    pub(crate) async fn connect_for_ever(
        &self,
        backoff: &mut Backoff,
        link: &str,
        on_message: impl Fn(&[u8], Vec<u8>) + Clone + Send + Sync + 'static,
    ) -> Wire {
        let mut is_told = false;
        loop {
            backoff.pause().await;
            match self.connect(on_message.clone()).await {
                Ok(wire) => return wire,
                Err(error) if !is_told => {
                    warn!(link, %error, "Redis cannot be reached; trying on");
                    is_told = true;
                }
                Err(_) => {}
            }
        }
    }

    /// Runs commands on a pooled connection: for whatever is not published. One that did not answer is not used
    /// again, also when the caller had less patience: it may be one that never answers any more.
    pub(crate) async fn query<T: ::redis::FromRedisValue>(&self, commands: &Pipeline) -> RedisResult<T> {
        let pool = self.shared.pool.get_or_init(|| Pool::new(self.shared.client.clone()));
        let wire = pool.get().await?;
        let unanswered = wire.cut_guard();
        let answer = wire.query(commands).await;
        if !answer.as_ref().is_err_and(|error| error.is_timeout() || error.is_io_error()) {
            unanswered.disarm();
        }
        answer
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Redis").field(self.shared.client.get_connection_info().addr()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_without_anybody_being_there() {
        for url in ["redis://127.0.0.1:1", "redis://im:secret@redis:6379/3", "rediss://:secret@redis"] {
            assert!(Redis::open(url).is_ok(), "{url}");
        }
        for url in ["", "redis", "http://redis", "redis://", "redis://h:port", "rediss://h/#insecure"] {
            assert_eq!(Redis::open(url).unwrap_err(), BadRedisUrl, "{url}");
        }
    }

    #[test]
    fn neither_a_debug_text_nor_an_error_holds_the_password() {
        let redis = Redis::open("redis://im:hunter2@redis:6379").unwrap();
        assert!(!format!("{redis:?}").contains("hunter2"));
        assert!(format!("{redis:?}").contains("6379"));
        let bad = Redis::open("redis://im:hunter2@redis:port").unwrap_err();
        assert!(!format!("{bad:?} {bad}").contains("hunter2"));
    }
}
