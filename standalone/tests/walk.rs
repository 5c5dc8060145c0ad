//! The whole walk through the real program: people talk over real sockets, and nothing but the documented API.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

use serde_json::json;
use tempfile::TempDir;
use testkit::people::{Connection, Person, seqs, texts};
use testkit::process::{Process, Program};

struct World {
    process: Process,
    _folder: TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let program =
        Program::at(env!("CARGO_BIN_EXE_im-tt")).env("DATA_DIR", folder.path()).env("BCRYPT_COST", "4");
    World { process: program.start().await, _folder: folder }
}

impl World {
    async fn person(&self, name: &str) -> Person {
        self.process.server().register(name).await
    }
}

/// Whether a text has arrived by now, repeats of other entries aside.
async fn heard(connection: &mut Connection, text: &str) -> bool {
    connection.send_json(&json!({"event_type": "ping"})).await;
    connection.expect_event("pong").await;
    connection.heard().contains(&text)
}

#[tokio::test]
async fn two_people_chat_on_all_their_devices_and_both_doors_lead_to_the_same_log() {
    let world = world().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let mut desk = alice.connect().await;
    let mut phone = alice.connect().await;
    let mut bobs = bob.connect().await;
    let ack = desk.say_acked(&bob, "hello").await;
    assert_eq!(ack["seq"], 1);
    for connection in [&mut desk, &mut phone, &mut bobs] {
        let message = connection.expect_message("hello").await;
        assert_eq!((&message["seq"], &message["user_id"]), (&json!(1), &json!(alice.id)));
        assert_eq!(message["message_id"], ack["message_id"]);
    }
    bob.send_to(&alice, "by REST").await;
    for connection in [&mut desk, &mut phone, &mut bobs] {
        assert_eq!(connection.expect_message("by REST").await["seq"], 2);
    }
    let history = alice.history(&bob).await;
    assert_eq!(texts(&history), ["hello", "by REST"]);
    let bobs_view = bob.history(&alice).await;
    assert_eq!((texts(&bobs_view), seqs(&bobs_view)), (texts(&history), seqs(&history)));
}

#[tokio::test]
async fn a_newcomer_sees_a_group_from_the_joining_on_and_a_member_who_left_sees_nothing_later() {
    let world = world().await;
    let (alice, bob, carol) =
        (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let group = alice.create_group("tea").await;
    bob.join(group).await;
    let (mut a, mut b, mut c) = (alice.connect().await, bob.connect().await, carol.connect().await);
    a.say_acked(group, "before carol").await;
    b.expect_message("before carol").await;
    carol.join(group).await;
    let joined = c.expect("her own joining", |event| event["message_type"] == "member_joined").await;
    // Her gateway listens to the group by now; what was said until then is within these heads, to be fetched.
    c.expect("the heads with the group", |event| {
        event["heads"][joined["conversation_id"].to_string()].is_array()
    })
    .await;
    a.say_acked(group, "with carol").await;
    c.expect_message("with carol").await;
    assert_eq!(texts(&carol.history(group).await)[1..], ["with carol"]);
    assert_eq!(carol.history(group).await[0]["seq"], joined["seq"]);

    bob.leave(group).await;
    b.expect("his own leaving", |event| event["message_type"] == "member_left").await;
    a.say_acked(group, "without bob").await;
    c.expect_message("without bob").await;
    assert!(!heard(&mut b, "without bob").await);
    bob.get(&format!("/api/messages/list?{}", testkit::people::Target::from(group).query()))
        .await
        .expect_error(404, "not_found");
    alice.kick(group, &carol).await;
    c.expect("her removal", |event| event["message_type"] == "member_left").await;
    a.say_acked(group, "alone").await;
    a.expect_message("alone").await;
    assert!(heard(&mut a, "alone").await && !heard(&mut c, "alone").await);
    let log = alice.history(group).await;
    assert_eq!(seqs(&log), (1..=log.len() as i64).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_read_is_told_to_the_peer_and_to_ones_other_devices_and_counts_what_is_not() {
    let world = world().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let (mut a, mut b, mut phone) = (alice.connect().await, bob.connect().await, bob.connect().await);
    for text in ["one", "two", "three"] {
        a.say_acked(&bob, text).await;
    }
    let three = b.expect_message("three").await;
    assert_eq!(bob.conversations().await[0]["unread"], 3);
    b.send_json(&json!({"event_type": "read", "conversation_id": three["conversation_id"], "seq": 2})).await;
    for connection in [&mut a, &mut phone] {
        let read = connection.expect_event("read").await;
        assert_eq!((&read["user_id"], &read["seq"]), (&json!(bob.id), &json!(2)));
    }
    assert_eq!(bob.conversations().await[0]["unread"], 1);
    let is_read: Vec<bool> =
        alice.history(&bob).await.iter().map(|m| m["is_read"].as_bool().unwrap()).collect();
    assert_eq!(is_read, [true, true, false]);
    // Past the head and back: neither moves it.
    b.send_json(&json!({"event_type": "read", "conversation_id": three["conversation_id"], "seq": 1})).await;
    b.send_json(&json!({"event_type": "read", "conversation_id": three["conversation_id"], "seq": 99})).await;
    let read =
        a.expect("the cursor at the head", |event| event["event_type"] == "read" && event["seq"] != 2).await;
    assert_eq!(read["seq"], 3);
}

#[tokio::test]
async fn presence_and_typing_reach_those_one_talks_with_and_nobody_else() {
    let world = world().await;
    let (alice, bob, eve) =
        (world.person("alice").await, world.person("bob").await, world.person("eve").await);
    alice.send_to(&bob, "hi").await;
    let (mut a, mut e) = (alice.connect().await, eve.connect().await);
    for connection in [&mut a, &mut e] {
        connection.send_json(&json!({"event_type": "watch", "user_ids": [bob.id]})).await;
    }
    assert_eq!(a.expect_event("presence").await["status"], "offline");
    let b = bob.connect().await;
    assert_eq!(a.expect_event("presence").await["status"], "online");
    assert_eq!(bob.patch("/api/users/me", json!({"status": "away"})).await.status, 200);
    assert_eq!(a.expect_event("presence").await["status"], "away");
    assert_eq!(bob.patch("/api/users/me", json!({"status": "offline"})).await.status, 200);
    assert_eq!(a.expect_event("presence").await["status"], "offline");
    let mut b = b;
    b.send_json(&json!({"event_type": "typing", "receiver_id": alice.id})).await;
    assert_eq!(a.expect_event("typing").await["user_id"], bob.id);
    b.send_json(&json!({"event_type": "typing", "receiver_id": eve.id})).await;
    b.expect_error("not_found").await;
    e.expect_silence().await;
}

#[tokio::test]
async fn a_session_that_ends_takes_its_sockets_along_and_no_others() {
    let world = world().await;
    let alice = world.person("alice").await;
    let other = world.process.server().log_in("alice").await;
    let (mut first, mut second) = (alice.connect().await, other.connect().await);
    other.log_out().await;
    second.expect_close(4502).await;
    other.get("/api/users/me").await.expect_error(401, "unauthorized");
    first.expect_silence().await;

    let third = world.process.server().log_in("alice").await;
    first.expect_event("logged_in").await;
    let mut of_third = third.connect().await;
    let change = json!({"old": testkit::people::PASSWORD, "new": "another password"});
    assert_eq!(alice.post("/api/auth/password", change).await.status, 204);
    of_third.expect_close(4502).await;
    third.get("/api/users/me").await.expect_error(401, "unauthorized");
    first.expect_silence().await;

    assert_eq!(alice.post("/api/auth/deactivate", json!({"password": "another password"})).await.status, 204);
    first.expect_close(4503).await;
    alice.get("/api/users/me").await.expect_error(401, "unauthorized");
}

#[tokio::test]
async fn a_repeat_gets_the_same_place_on_either_door_and_other_content_is_refused() {
    let world = world().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let mut a = alice.connect().await;
    let id = a.say(&bob, "once").await;
    let ack = a.expect_ack(id).await;
    a.say_as(&bob, "once", id).await;
    assert_eq!(a.expect_ack(id).await["seq"], ack["seq"]);
    let again = alice.send_as(&bob, "once", id).await.expect_status(200);
    assert_eq!(again["message"]["seq"], ack["seq"]);
    alice.send_as(&bob, "twice", id).await.expect_error(409, "id_reused");
    a.say_as(&bob, "twice", id).await;
    a.expect_error("id_reused").await;
    assert_eq!(texts(&alice.history(&bob).await), ["once"]);
}
