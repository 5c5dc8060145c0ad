//! What is only wrong is answered with an `error`, and the connection lives.

use crate::support::api::Call;
use crate::support::world::target;
use crate::support::{Line, World, eventually};
use serde_json::{Value, json};
use testkit::people::Target;
use uuid::Uuid;

#[tokio::test]
async fn each_bad_event_has_its_code_and_the_connection_lives() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let gateway = world.gateway().await;
    let mut here = gateway.connect(&alice).await;
    let (id, peer) = ("01890a5d-ac96-774b-bcce-b302099a8057", bob.id.0);
    let message = |change: Value| {
        let mut event =
            json!({ "event_type": "message", "receiver_id": peer, "content": "hi", "client_message_id": id });
        event.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        event.to_string()
    };
    let without = |field: &str| {
        let mut event: Value = serde_json::from_str(&message(json!({}))).unwrap();
        event.as_object_mut().unwrap().remove(field);
        event.to_string()
    };
    let cases = [
        ("not json".to_owned(), "bad_json", None),
        ("[1, 2]".to_owned(), "bad_json", None),
        (json!({ "event_type": "dance", "client_message_id": id }).to_string(), "unknown_event", Some(id)),
        (json!({ "content": "hi", "client_message_id": id }).to_string(), "unknown_event", Some(id)),
        (without("content"), "bad_request", Some(id)),
        (message(json!({ "content": 7 })), "bad_request", Some(id)),
        (message(json!({ "receiver_id": "bob" })), "bad_request", Some(id)),
        (without("receiver_id"), "no_target", Some(id)),
        (message(json!({ "group_id": 7 })), "two_targets", Some(id)),
        (message(json!({ "receiver_id": -1 })), "bad_id", Some(id)),
        (message(json!({ "content": "" })), "content_empty", Some(id)),
        (message(json!({ "content": "x".repeat(16 * 1024 + 1) })), "content_too_long", Some(id)),
        (message(json!({ "message_type": "member_left" })), "unknown_message_type", Some(id)),
        (message(json!({ "client_message_id": "7" })), "bad_client_message_id", Some("7")),
        (message(json!({ "receiver_id": 424_242 })), "not_found", Some(id)),
        (json!({ "event_type": "read", "conversation_id": 0, "seq": 1 }).to_string(), "bad_id", None),
        (json!({ "event_type": "watch", "user_ids": vec![1; 201] }).to_string(), "too_many", None),
        (json!({ "event_type": "typing" }).to_string(), "no_target", None),
    ];
    for (text, code, client_message_id) in cases {
        here.send_text(&text).await;
        let error = here.next().await;
        assert_eq!(
            (&error["event_type"], &error["code"]),
            (&json!("error"), &json!(code)),
            "{text} got {error}"
        );
        assert_eq!(error["client_message_id"].as_str(), client_message_id, "{text} got {error}");
    }
    // Unknown fields are passed over.
    here.send_text(&message(json!({ "mood": "merry" }))).await;
    here.expect_ack(id.parse().unwrap()).await;
}

#[tokio::test]
async fn a_message_without_an_id_is_given_one() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let gateway = world.gateway().await;
    let mut here = gateway.connect(&alice).await;
    here.send_json(&json!({ "event_type": "message", "receiver_id": bob.id.0, "content": "hi" })).await;
    let id: Uuid = here.expect_event("ack").await["client_message_id"].as_str().unwrap().parse().unwrap();
    assert_eq!(here.expect_message("hi").await["client_message_id"], json!(id));
}

#[tokio::test]
async fn a_repeat_gets_the_same_place_and_another_text_under_its_id_is_refused() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let gateway = world.gateway().await;
    let (mut here, to_bob, id) = (gateway.connect(&alice).await, Target::User(bob.id.0), Uuid::now_v7());
    here.say_as(to_bob, "once", id).await;
    let first = here.expect_ack(id).await;
    here.say_acked(to_bob, "something else").await;
    here.say_as(to_bob, "once", id).await;
    assert_eq!(here.expect_ack(id).await, first);
    let mut elsewhere = world.gateway().await.connect(&alice).await;
    elsewhere.say_as(to_bob, "once", id).await;
    assert_eq!(elsewhere.expect_ack(id).await, first, "on any gateway");

    here.say_as(to_bob, "twice", id).await;
    assert_eq!(here.expect_error("id_reused").await["client_message_id"], json!(id));
}

/// Without an api nothing is lost: the sender is told to try again, and the same id finds out what became of it.
#[tokio::test]
async fn without_an_api_a_message_is_unavailable_and_a_repeat_finds_it() {
    let world = World::new();
    let alice = world.person("alice");
    let group = world.group(&[&alice]).await;
    let gateway = world.gateway().await;
    let mut here = gateway.connect(&alice).await;
    world.api.refuse(Call::Append, true);
    let id = here.say(target(group), "hello?").await;
    let error = here.expect_error("unavailable").await;
    assert_eq!(error["client_message_id"], json!(id));
    assert!(error["retry_after_ms"].as_u64().unwrap() > 0);
    world.api.refuse(Call::Append, false);
    here.say_as(target(group), "hello?", id).await;
    here.expect_ack(id).await;
    assert_eq!(world.api.texts_of(group), ["hello?"]);
}

#[tokio::test(start_paused = true)]
async fn a_full_lane_is_unavailable_at_once() {
    let world = World::new();
    let alice = world.person("alice");
    let group = world.group(&[&alice]).await;
    let node = world.node().await;
    let mut here = Line::attached(&world, &node, &alice).await;
    world.api.late(Call::Append);
    // One is under way, and 1024 wait.
    here.say(group.0, "first").await;
    world.api.is_waited_for(Call::Append).await;
    for _ in 0..1024 {
        here.say(group.0, "waits").await;
    }
    assert!(here.untaken().await.iter().all(|event| event["content"] == "first"), "nobody is refused yet");
    let id = here.say(group.0, "one too many").await;
    let error = here.expect_event("error").await;
    assert_eq!((&error["code"], &error["client_message_id"]), (&json!("unavailable"), &json!(id)));
}

#[tokio::test]
async fn who_is_no_member_writes_nothing() {
    let world = World::new();
    let (alice, mallory) = (world.person("alice"), world.person("mallory"));
    let group = world.group(&[&alice]).await;
    let gateway = world.gateway().await;
    let mut theirs = gateway.connect(&mallory).await;
    let id = theirs.say(target(group), "let me in").await;
    assert_eq!(theirs.expect_error("not_found").await["client_message_id"], json!(id));
    assert!(world.api.texts_of(group).is_empty());
    eventually("one call for it", async || (world.api.calls(Call::Append) == 1).then_some(())).await;
}
