//! Groups through REST: making, joining, leaving, removing; and that strangers learn nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use api::store::sql::query;
use insta::assert_snapshot;
use rest_support::{Answer, Node, Person};
use serde_json::{Value, json};
use std::time::Duration;

async fn three() -> (Node, Person, Person, Person) {
    let node = Node::start().await;
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    let carol = node.register("carol").await;
    (node, alice, bob, carol)
}

async fn post(node: &Node, who: &Person, verb: &str, body: Value) -> Answer {
    who.post(node, &format!("/api/groups/{verb}"), body).send().await
}

async fn contents(node: &Node, who: &Person, group: i64) -> Vec<String> {
    let page = who.get(node, &format!("/api/messages/list?group_id={group}")).send().await.expect(200);
    let of = |m: &Value| format!("{} {}", m["seq"], m["message_type"].as_str().unwrap());
    page["messages"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn whoever_makes_a_group_owns_it() {
    let (node, alice, ..) = three().await;
    let body = json!({"name": " Tea ", "description": "Every day at five."});
    assert_snapshot!(post(&node, &alice, "create", body).await, @r#"
    201 {
      "group": {
        "avatar": "",
        "conversation_id": 1,
        "created_at": "2026-11-22T08:00:00.007Z",
        "description": "Every day at five.",
        "id": 1,
        "join_policy": "open",
        "joined_seq": 1,
        "name": "Tea",
        "owner_id": 1,
        "role": "owner"
      }
    }
    "#);
    let shown = alice.get(&node, "/api/groups/1").send().await;
    assert_snapshot!(shown, @r#"
    200 {
      "group": {
        "avatar": "",
        "conversation_id": 1,
        "created_at": "2026-11-22T08:00:00.007Z",
        "description": "Every day at five.",
        "id": 1,
        "join_policy": "open",
        "joined_seq": 1,
        "name": "Tea",
        "owner_id": 1,
        "role": "owner"
      }
    }
    "#);
    assert_snapshot!(alice.get(&node, "/api/groups/list").send().await, @r#"
    200 {
      "groups": [
        {
          "avatar": "",
          "conversation_id": 1,
          "created_at": "2026-11-22T08:00:00.007Z",
          "description": "Every day at five.",
          "id": 1,
          "join_policy": "open",
          "joined_seq": 1,
          "name": "Tea",
          "owner_id": 1,
          "role": "owner"
        }
      ]
    }
    "#);
    assert_snapshot!(alice.get(&node, "/api/groups/1/members").send().await, @r#"
    200 {
      "members": [
        {
          "joined_at": "2026-11-22T08:00:00.007Z",
          "role": "owner",
          "user": {
            "avatar": "",
            "created_at": "2026-11-22T08:00:00.007Z",
            "id": 1,
            "status": "offline",
            "username": "alice"
          }
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn anybody_joins_and_joining_twice_is_joining_once() {
    let (node, alice, bob, _) = three().await;
    let group = alice.create_group(&node, "Tea").await;
    let first = post(&node, &bob, "join", json!({"group_id": group})).await;
    assert_snapshot!(first, @r#"
    200 {
      "group": {
        "avatar": "",
        "conversation_id": 1,
        "created_at": "2026-11-22T08:00:00.007Z",
        "description": "",
        "id": 1,
        "join_policy": "open",
        "joined_seq": 2,
        "name": "Tea",
        "owner_id": 1,
        "role": "member"
      }
    }
    "#);
    let again = post(&node, &bob, "join", json!({"group_id": group})).await;
    assert_eq!(again.to_string(), first.to_string());
    assert_eq!(contents(&node, &alice, group).await, ["1 member_joined", "2 member_joined"]);
    node.connect(&bob).await;
    let members = alice.get(&node, "/api/groups/1/members").send().await;
    assert_snapshot!(members, @r#"
    200 {
      "members": [
        {
          "joined_at": "2026-11-22T08:00:00.007Z",
          "role": "owner",
          "user": {
            "avatar": "",
            "created_at": "2026-11-22T08:00:00.007Z",
            "id": 1,
            "status": "offline",
            "username": "alice"
          }
        },
        {
          "joined_at": "2026-11-22T08:00:00.007Z",
          "role": "member",
          "user": {
            "avatar": "",
            "created_at": "2026-11-22T08:00:00.007Z",
            "id": 2,
            "status": "online",
            "username": "bob"
          }
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_newcomer_sees_the_group_from_the_joining_on() {
    let (node, alice, bob, _) = three().await;
    let group = alice.create_group(&node, "Tea").await;
    alice.say_in(&node, group, "before").await;
    bob.join(&node, group).await;
    alice.say_in(&node, group, "after").await;
    assert_eq!(contents(&node, &bob, group).await, ["3 member_joined", "4 text"]);
    let from_the_start =
        bob.get(&node, &format!("/api/messages/list?group_id={group}&after_seq=0")).send().await;
    assert_eq!(from_the_start.expect(200)["messages"][0]["seq"], 3);
    let before =
        bob.get(&node, &format!("/api/messages/list?group_id={group}&before_seq=3")).send().await.expect(200);
    assert_eq!((&before["messages"], &before["has_more"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn whoever_left_sees_nothing_and_after_coming_back_only_what_came_since() {
    let (node, alice, bob, _) = three().await;
    let group = alice.create_group(&node, "Tea").await;
    bob.join(&node, group).await;
    assert_snapshot!(post(&node, &bob, "leave", json!({"group_id": group})).await, @"204");
    alice.say_in(&node, group, "he is gone").await;
    bob.get(&node, &format!("/api/messages/list?group_id={group}")).send().await.refused(404, "not_found");
    bob.join(&node, group).await;
    assert_eq!(contents(&node, &bob, group).await, ["5 member_joined"]);
}

#[tokio::test]
async fn the_owner_who_leaves_hands_over_and_the_last_one_closes_the_group() {
    let (node, alice, bob, carol) = three().await;
    let group = alice.create_group(&node, "Tea").await;
    bob.join(&node, group).await;
    post(&node, &alice, "leave", json!({"group_id": group})).await.expect(204);
    let shown = bob.get(&node, &format!("/api/groups/{group}")).send().await.expect(200);
    assert_eq!((&shown["group"]["owner_id"], &shown["group"]["role"]), (&json!(bob.id), &json!("owner")));
    post(&node, &bob, "leave", json!({"group_id": group})).await.expect(204);
    post(&node, &carol, "join", json!({"group_id": group})).await.refused(404, "not_found");
    post(&node, &bob, "join", json!({"group_id": group})).await.refused(404, "not_found");
}

#[tokio::test]
async fn the_owner_removes_members_and_members_remove_nobody() {
    let (node, alice, bob, carol) = three().await;
    let group = alice.create_group(&node, "Tea").await;
    bob.join(&node, group).await;
    carol.join(&node, group).await;
    let kick = |who: &Person, whom: i64| {
        let body = json!({"group_id": group, "user_id": whom});
        who.post(&node, "/api/groups/kick", body).send()
    };
    kick(&bob, carol.id).await.refused(403, "forbidden");
    kick(&bob, alice.id).await.refused(403, "forbidden");
    kick(&alice, 99).await.refused(404, "not_found");
    kick(&alice, alice.id).await.refused(400, "bad_request");
    assert_snapshot!(kick(&alice, bob.id).await, @"204");
    kick(&alice, bob.id).await.refused(404, "not_found");
    bob.get(&node, &format!("/api/messages/list?group_id={group}")).send().await.refused(404, "not_found");
    let say = json!({"group_id": group, "content": "let me in"});
    bob.post(&node, "/api/messages/send", say).send().await.refused(404, "not_found");
}

#[tokio::test]
async fn bad_bodies_of_group_calls_have_their_codes() {
    let (node, alice, ..) = three().await;
    let cases = [
        ("create", json!({"name": ""}), "bad_group_name"),
        ("create", json!({"name": "  "}), "bad_group_name"),
        ("create", json!({"name": "x".repeat(101)}), "bad_group_name"),
        ("create", json!({"name": "a\nb"}), "bad_group_name"),
        ("create", json!({"name": "Tea", "description": "x".repeat(2001)}), "bad_description"),
        ("create", json!({"name": "Tea", "owner_id": 2}), "bad_request"),
        ("create", json!({"description": "no name"}), "bad_request"),
        ("join", json!({"group_id": 0}), "bad_id"),
        ("join", json!({"group_id": "1"}), "bad_request"),
        ("join", json!({"group_id": 1, "role": "owner"}), "bad_request"),
        ("join", json!({}), "bad_request"),
        ("leave", json!({"group_id": -1}), "bad_id"),
        ("kick", json!({"group_id": 1}), "bad_request"),
        ("kick", json!({"group_id": 1, "user_id": 0}), "bad_id"),
    ];
    for (verb, body, code) in cases {
        let answer = post(&node, &alice, verb, body.clone()).await;
        assert_eq!((answer.status, answer.code()), (400, code), "{verb} {body:.60}");
    }
    let longest = json!({"name": "é".repeat(100), "description": "é".repeat(2000)});
    post(&node, &alice, "create", longest).await.expect(201);
    alice.get(&node, "/api/groups/x").send().await.refused(400, "bad_id");
    alice.get(&node, "/api/groups/0/members").send().await.refused(400, "bad_id");
}

/// Every call that names a group, by a stranger to it: the answer for one that is there and for one that is
/// not must be the same to the letter.
#[tokio::test]
async fn a_stranger_cannot_tell_a_group_from_none() {
    let (node, alice, bob, carol) = three().await;
    let group = alice.create_group(&node, "Secret").await;
    bob.join(&node, group).await;
    alice.say_in(&node, group, "psst").await;
    let mut answers = Vec::new();
    for id in [group, 999] {
        let calls = [
            carol.get(&node, &format!("/api/groups/{id}")),
            carol.get(&node, &format!("/api/groups/{id}/members")),
            carol.get(&node, &format!("/api/messages/list?group_id={id}")),
            carol.get(&node, &format!("/api/messages/list?group_id={id}&after_seq=0")),
            carol.post(&node, "/api/messages/send", json!({"group_id": id, "content": "hello?"})),
            carol.post(&node, "/api/groups/leave", json!({"group_id": id})),
            carol.post(&node, "/api/groups/kick", json!({"group_id": id, "user_id": bob.id})),
        ];
        for call in calls {
            let answer = call.send().await;
            answer.refused(404, "not_found");
            answers.push(answer.to_string());
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(contents(&node, &alice, group).await.len(), 3, "and nothing came of it");
    let own = carol.get(&node, "/api/conversations").send().await.expect(200);
    assert_eq!(own["conversations"], json!([]));
}

/// Two accounts that do the same things with each other's ids: neither sees or changes what is the other's.
#[tokio::test]
async fn anothers_ids_open_nothing() {
    let (node, alice, bob, carol) = three().await;
    let (hers, his) = (alice.create_group(&node, "Hers").await, bob.create_group(&node, "His").await);
    alice.say(&node, &carol, "between us").await;
    bob.say(&node, &carol, "between us two").await;
    for (who, other, theirs) in [(&alice, &bob, his), (&bob, &alice, hers)] {
        let talk =
            who.get(&node, &format!("/api/messages/list?receiver_id={}", other.id)).send().await.expect(200);
        assert_eq!(talk["messages"], json!([]));
        who.get(&node, &format!("/api/groups/{theirs}")).send().await.refused(404, "not_found");
        who.get(&node, &format!("/api/groups/{theirs}/members")).send().await.refused(404, "not_found");
        let list = who.get(&node, "/api/groups/list").send().await.expect(200);
        assert_eq!(list["groups"].as_array().unwrap().len(), 1);
        let shown = who.get(&node, &format!("/api/users/{}", other.id)).send().await.expect(200);
        assert!(shown["user"]["email"].is_null());
        let conversations = who.get(&node, "/api/conversations").send().await.expect(200).to_string();
        assert!(!conversations.contains('@'), "no address of anybody's: {conversations}");
    }
    let carols = carol.get(&node, "/api/messages/list?receiver_id=1").send().await.expect(200);
    assert_eq!(carols["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_is_muted_is_told_until_when_wherever_the_group_is_given() {
    let (node, alice, bob, _) = three().await;
    let group = alice.create_group(&node, "Tea").await;
    post(&node, &bob, "join", json!({"group_id": group})).await.expect(200);
    let until = node.clock.now().plus(Duration::from_mins(1));
    let update = "UPDATE group_members SET muted_until = ? WHERE group_id = ? AND user_id = ?";
    let update = query(update).bind(until).bind(group).bind(bob.id);
    update.execute(&mut node.app.db.write().await.unwrap()).await.unwrap();
    let told = async |who: &Person| {
        let one = who.get(&node, &format!("/api/groups/{group}")).send().await.expect(200);
        let all = who.get(&node, "/api/groups/list").send().await.expect(200);
        let list = who.get(&node, "/api/conversations").send().await.expect(200);
        let groups = [&one["group"], &all["groups"][0], &list["conversations"][0]["group"]];
        assert!(groups.iter().all(|group| group["name"] == "Tea"), "the premise");
        groups.map(|group| group["muted_until"].as_str().map(str::to_owned))
    };
    let then = Some("2026-11-22T08:01:00.007Z".to_owned());
    assert_eq!(told(&bob).await, [then.clone(), then.clone(), then]);
    assert_eq!(told(&alice).await, [None, None, None]);
    node.clock.advance(Duration::from_mins(1));
    assert_eq!(told(&bob).await, [None, None, None], "it is over");
}
