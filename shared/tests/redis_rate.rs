//! Rate limits over a real Redis: one count for all nodes, and each node's own while Redis is away.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use shared::rate::redis::RedisRateLimits;
use shared::rate::{RateLimits, Rule};
use shared::redis::Redis;
use shared::time::{Clock, Timestamp};
use std::time::Duration;
use testkit::wait::LIMIT;
use testkit::{RedisServer, eventually};
use tokio::time::timeout;

const HOURLY: Rule = Rule { name: "hourly", burst: 3, every: Duration::from_secs(3600) };

fn node(server: &RedisServer) -> RedisRateLimits {
    RedisRateLimits::new(Redis::open(&server.url()).unwrap(), Clock::manual(Timestamp(0)))
}

/// How often it may be done at once.
async fn taken(limits: &RedisRateLimits, rule: Rule, key: &str) -> usize {
    let mut taken = 0;
    while limits.take(rule, key).await.is_ok() {
        taken += 1;
        assert!(taken < 100, "there is no limit");
    }
    taken
}

async fn keys(server: &RedisServer) -> Vec<String> {
    server.command(&["KEYS", "im:*:rate:*"]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_have_one_count_for_each_key_and_rule() {
    let server = RedisServer::start().await;
    let (here, there) = (node(&server), node(&server));
    here.take(HOURLY, "alice").await.unwrap();
    assert_eq!(taken(&there, HOURLY, "alice").await, 2);
    let wait = here.take(HOURLY, "alice").await.unwrap_err().retry_after;
    assert!(wait > HOURLY.every.mul_f64(0.9) && wait <= HOURLY.every, "{wait:?}");
    assert_eq!(taken(&here, HOURLY, "bob").await, 3);
    assert_eq!(taken(&here, Rule { name: "other", ..HOURLY }, "alice").await, 3);
    assert_eq!(keys(&server).await.len(), 3, "the premise: Redis counts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_wait_one_more_may_be_done_and_idle_keys_run_out() {
    let server = RedisServer::start().await;
    let limits = node(&server);
    let quick = Rule { name: "quick", burst: 1, every: Duration::from_millis(300) };
    limits.take(quick, "alice").await.unwrap();
    let wait = limits.take(quick, "alice").await.unwrap_err().retry_after;
    tokio::time::sleep(wait + Duration::from_millis(1)).await;
    limits.take(quick, "alice").await.unwrap();
    eventually("the key runs out", async || keys(&server).await.is_empty().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_silent_a_node_counts_for_itself_and_does_not_wait() {
    let server = RedisServer::start().await;
    let limits = node(&server);
    assert_eq!(taken(&limits, HOURLY, "alice").await, 3);
    server.stop();
    assert_eq!(timeout(LIMIT, taken(&limits, HOURLY, "alice")).await, Ok(3), "its own count is another");
    server.cont();
    counts_again(&server, &limits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_a_node_counts_for_itself_until_it_is_back() {
    let mut server = RedisServer::start().await;
    let limits = node(&server);
    assert_eq!(taken(&limits, HOURLY, "alice").await, 3);
    server.kill();
    assert_eq!(timeout(LIMIT, taken(&limits, HOURLY, "alice")).await, Ok(3), "its own count is another");
    server.restart().await;
    // The script is gone with the old server, and so are the counts.
    counts_again(&server, &limits).await;
}

async fn counts_again(server: &RedisServer, limits: &RedisRateLimits) {
    let before = keys(server).await.len();
    eventually("Redis counts again", async || {
        let _ = limits.take(HOURLY, "carol").await;
        (keys(server).await.len() > before).then_some(())
    })
    .await;
}
