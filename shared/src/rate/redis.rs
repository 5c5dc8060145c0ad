//! Rate limits of a cluster: one count for all nodes, kept in Redis by its own clock. Who waits for a request is
//! not to wait for a count, so a Redis that is away or slow is not asked for a while, and the node counts for itself.

use super::memory::MemoryRateLimits;
use super::{RateLimits, Rule, TooFast};
use crate::metrics as names;
use crate::redis::Redis;
use crate::time::Clock;
use crate::topic::rate_key;
use ::redis::{RedisResult, Script, pipe};
use async_trait::async_trait;
use metrics::counter;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tracing::debug;

/// How long a count may take.
const LIMIT: Duration = Duration::from_millis(200);

/// How long Redis is not asked after it failed.
const PAUSE: Duration = Duration::from_secs(1);

/// The cell of [`super::gcra`] in microseconds: answers 0 when it counted, else how much too early it is. A key
/// that changes nothing any more runs out by itself.
const TAKE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local every, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + every
local early = due - now - every * burst
if early > 0 then return early end
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return 0";

/// Counts that hold across the nodes that use the same Redis.
pub struct RedisRateLimits {
    redis: Redis,
    take: Script,
    own: MemoryRateLimits,
    /// Guards one moment; never held over an await.
    away_until: Mutex<Option<Instant>>,
}

impl RedisRateLimits {
    /// Connects when it is first asked. `clock` is for what the node counts itself.
    #[must_use]
    pub fn new(redis: Redis, clock: Clock) -> Self {
        let own = MemoryRateLimits::new(clock);
        Self { redis, take: Script::new(TAKE), own, away_until: Mutex::new(None) }
    }

    /// How much too early it is, in microseconds.
    async fn count(&self, rule: Rule, key: &str) -> RedisResult<u64> {
        let mut invocation = self.take.key(rate_key(rule.name, key));
        let every = u64::try_from(rule.every.as_micros()).unwrap_or(u64::MAX);
        invocation.arg(every).arg(rule.burst.max(1));
        let mut commands = pipe();
        commands.invoke_script(&invocation);
        match self.redis.query::<(u64,)>(&commands).await {
            Ok((early,)) => Ok(early),
            // A Redis that was started anew does not know the script.
            Err(_) => {
                let mut commands = pipe();
                commands.load_script(&self.take).ignore().invoke_script(&invocation);
                self.redis.query::<(u64,)>(&commands).await.map(|(early,)| early)
            }
        }
    }

    fn is_away(&self) -> bool {
        let until = *self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn failed(&self, why: &str) {
        counter!(names::REDIS_FAILURES, "use" => "limits").increment(1);
        debug!(why, "Redis did not count; the node does");
        *self.away_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + PAUSE);
    }
}

#[async_trait]
impl RateLimits for RedisRateLimits {
    async fn take(&self, rule: Rule, key: &str) -> Result<(), TooFast> {
        if !self.is_away() {
            match timeout(LIMIT, self.count(rule, key)).await {
                Ok(Ok(0)) => return Ok(()),
                Ok(Ok(early)) => return Err(TooFast { retry_after: Duration::from_micros(early) }),
                Ok(Err(error)) => self.failed(&error.to_string()),
                Err(_) => self.failed("no answer in time"),
            }
        }
        self.own.take(rule, key).await
    }
}
