//! Where nodes put something for each other: bytes under a name, for a day. A convenience like all that is in Redis: what is
//! gone was not needed, or is put there again. Who reads it proves for themselves that it comes from a node.

use crate::redis::Redis;
use crate::topic::shelf_key;
use ::redis::pipe;
use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;
use tokio::time::timeout;

/// How long what was put there stays there.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a shelf may take. Somebody waits.
const LIMIT: Duration = Duration::from_secs(2);

/// It does not answer. The reason is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the shelf does not answer: {0}")]
pub struct ShelfAway(pub String);

/// A shelf that all nodes reach.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// Keeps what lies there for another [`KEPT`]; false: nothing does.
    ///
    /// # Errors
    /// [`ShelfAway`].
    async fn renew(&self, name: &str) -> Result<bool, ShelfAway>;

    /// Puts it there, in the place of what was there.
    ///
    /// # Errors
    /// [`ShelfAway`].
    async fn put(&self, name: &str, bytes: &Bytes) -> Result<(), ShelfAway>;

    /// What lies there.
    ///
    /// # Errors
    /// [`ShelfAway`].
    async fn find(&self, name: &str) -> Result<Option<Bytes>, ShelfAway>;
}

/// The shelf of a cluster.
pub struct RedisShelf {
    redis: Redis,
}

impl RedisShelf {
    /// Connects when it is first asked.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self { redis }
    }

    async fn ask<T: ::redis::FromRedisValue>(
        &self,
        command: &str,
        name: &str,
        rest: &[&[u8]],
    ) -> Result<T, ShelfAway> {
        let mut commands = pipe();
        commands.cmd(command).arg(shelf_key(name)).arg(rest);
        match timeout(LIMIT, self.redis.query::<(T,)>(&commands)).await {
            Ok(Ok((answer,))) => Ok(answer),
            Ok(Err(error)) => Err(ShelfAway(error.to_string())),
            Err(_) => Err(ShelfAway("no answer in time".to_owned())),
        }
    }
}

#[async_trait]
impl Shelf for RedisShelf {
    async fn renew(&self, name: &str) -> Result<bool, ShelfAway> {
        self.ask("EXPIRE", name, &[seconds().as_bytes()]).await
    }

    async fn put(&self, name: &str, bytes: &Bytes) -> Result<(), ShelfAway> {
        self.ask("SET", name, &[bytes, b"EX", seconds().as_bytes()]).await
    }

    async fn find(&self, name: &str) -> Result<Option<Bytes>, ShelfAway> {
        let found: Option<Vec<u8>> = self.ask("GET", name, &[]).await?;
        Ok(found.map(Bytes::from))
    }
}

fn seconds() -> String {
    KEPT.as_secs().to_string()
}
