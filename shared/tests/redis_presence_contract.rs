//! Presence over a real Redis does what every presence must; and its hashes neither grow for ever nor run out too soon.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use shared::ids::{NodeId, UserId};
use shared::presence::redis::RedisPresence;
use shared::presence::{LEASE, Lease, Presence, PresenceAway};
use shared::redis::Redis;
use shared::topic::online_key;
use std::sync::Arc;
use std::time::Duration;
use testkit::{RedisServer, eventually};

const ALICE: UserId = UserId(1);

fn open(server: &RedisServer) -> Arc<dyn Presence> {
    Arc::new(RedisPresence::new(Redis::open(&server.url()).unwrap()))
}

async fn world() -> (impl AsyncFn() -> Arc<dyn Presence>, impl AsyncFn(Duration)) {
    let server = Arc::new(RedisServer::start().await);
    let clock = server.clone();
    (async move || open(&server), async move |by| clock.age("im:*:lease:*", by).await)
}

testkit::presence_contract!(world().await);

async fn lives_of(server: &RedisServer, user: UserId) -> Vec<String> {
    server.command(&["HKEYS", &online_key(user)]).await
}

/// Makes every life that lists this user look as if it had been listed that long ago.
async fn listed_before(server: &RedisServer, user: UserId, by: Duration) {
    for life in lives_of(server, user).await {
        let by = format!("-{}", by.as_millis());
        server.command::<i64>(&["HINCRBY", &online_key(user), &life, &by]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lives_that_died_are_taken_out_when_their_user_comes_back() {
    let server = RedisServer::start().await;
    let presence = open(&server);
    let (dead, lives, new) = (NodeId::random(), NodeId::random(), NodeId::random());
    for life in [dead, lives] {
        presence.renew(life).await.unwrap();
        presence.enter(life, &[ALICE]).await.unwrap();
    }
    server.age("im:*:lease:*", LEASE).await;
    presence.renew(lives).await.unwrap();
    presence.enter(new, &[ALICE]).await.unwrap();
    assert_eq!(lives_of(&server, ALICE).await.len(), 3, "a life without a lease may be about to take it");
    listed_before(&server, ALICE, Duration::from_secs(120)).await;
    presence.enter(new, &[ALICE]).await.unwrap();
    let mut left = lives_of(&server, ALICE).await;
    left.sort_unstable();
    let mut expected = [lives.to_string(), new.to_string()];
    expected.sort_unstable();
    assert_eq!(left, expected, "an old listing with a lease stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hash_runs_out_when_its_lives_are_gone_and_is_kept_while_one_renews() {
    let server = RedisServer::start().await;
    let presence = open(&server);
    let (gone, lives) = (NodeId::random(), NodeId::random());
    let bob = UserId(2);
    for (life, user) in [(gone, ALICE), (lives, bob)] {
        presence.renew(life).await.unwrap();
        presence.enter(life, &[user]).await.unwrap();
    }
    for _ in 0..6 {
        server.age("im:*:on:*", Duration::from_secs(1200)).await;
        presence.renew(lives).await.unwrap();
    }
    assert!(lives_of(&server, ALICE).await.is_empty());
    assert_eq!(lives_of(&server, bob).await, [lives.to_string()]);
}

/// Not knowing is not offline, is known in time, and is over when Redis is back, whichever connection was used before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_redis_presence_is_away_and_comes_back_with_it() {
    let mut server = RedisServer::start().await;
    let presence = open(&server);
    let life = NodeId::random();
    presence.renew(life).await.unwrap();
    presence.enter(life, &[ALICE]).await.unwrap();
    server.stop();
    assert_eq!(presence.online(&[ALICE]).await, Err(PresenceAway));
    server.cont();
    eventually("a stopped Redis is asked again", async || presence.online(&[ALICE]).await.ok()).await;
    server.kill();
    assert_eq!(presence.renew(life).await, Err(PresenceAway));
    server.restart().await;
    assert_eq!(presence.renew(life).await, Ok(Lease::Taken), "at once: no dead connection is used");
    assert_eq!(presence.online(&[ALICE]).await, Ok(vec![false]), "an empty Redis lists nobody");
}

/// A restart breaks every connection of the pool, and none of them is to cost a caller an error afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_no_broken_connection_is_handed_out() {
    let mut server = RedisServer::start().await;
    let presence = open(&server);
    let users: Vec<UserId> = (1..=5_000).map(UserId).collect();
    let calls = futures_util::future::join_all((0..8).map(|_| presence.online(&users))).await;
    assert!(calls.iter().all(Result::is_ok));
    let clients: String = server.command(&["CLIENT", "LIST", "TYPE", "normal"]).await;
    assert!(clients.lines().count() > 4, "the premise: there are several, and the one that asks");
    server.restart().await;
    for _ in 0..8 {
        assert_eq!(presence.online(&[ALICE]).await, Ok(vec![false]));
    }
}
