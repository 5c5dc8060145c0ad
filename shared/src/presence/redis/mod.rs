//! Presence of a cluster, in Redis: a hash for each user with the lives that list them, and a key for each lease,
//! which Redis lets run out. Every command is about one key, so that the keys may lie on different nodes of a
//! Redis Cluster.
//!
//! Lives that died leave their names in the hashes. They count for nothing without a lease, are taken out when their
//! user is listed again, and go with the hash when nobody lists that user for an hour: who is listed longer has
//! their hash kept, a few with each renewal.

mod lists;

use self::lists::Lists;
use super::{LEASE, Lease, Presence, PresenceAway};
use crate::ids::{NodeId, UserId};
use crate::metrics as names;
use crate::redis::Redis;
use crate::topic::{lease_key, online_key};
use ::redis::{FromRedisValue, Pipeline, pipe};
use async_trait::async_trait;
use metrics::counter;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::time::timeout;
use tracing::debug;

/// How long a whole call may take: an answer of Redis late by as much is a lease nearly lost.
const LIMIT: Duration = Duration::from_secs(3);

/// Users in one pipeline.
const CHUNK: usize = 1000;

/// How long a user's hash is kept after it was last listed or kept.
const KEPT: Duration = Duration::from_secs(3600);

/// A life that was listed so long ago and has no lease is over: one that lives has taken its lease by then, and one
/// that lost it lists its users under another name.
const OVER_AFTER_MS: i64 = 60_000;

/// Takes a life out of a hash, unless it was listed anew since it was looked at.
const TAKE_OUT: &str =
    "if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end";

/// Presence among the nodes that use the same Redis. One a node: it knows whom its lives list.
pub struct RedisPresence {
    redis: Redis,
    lists: Lists,
}

/// When Redis was told to list a life, by its own clock, in milliseconds.
type Listings = HashMap<String, i64>;

impl RedisPresence {
    /// Connects when it is first asked.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self { redis, lists: Lists::default() }
    }

    async fn query<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, PresenceAway> {
        self.redis.query(commands).await.map_err(|error| {
            debug!(%error, "a presence command failed");
            PresenceAway
        })
    }

    async fn limited<T>(
        &self,
        call: impl Future<Output = Result<T, PresenceAway>>,
    ) -> Result<T, PresenceAway> {
        let result = timeout(LIMIT, call).await.unwrap_or(Err(PresenceAway));
        if result.is_err() {
            counter!(names::REDIS_FAILURES, "use" => "presence").increment(1);
        }
        result
    }

    /// Keeps the hashes of some of those whom this life lists from running out. Not a listing: who left meanwhile
    /// must not come back.
    async fn keep(&self, users: &[UserId]) -> Result<(), PresenceAway> {
        for chunk in users.chunks(CHUNK) {
            let mut commands = pipe();
            for user in chunk {
                commands.cmd("PEXPIRE").arg(online_key(*user)).arg(millis(KEPT));
            }
            self.query::<Vec<i64>>(&commands).await?;
        }
        Ok(())
    }

    /// Redis' own time, which is the same for all nodes.
    async fn now(&self) -> Result<i64, PresenceAway> {
        let mut commands = pipe();
        commands.cmd("TIME");
        let ((seconds, micros),): ((i64, i64),) = self.query(&commands).await?;
        Ok(seconds * 1000 + micros / 1000)
    }

    /// Lists them, and gives back each hash as it is then.
    async fn list(&self, node: NodeId, users: &[UserId], now: i64) -> Result<Vec<Listings>, PresenceAway> {
        let mut commands = pipe();
        for user in users {
            let key = online_key(*user);
            commands.cmd("HSET").arg(&key).arg(node.to_string()).arg(now).ignore();
            commands.cmd("PEXPIRE").arg(&key).arg(millis(KEPT)).ignore();
            commands.cmd("HGETALL").arg(&key);
        }
        self.query(&commands).await
    }

    /// Takes out the lives that are over.
    async fn take_out(&self, users: &[UserId], hashes: &[Listings], now: i64) -> Result<(), PresenceAway> {
        let old: Vec<(UserId, &str, i64)> = users
            .iter()
            .zip(hashes)
            .flat_map(|(user, lives)| lives.iter().map(|(life, listed)| (*user, life.as_str(), *listed)))
            .filter(|(_, _, listed)| now - listed > OVER_AFTER_MS)
            .collect();
        if old.is_empty() {
            return Ok(());
        }
        let live = self.leased(old.iter().map(|(_, life, _)| *life).collect()).await?;
        let mut commands = pipe();
        for (user, life, listed) in old.iter().filter(|(_, life, _)| !live.contains(life)) {
            commands.cmd("EVAL").arg(TAKE_OUT).arg(1).arg(online_key(*user)).arg(*life).arg(*listed).ignore();
        }
        if commands.is_empty() { Ok(()) } else { self.query(&commands).await }
    }

    /// Those of these lives that hold a lease; each is asked for once.
    async fn leased<'a>(&self, lives: HashSet<&'a str>) -> Result<HashSet<&'a str>, PresenceAway> {
        let lives: Vec<&str> = lives.into_iter().collect();
        let mut leased = HashSet::new();
        for chunk in lives.chunks(CHUNK) {
            let mut commands = pipe();
            for life in chunk {
                // What is no life's name was put there by somebody else, and has no lease of ours.
                let key = life.parse().map(|id| lease_key(NodeId(id))).unwrap_or_default();
                commands.cmd("EXISTS").arg(key);
            }
            let held: Vec<bool> = self.query(&commands).await?;
            leased.extend(chunk.iter().zip(held).filter(|(_, held)| *held).map(|(life, _)| *life));
        }
        Ok(leased)
    }

    /// The lives that list each of these users, whether they hold a lease or not.
    async fn lives_of(&self, users: &[UserId]) -> Result<Vec<Vec<String>>, PresenceAway> {
        let mut lives = Vec::with_capacity(users.len());
        for chunk in users.chunks(CHUNK) {
            let mut commands = pipe();
            for user in chunk {
                commands.cmd("HKEYS").arg(online_key(*user));
            }
            lives.extend(self.query::<Vec<Vec<String>>>(&commands).await?);
        }
        Ok(lives)
    }
}

#[async_trait]
impl Presence for RedisPresence {
    async fn renew(&self, node: NodeId) -> Result<Lease, PresenceAway> {
        let mut commands = pipe();
        // One command, so that nobody comes between the look and the taking.
        commands.cmd("SET").arg(lease_key(node)).arg(1).arg("GET").arg("PX").arg(millis(LEASE));
        let (before,): (Option<i64>,) = self.limited(self.query(&commands)).await?;
        // Whatever becomes of this, the lease is held; and everybody's turn comes once more in time.
        let _ = self.limited(self.keep(&self.lists.turn(node))).await;
        Ok(if before.is_some() { Lease::Held } else { Lease::Taken })
    }

    async fn enter(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway> {
        if users.is_empty() {
            return Ok(());
        }
        self.lists.enter(node, users);
        let entered = async {
            let now = self.now().await?;
            for chunk in users.chunks(CHUNK) {
                let hashes = self.list(node, chunk, now).await?;
                self.take_out(chunk, &hashes, now).await?;
            }
            Ok(())
        };
        self.limited(entered).await
    }

    async fn leave(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway> {
        self.lists.leave(node, users);
        let left = async {
            for chunk in users.chunks(CHUNK) {
                let mut commands = pipe();
                for user in chunk {
                    commands.cmd("HDEL").arg(online_key(*user)).arg(node.to_string());
                }
                self.query::<Vec<i64>>(&commands).await?;
            }
            Ok(())
        };
        self.limited(left).await
    }

    async fn release(&self, node: NodeId) -> Result<(), PresenceAway> {
        self.lists.release(node);
        let mut commands = pipe();
        commands.cmd("DEL").arg(lease_key(node)).ignore();
        self.limited(self.query(&commands)).await
    }

    async fn online(&self, users: &[UserId]) -> Result<Vec<bool>, PresenceAway> {
        let answered = async {
            let lives = self.lives_of(users).await?;
            let leased = self.leased(lives.iter().flatten().map(String::as_str).collect()).await?;
            Ok(lives.iter().map(|lives| lives.iter().any(|life| leased.contains(life.as_str()))).collect())
        };
        self.limited(answered).await
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
