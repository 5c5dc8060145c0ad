//! A few connections for commands that are not published: presence and rate limits. Checking one out costs no
//! round trip: a connection knows when it is lost.

use super::{CONNECT_LIMIT, Wire};
use ::redis::{Client, ErrorKind, RedisError};
use bb8_redis::bb8::{self, ManageConnection, RunError};

pub(super) type Pool = bb8::Pool<Wires>;

/// Who finds none free waits for one, within the limit of a connection.
const CONNECTIONS: u32 = 8;

/// Makes the pool's connections. The one of `bb8-redis` takes a dead one for sound, and asks with a PING.
#[derive(Debug)]
pub(super) struct Wires {
    client: Client,
}

/// A pool that connects when it is asked for a connection.
pub(super) fn new(client: Client) -> Pool {
    // Refused is refused: who asks has a limit to keep, and something else to do.
    let builder = Pool::builder().max_size(CONNECTIONS).connection_timeout(CONNECT_LIMIT);
    builder.retry_connection(false).test_on_check_out(true).build_unchecked(Wires { client })
}

/// Why there was no connection to be had.
pub(super) fn refused(error: RunError<RedisError>) -> RedisError {
    match error {
        RunError::User(error) => error,
        RunError::TimedOut => RedisError::from((ErrorKind::Io, "no connection to Redis in time")),
    }
}

impl ManageConnection for Wires {
    type Connection = Wire;
    type Error = RedisError;

    async fn connect(&self) -> Result<Wire, RedisError> {
        Wire::connect(&self.client, |_, _| {}).await
    }

    async fn is_valid(&self, wire: &mut Wire) -> Result<(), RedisError> {
        if wire.is_lost() { Err(super::wire::silent()) } else { Ok(()) }
    }

    fn has_broken(&self, wire: &mut Wire) -> bool {
        wire.is_lost()
    }
}
