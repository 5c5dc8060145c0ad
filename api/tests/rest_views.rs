//! How users keep conversations on their own lists, and that it is nobody else's business.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use rest_support::{Node, Person};
use serde_json::{Value, json};

async fn change(node: &Node, who: &Person, id: i64, body: Value) -> rest_support::Answer {
    node.call("PATCH", &format!("/api/conversations/{id}")).token(&who.token).json(&body).send().await
}

async fn line(node: &Node, who: &Person) -> Value {
    who.get(node, "/api/conversations").send().await.expect(200)["conversations"][0].take()
}

async fn one_keeps_a_conversation_as_one_likes(node: Node) {
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    let id = bob.say(&node, &alice, "hi").await["conversation_id"].as_i64().unwrap();
    let plain = json!({"pinned": false, "muted": false, "hidden_seq": 0, "unread_seq": 0, "version": 0});
    assert_eq!(line(&node, &alice).await["view"], plain);

    let pinned = json!({"pinned": true, "muted": false, "hidden_seq": 0, "unread_seq": 0, "version": 1});
    for _ in 0..2 {
        let answer = change(&node, &alice, id, json!({"pinned": true})).await.expect(200);
        assert_eq!(answer["view"], pinned, "asking twice is asking once");
    }
    let answer = change(&node, &alice, id, json!({"hidden": true, "seq": 1, "marked_unread": true})).await;
    let kept = json!({"pinned": true, "muted": false, "hidden_seq": 1, "unread_seq": 1, "version": 2});
    assert_eq!(answer.expect(200)["view"], kept);
    assert_eq!(line(&node, &alice).await["view"], kept);
    assert_eq!(line(&node, &bob).await["view"], plain, "the other's own list is as it was");

    bob.say(&node, &alice, "are you there?").await;
    assert!(line(&node, &alice).await["last_seq"].as_i64() > kept["hidden_seq"].as_i64(), "it is back");
    node.post("/api/conversations/read").token(&alice.token).send().await.expect(204);
    let read = line(&node, &alice).await;
    assert_eq!((&read["read_seq"], &read["unread"]), (&json!(2), &json!(0)));
    change(&node, &alice, id, json!({"marked_unread": true})).await.expect(200);
    node.post("/api/conversations/read").token(&alice.token).send().await.expect(204);
    assert_eq!(line(&node, &alice).await["view"]["unread_seq"], 0, "a mark at the very end is taken off too");
}

async fn what_is_not_ones_own_or_no_change_is_refused(node: Node) {
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    let mallory = node.register("mallory").await;
    let id = bob.say(&node, &alice, "hi").await["conversation_id"].as_i64().unwrap();
    let tea = alice.create_group(&node, "Tea").await;
    let group = alice.get(&node, &format!("/api/groups/{tea}")).send().await.expect(200);
    let group = group["group"]["conversation_id"].as_i64().unwrap();
    let pin = || json!({"pinned": true});
    let none = change(&node, &mallory, 999, pin()).await;
    none.refused(404, "not_found");
    for others in [id, group] {
        let answer = change(&node, &mallory, others, pin()).await;
        assert_eq!(answer.to_string(), none.to_string());
    }
    for bad in [json!({}), json!({"seq": 1}), json!({"hidden": true, "seq": 0}), json!({"pinned": 1})] {
        change(&node, &alice, id, bad).await.refused(400, "bad_request");
    }
    change(&node, &alice, 0, pin()).await.refused(400, "bad_id");
    assert_eq!(line(&node, &bob).await["view"]["version"], 0);
}

async fn all_other_sessions_end_at_once(node: Node) {
    let alice = node.register("alice").await;
    let (phone, bob) = (node.log_in("alice").await, node.register("bob").await);
    node.call("DELETE", "/api/auth/sessions").token(&alice.token).send().await.expect(204);
    assert!(alice.is_logged_in(&node).await && !phone.is_logged_in(&node).await);
    assert!(bob.is_logged_in(&node).await);
    let controls = node.bus.take_controls();
    assert!(controls.iter().any(|(_, control)| control["control"] == "other_sessions_ended"), "{controls:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_on_sqlite() {
    one_keeps_a_conversation_as_one_likes(Node::start().await).await;
    what_is_not_ones_own_or_no_change_is_refused(Node::start().await).await;
    all_other_sessions_end_at_once(Node::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_on_mariadb() {
    one_keeps_a_conversation_as_one_likes(Node::made().on_mariadb().await.start().await).await;
    what_is_not_ones_own_or_no_change_is_refused(Node::made().on_mariadb().await.start().await).await;
    all_other_sessions_end_at_once(Node::made().on_mariadb().await.start().await).await;
}
