//! The shelf over a real Redis: what one node puts there another finds, for a day.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use bytes::Bytes;
use shared::redis::Redis;
use shared::shelf::{KEPT, RedisShelf, Shelf};
use testkit::{RedisServer, eventually};

fn node(server: &RedisServer) -> RedisShelf {
    RedisShelf::new(Redis::open(&server.url()).unwrap())
}

/// For how many seconds the thing is kept still.
async fn kept(server: &RedisServer) -> i64 {
    let keys: Vec<String> = server.command(&["KEYS", "im:*:shelf:thing"]).await;
    server.command(&["TTL", &keys[0]]).await
}

#[tokio::test]
async fn what_one_node_puts_there_another_finds_and_keeps() {
    let server = RedisServer::start().await;
    let (here, there) = (node(&server), node(&server));
    assert_eq!(there.find("thing").await, Ok(None));
    assert_eq!(there.renew("thing").await, Ok(false));

    // As large as they get, and of any bytes.
    let thing: Bytes = (0..3_000_000_u32).map(|n| n as u8).collect();
    here.put("thing", &thing).await.unwrap();
    assert!(there.find("thing").await.unwrap() == Some(thing));
    let day = KEPT.as_secs() as i64;
    assert!((day - 60..=day).contains(&kept(&server).await), "it goes by itself");

    let keys: Vec<String> = server.command(&["KEYS", "im:*:shelf:thing"]).await;
    let _: i64 = server.command(&["EXPIRE", &keys[0], "100"]).await;
    assert_eq!(there.renew("thing").await, Ok(true));
    assert!(kept(&server).await > 100);
    assert_eq!(there.find("another").await, Ok(None));
}

#[tokio::test]
async fn a_redis_that_is_away_is_said_to_be_and_used_again_when_it_is_back() {
    let mut server = RedisServer::start().await;
    let shelf = node(&server);
    let thing = Bytes::from_static(b"thing");
    shelf.put("thing", &thing).await.unwrap();
    server.kill();
    assert!(shelf.find("thing").await.is_err() && shelf.renew("thing").await.is_err());
    assert!(shelf.put("thing", &thing).await.is_err());
    server.restart().await;
    eventually("it is put there again", async || shelf.put("thing", &thing).await.ok()).await;
    assert_eq!(shelf.find("thing").await, Ok(Some(thing)));
}
