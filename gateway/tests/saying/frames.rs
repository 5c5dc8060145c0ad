//! What breaks the protocol or a size ends the connection, with its code.

use crate::support::wire::{CLOSE, PING, PONG, TEXT, Wire};
use crate::support::{Gateway, Person, World};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection by hand, attached.
async fn by_hand(gateway: &Gateway, person: &Person) -> Wire {
    let mut stream = TcpStream::connect(gateway.address).await.unwrap();
    let request = format!(
        "GET /api/ws?token={} HTTP/1.1\r\nhost: here\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        person.token
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    let mut wire = Wire::over(stream);
    assert_eq!(wire.next().await.unwrap().opcode, TEXT, "ready");
    wire
}

#[tokio::test]
async fn a_frame_of_64_kib_is_read_and_one_byte_more_closes() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let mut here = gateway.connect(&alice).await;
    here.send_text(&" ".repeat(64 * 1024)).await;
    here.expect_error("bad_json").await;
    here.send_text(&" ".repeat(64 * 1024 + 1)).await;
    here.expect_close(1009).await;
}

#[tokio::test]
async fn a_binary_frame_closes() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let mut here = gateway.connect(&alice).await;
    here.send_binary(b"{}").await;
    here.expect_close(1003).await;
}

#[tokio::test]
async fn an_unmasked_frame_closes_and_so_does_text_that_is_none() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let mut here = by_hand(&gateway, &alice).await;
    here.writing.send_unmasked(TEXT, b"{}").await;
    assert_eq!(here.close_code().await, Some(1002));

    let mut here = by_hand(&gateway, &alice).await;
    here.send(TEXT, &[0xff, 0xfe]).await;
    assert_eq!(here.close_code().await, Some(1007));
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload_and_a_goodbye_with_one() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let mut here = by_hand(&gateway, &alice).await;
    here.send(PING, b"are you there").await;
    let pong = here.next().await.unwrap();
    assert_eq!((pong.opcode, &*pong.payload), (PONG, &b"are you there"[..]));
    here.send(CLOSE, &1000u16.to_be_bytes()).await;
    assert_eq!(here.close_code().await, Some(1000));
    assert_eq!(here.next().await, None, "and then the stream ends");
}

/// A goodbye says nothing, or something that may be said: it was answered with 1000 whatever was in it.
#[tokio::test]
async fn a_goodbye_that_breaks_the_protocol_is_answered_as_a_breach() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let reason = |code: u16, reason: &[u8]| [&code.to_be_bytes()[..], reason].concat();
    let cases = [
        (Vec::new(), 1000),
        (reason(4001, "再见".as_bytes()), 1000),
        (vec![3], 1002),
        (reason(1005, b""), 1002),
        (reason(2000, b""), 1002),
        (reason(1000, &[0xff]), 1007),
    ];
    for (payload, code) in cases {
        let mut here = by_hand(&gateway, &alice).await;
        here.send(CLOSE, &payload).await;
        assert_eq!(here.close_code().await, Some(code), "{payload:?}");
        assert_eq!(here.next().await, None, "and then the stream ends");
    }
}

/// The reader sees bytes, not frames: where the packets are cut does not matter.
#[tokio::test]
async fn frames_may_arrive_a_byte_at_a_time_or_many_at_once() {
    let world = World::new();
    let (alice, gateway) = (world.person("alice"), world.gateway().await);
    let mut here = by_hand(&gateway, &alice).await;
    let ping = Wire::masked(TEXT, json!({ "event_type": "ping" }).to_string().as_bytes());
    for byte in &ping {
        here.writing.send_bytes(&[*byte]).await;
    }
    here.writing.send_bytes(&ping.repeat(3)).await;
    for _ in 0..4 {
        assert_eq!(here.next().await.unwrap().payload, br#"{"event_type":"pong"}"#);
    }
}
