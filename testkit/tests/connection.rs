//! What people's ears do, on a server that says exactly what a test tells it to.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use testkit::{Connection, Group, Server};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// A server for one connection: says `ready`, then `lines` after the first frame that it hears, then closes with 4408.
async fn scripted(lines: Vec<Value>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        socket.send(Message::text(r#"{"event_type":"ready"}"#)).await.unwrap();
        let heard = socket.next().await.unwrap().unwrap();
        socket.feed(heard).await.unwrap();
        for line in lines {
            socket.feed(Message::text(line.to_string())).await.unwrap();
        }
        let slow = CloseFrame { code: 4408.into(), reason: "slow".into() };
        socket.close(Some(slow)).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
    });
    Server::at(&address)
}

async fn connected(lines: Vec<Value>) -> Connection {
    scripted(lines).await.dial().connect().await
}

fn message(text: &str) -> Value {
    json!({ "event_type": "message", "content": text })
}

#[tokio::test]
async fn what_was_skipped_is_found_by_the_next_look() {
    let mut alice = connected(vec![message("one"), message("two")]).await;
    alice.send_json(&json!({ "event_type": "typing" })).await;
    alice.expect_message("two").await;
    alice.expect_message("one").await;
    assert_eq!(alice.next().await["event_type"], "typing");
    assert_eq!(alice.heard(), ["one", "two"]);
    alice.expect_close(4408).await;
}

#[tokio::test]
async fn a_message_names_its_target_and_is_echoed_as_sent() {
    let mut alice = connected(vec![]).await;
    let id = alice.say(Group(7), "hi").await;
    let echo = alice.expect_message("hi").await;
    assert_eq!((&echo["group_id"], &echo["client_message_id"]), (&json!(7), &json!(id)));
    assert!(echo.get("receiver_id").is_none());
}

#[tokio::test]
#[should_panic(expected = "was to hear nothing")]
async fn silence_is_broken_by_anything_but_a_pong() {
    let mut alice = connected(vec![json!({ "event_type": "pong" })]).await;
    alice.expect_silence().await;
}

#[tokio::test]
#[should_panic(expected = "closed (Some(4408))")]
async fn a_close_while_waiting_says_so() {
    let mut alice = connected(vec![]).await;
    alice.send_json(&message("something else")).await;
    alice.expect_message("never said").await;
}

#[tokio::test]
async fn a_refused_upgrade_gives_its_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::at(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let body = r#"{"error":{"code":"unauthorized"}}"#;
        let head = format!("HTTP/1.1 401 Unauthorized\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes()).await.unwrap();
    });
    let refusal = server.dial().by_query("wrong").open().await.unwrap_err();
    assert_eq!((refusal.status, &refusal.body["error"]["code"]), (401, &json!("unauthorized")));
}
