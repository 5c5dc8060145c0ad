//! Nodes that end in the middle of an append.

use crate::proxy::Proxy;
use crate::support::{ApiNode, Door, SECRET, to};
use api::store::messages::{Cursor, page};
use api::store::{PoolSizes, open};
use gateway::api::Api;
use shared::door::Call;
use testkit::eventually;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn what_a_node_stored_before_it_died_is_found_by_the_next_and_stored_once() {
    let first = ApiNode::start().await;
    let second = first.beside().await;
    let ((alice, _), (bob, _)) = (first.person().await, first.person().await);
    let proxies = [Proxy::before(first.address).await, Proxy::before(second.address).await];
    let door = Door::to(&proxies.each_ref().map(|proxy| proxy.address));
    // A lane whose node is the first one.
    let mut lanes = 0..100;
    let lane = loop {
        let lane = lanes.next().expect("a lane that goes to the first node");
        let before = proxies[0].asked();
        door.api.append(lane, vec![to(alice, bob, "where does it go?")]).await.unwrap();
        if proxies[0].asked() > before {
            break lane;
        }
    };
    proxies[0].lose_answers();
    let drafts: Vec<_> = ["one", "two", "three"].map(|text| to(alice, bob, text)).to_vec();
    let outcomes = door.api.append(lane, drafts.clone()).await.unwrap();
    assert!(proxies[0].lost() > 0, "the premise: the first node answered, and nobody heard it");
    let places: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    let mut conn = second.app.db.read().await.unwrap();
    let log =
        page(&mut conn, places[0].conversation_id, 1..=i64::MAX, Cursor::After(0), 1_000).await.unwrap();
    let stored: Vec<_> = log.messages.iter().rev().take(3).rev().collect();
    for ((draft, place), message) in drafts.iter().zip(&places).zip(&stored) {
        assert_eq!((message.seq, &message.content), (place.seq, &draft.content));
    }
    assert_eq!(log.messages.len(), lane + 1 + 3, "each once");
}

#[tokio::test]
async fn what_is_under_way_when_a_node_stops_is_answered() {
    let node = ApiNode::start().await;
    let ((alice, _), (bob, _)) = (node.person().await, node.person().await);
    let proxy = Proxy::before(node.address).await;
    let door = Door::to(&[proxy.address]);
    door.api.may_type(alice, bob).await.unwrap();
    let before = proxy.asked();
    // SQLite has one writer: while this one has begun, the node's waits.
    let other = open(&node.database, PoolSizes { read: 1, write: 1 }).await.unwrap();
    let writing = other.begin().await.unwrap();
    let api = door.api.clone();
    let appending = tokio::spawn(async move { api.append(0, vec![to(alice, bob, "last words")]).await });
    eventually("the node has the question", async || (proxy.asked() > before).then_some(())).await;
    node.stop.cancel();
    writing.rollback().await.unwrap();
    assert_eq!(appending.await.unwrap().unwrap()[0].unwrap().seq, 1);
}

/// As a node finds it that stood still for longer than the gateway had patience: the question, and behind it the end.
#[tokio::test]
async fn what_its_gateway_has_given_up_is_not_stored_later() {
    let node = ApiNode::start().await;
    let ((alice, _), (bob, _)) = (node.person().await, node.person().await);
    node.app.append.send(to(alice, bob, "the premise")).await.unwrap();
    // Nothing can be written meanwhile.
    let held = node.app.db.begin().await.unwrap();
    let given_up = to(alice, bob, "given up");
    let body = serde_json::to_string(&vec![&given_up]).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: api\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        Call::Append.path(),
        String::from_utf8_lossy(SECRET),
        body.len(),
    );
    let mut gateway = TcpStream::connect(node.address).await.unwrap();
    gateway.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    gateway.shutdown().await.unwrap();
    let mut answer = Vec::new();
    gateway.read_to_end(&mut answer).await.unwrap();
    assert!(answer.is_empty(), "the node has given it up as well: {answer:?}");
    held.rollback().await.unwrap();
    assert_eq!(node.app.append.send(to(alice, bob, "next")).await.unwrap().seq, 2);
    assert_eq!(node.app.append.send(given_up).await.unwrap().seq, 3, "asked again, it is stored as ever");
}
