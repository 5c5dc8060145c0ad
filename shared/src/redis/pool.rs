//! A few connections for commands that are not published: presence and rate limits. Checking one out costs no
//! round trip, since a connection knows when it is lost; and where Redis refuses, nobody waits for a connection.

use super::wire::silent;
use super::{CONNECT_LIMIT, Wire};
use ::redis::{Client, RedisError, RedisResult};
use bb8_redis::bb8::{self, ManageConnection, PooledConnection, RunError};
use std::sync::Arc;
use tokio::sync::Notify;

/// Who finds none free waits for one, within the limit of a connection.
const CONNECTIONS: u32 = 8;

pub(super) struct Pool {
    pool: bb8::Pool<Wires>,
    refused: Arc<Notify>,
}

/// Makes the pool's connections. The one of `bb8-redis` takes a dead one for sound, and asks with a PING.
#[derive(Debug)]
pub(super) struct Wires {
    client: Client,
    /// Whoever waits while a connection fails is told: the pool itself would let them wait until their limit.
    refused: Arc<Notify>,
}

impl Pool {
    /// Connects when it is asked for a connection.
    pub(super) fn new(client: Client) -> Self {
        let refused = Arc::new(Notify::new());
        let builder = bb8::Pool::builder().max_size(CONNECTIONS).connection_timeout(CONNECT_LIMIT);
        let builder = builder.retry_connection(false).test_on_check_out(true);
        Self { pool: builder.build_unchecked(Wires { client, refused: refused.clone() }), refused }
    }

    /// A connection that is not known to be lost.
    pub(super) async fn get(&self) -> RedisResult<PooledConnection<'_, Wires>> {
        let refused = self.refused.notified();
        tokio::select! {
            biased;
            wire = self.pool.get() => wire.map_err(|error| match error {
                RunError::User(error) => error,
                RunError::TimedOut => silent(),
            }),
            () = refused => Err(silent()),
        }
    }
}

impl ManageConnection for Wires {
    type Connection = Wire;
    type Error = RedisError;

    async fn connect(&self) -> RedisResult<Wire> {
        let connected = Wire::connect(&self.client, |_, _| {}).await;
        if connected.is_err() {
            self.refused.notify_waiters();
        }
        connected
    }

    async fn is_valid(&self, wire: &mut Wire) -> RedisResult<()> {
        if wire.is_lost() { Err(silent()) } else { Ok(()) }
    }

    fn has_broken(&self, wire: &mut Wire) -> bool {
        wire.is_lost()
    }
}
