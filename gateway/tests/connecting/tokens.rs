//! Who may connect at all: the three ways to hand in a token, and what happens to whoever has none.

use crate::support::World;
use crate::support::wire::{TEXT, Wire};
use serde_json::json;
use shared::rate::memory::MemoryRateLimits;
use shared::token::ACCESS_TOKEN_LIFE;
use std::sync::Arc;
use std::time::Duration;
use testkit::people::Refusal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn assert_refused(refusal: &Refusal, status: u16, code: &str) {
    assert_eq!((refusal.status, &refusal.body["error"]["code"]), (status, &json!(code)), "{}", refusal.body);
    assert!(refusal.body["error"]["request_id"].is_string());
}

#[tokio::test]
async fn a_token_may_come_in_the_query_in_a_header_or_as_the_first_frame() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let dial = || gateway.server.dial();
    for way in [dial().by_query(&alice.token), dial().by_header(&alice.token), dial().by_frame(&alice.token)]
    {
        let connection = way.connect().await;
        assert_eq!(connection.ready["user_id"], alice.id.0);
        assert_eq!(connection.ready["epoch"], "epoch-for-tests");
        assert!(connection.ready["heartbeat_ms"].as_u64().unwrap() > 0);
    }
}

#[tokio::test]
async fn a_wrong_token_is_refused_before_the_upgrade_and_so_is_one_that_ran_out() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    for way in [gateway.server.dial().by_query("wrong"), gateway.server.dial().by_header("wrong")] {
        assert_refused(&way.open().await.unwrap_err(), 401, "unauthorized");
    }
    world.clock.advance(ACCESS_TOKEN_LIFE);
    let late = gateway.server.dial().by_query(&alice.token).open().await;
    assert_refused(&late.unwrap_err(), 401, "unauthorized");
}

#[tokio::test]
async fn a_first_frame_without_a_good_token_closes_the_connection() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    gateway.server.dial().by_frame("wrong").open().await.unwrap().expect_close(4501).await;

    let mut impatient = gateway.server.dial().open().await.unwrap();
    impatient.send_json(&json!({ "event_type": "ping" })).await;
    impatient.expect_close(4501).await;

    world.clock.advance(ACCESS_TOKEN_LIFE);
    gateway.server.dial().by_frame(&alice.token).open().await.unwrap().expect_close(4401).await;
}

#[tokio::test]
async fn who_says_nothing_in_time_is_sent_away() {
    let world = World::new();
    let gateway = world.gateway_with(|config| config.auth_timeout = Duration::from_millis(100)).await;
    gateway.server.dial().open().await.unwrap().expect_close(4402).await;
}

#[tokio::test]
async fn before_it_is_known_who_it_is_a_frame_has_4_kib() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let padded = |size: usize| {
        let frame = json!({ "event_type": "auth", "token": alice.token, "padding": "" }).to_string();
        frame.replace("\"\"", &format!("\"{}\"", "x".repeat(size - frame.len())))
    };
    let mut stranger = gateway.server.dial().open().await.unwrap();
    stranger.send_text(&padded(4 * 1024 + 1)).await;
    stranger.expect_close(1009).await;

    let mut stranger = gateway.server.dial().open().await.unwrap();
    stranger.send_text(&padded(4 * 1024)).await;
    stranger.attach().await;
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_connect() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let from = |origin: &str| gateway.server.dial().by_query(&alice.token).header("origin", origin);
    assert_refused(&from("https://evil.example.org").open().await.unwrap_err(), 403, "bad_origin");
    assert_refused(&from("null").open().await.unwrap_err(), 403, "bad_origin");
    from(&format!("http://{}", gateway.address)).connect().await;
    from("tauri://localhost").connect().await;
}

#[tokio::test]
async fn a_plain_request_is_no_handshake() {
    let world = World::new();
    let gateway = world.gateway().await;
    gateway.server.get("/api/ws").await.expect_error(400, "bad_request");
    gateway.server.get("/api/other").await.expect_error(404, "not_found");
}

#[tokio::test]
async fn one_address_cannot_connect_without_end() {
    let world = World::new();
    let alice = world.person("alice");
    let limits = Arc::new(MemoryRateLimits::new(world.clock.clone()));
    let presence = Arc::new(crate::support::presence::Line::to(world.presence.clone()));
    let node = world.node_of(|config| config.connections_per_user = 1000, presence, limits).await;
    let listener = shared::serve::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let gateway = crate::support::Gateway::serving(node, listener);
    for _ in 0..100 {
        gateway.server.dial().by_query(&alice.token).open().await.unwrap();
    }
    let refusal = gateway.server.dial().by_query(&alice.token).open().await.unwrap_err();
    assert_refused(&refusal, 429, "too_fast");
    let wait = Duration::from_millis(refusal.body["error"]["retry_after_ms"].as_u64().unwrap());
    world.clock.advance(wait);
    gateway.connect(&alice).await;
}

/// What a client sends right behind its handshake belongs to the WebSocket, and is not lost in the upgrade.
#[tokio::test]
async fn a_first_frame_in_the_same_packet_as_the_handshake_is_read() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let mut stream = TcpStream::connect(gateway.address).await.unwrap();
    let auth = json!({ "event_type": "auth", "token": alice.token }).to_string();
    let mut bytes = Vec::from(format!(
        "GET /api/ws HTTP/1.1\r\nhost: {}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        gateway.address
    ));
    bytes.extend(Wire::masked(TEXT, auth.as_bytes()));
    stream.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
    let ready = Wire::over(stream).next().await.unwrap();
    assert!(String::from_utf8(ready.payload).unwrap().contains("\"ready\""));
}
