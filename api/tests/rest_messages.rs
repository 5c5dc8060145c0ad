//! Messages through REST: sending, history by pages, and the list of conversations.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use insta::assert_snapshot;
use rest_support::{Answer, ID, Node, Person, SECRET};
use serde_json::{Value, json};
use shared::door::ReadMark;
use shared::ids::{ConversationId, SessionId, UserId};
use shared::token::Tokens;

async fn two() -> (Node, Person, Person) {
    let node = Node::start().await;
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    (node, alice, bob)
}

async fn send(node: &Node, who: &Person, body: Value) -> Answer {
    who.post(node, "/api/messages/send", body).send().await
}

async fn list(node: &Node, who: &Person, query: &str) -> Answer {
    who.get(node, &format!("/api/messages/list?{query}")).send().await
}

fn seqs(page: &Value) -> Vec<i64> {
    page["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_i64().unwrap()).collect()
}

/// A cursor as the socket would move it, written down.
async fn read(node: &Node, who: &Person, seq: i64) {
    let mark = ReadMark { user_id: UserId(who.id), conversation_id: ConversationId(1), seq };
    api::store::reads::raise(&mut node.app.db.write().await.unwrap(), &[mark]).await.unwrap();
}

#[tokio::test]
async fn a_canary_is_nobody_that_one_could_write_to_find_or_be() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    for path in ["/api/messages/list?receiver_id=-1", "/api/users/-1"] {
        alice.get(&node, path).send().await.refused(400, "bad_id");
    }
    let body = json!({"receiver_id": -1, "content": "hi"});
    alice.post(&node, "/api/messages/send", body).send().await.refused(400, "bad_id");
    // Even with the secret: a token is not enough without a session of that account.
    let tokens = Tokens::new(SECRET, node.clock.clone());
    let forged = Person { token: tokens.issue(UserId(-1), SessionId(1)).unwrap(), ..alice };
    assert!(!forged.is_logged_in(&node).await);
}

#[tokio::test]
async fn what_is_sent_is_answered_as_it_is_stored() {
    let (node, alice, bob) = two().await;
    let body = json!({"receiver_id": bob.id, "content": "Hi, Bob! 😀", "client_message_id": ID});
    assert_snapshot!(send(&node, &alice, body).await, @r#"
    200 {
      "message": {
        "client_message_id": "0192d5f0-7a3b-7c4d-8e5f-001122334455",
        "content": "Hi, Bob! 😀",
        "conversation_id": 1,
        "created_at": "2026-11-22T08:00:00.007Z",
        "group_id": null,
        "id": 1,
        "is_read": false,
        "message_type": "text",
        "receiver_id": 2,
        "sender_id": 1,
        "seq": 1
      }
    }
    "#);
    let page = list(&node, &bob, "receiver_id=1").await;
    assert_snapshot!(page, @r#"
    200 {
      "epoch": "[epoch]",
      "has_more": false,
      "messages": [
        {
          "client_message_id": "0192d5f0-7a3b-7c4d-8e5f-001122334455",
          "content": "Hi, Bob! 😀",
          "conversation_id": 1,
          "created_at": "2026-11-22T08:00:00.007Z",
          "group_id": null,
          "id": 1,
          "is_read": false,
          "message_type": "text",
          "receiver_id": 2,
          "sender_id": 1,
          "seq": 1
        }
      ],
      "through_seq": 1
    }
    "#);
}

#[tokio::test]
async fn a_repeat_is_answered_with_the_place_of_the_first_and_stored_once() {
    let (node, alice, bob) = two().await;
    let body = json!({"receiver_id": bob.id, "content": "hi", "client_message_id": ID});
    let first = send(&node, &alice, body.clone()).await;
    node.clock.advance(std::time::Duration::from_secs(5));
    alice.say(&node, &bob, "and another").await;
    assert_eq!(send(&node, &alice, body).await.to_string(), first.to_string());
    assert_eq!(seqs(&list(&node, &bob, "receiver_id=1").await.expect(200)), [1, 2]);
}

#[tokio::test]
async fn an_id_that_was_used_for_another_message_is_refused() {
    let (node, alice, bob) = two().await;
    let with = |receiver: i64, content: &str, kind: &str| json!({"receiver_id": receiver, "content": content, "message_type": kind, "client_message_id": ID});
    send(&node, &alice, with(2, "hi", "text")).await.expect(200);
    for other in [with(2, "ho", "text"), with(1, "hi", "text"), with(2, "hi", "image")] {
        send(&node, &alice, other).await.refused(409, "id_reused");
    }
    send(&node, &bob, with(1, "ho", "text")).await.expect(200);
}

#[tokio::test]
async fn each_bad_draft_has_its_own_code() {
    let (node, alice, _) = two().await;
    let long = "é".repeat(8193);
    let cases = [
        (json!({"content": "x"}), 400, "no_target"),
        (json!({"receiver_id": null, "content": "x"}), 400, "no_target"),
        (json!({"receiver_id": 2, "group_id": 1, "content": "x"}), 400, "two_targets"),
        (json!({"receiver_id": 2, "content": ""}), 400, "content_empty"),
        (json!({"receiver_id": 2, "content": long}), 400, "content_too_long"),
        (json!({"receiver_id": 2, "content": "x", "message_type": "poem"}), 400, "unknown_message_type"),
        (
            json!({"receiver_id": 2, "content": "x", "message_type": "member_left"}),
            400,
            "unknown_message_type",
        ),
        (json!({"receiver_id": 2, "content": "x", "client_message_id": "7"}), 400, "bad_client_message_id"),
        (json!({"receiver_id": 0, "content": "x"}), 400, "bad_id"),
        (json!({"group_id": -1, "content": "x"}), 400, "bad_id"),
        (json!({"receiver_id": "2", "content": "x"}), 400, "bad_request"),
        (json!({"receiver_id": 2.5, "content": "x"}), 400, "bad_request"),
        (json!({"receiver_id": 2, "content": 7}), 400, "bad_request"),
        (json!({"receiver_id": 2}), 400, "bad_request"),
        (json!({"receiver_id": 2, "content": "x", "seq": 1}), 400, "bad_request"),
        (json!({"receiver_id": 2, "content": "x", "sender_id": 2}), 400, "bad_request"),
        (
            json!({"receiver_id": 2, "content": "x", "created_at": "2020-01-01T00:00:00.000Z"}),
            400,
            "bad_request",
        ),
        (json!({"receiver_id": 3, "content": "x"}), 404, "not_found"),
        (json!({"group_id": 3, "content": "x"}), 404, "not_found"),
    ];
    for (body, status, code) in cases {
        let answer = send(&node, &alice, body.clone()).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{body:.80}");
    }
    send(&node, &alice, json!({"receiver_id": 2, "content": "é".repeat(8192)})).await.expect(200);
    let kept = alice.get(&node, "/api/conversations").send().await.expect(200);
    assert_eq!(kept["conversations"][0]["last_seq"], 1, "nothing that was refused took a place");
}

#[tokio::test]
async fn any_text_comes_back_as_it_went() {
    let (node, alice, bob) = two().await;
    let texts = [
        "\0",
        "<script>alert(1)</script>",
        "';--",
        "\u{202e}abc",
        "👩‍👩‍👧",
        "a\r\nb",
        "\u{fffd}\u{10ffff}",
        "  ",
    ];
    for text in texts {
        alice.say(&node, &bob, text).await;
    }
    let page = list(&node, &bob, "receiver_id=1").await.expect(200);
    let back: Vec<&str> =
        page["messages"].as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(back, texts);
}

#[tokio::test]
async fn history_comes_by_pages_in_either_direction_and_says_how_far_it_is_whole() {
    let (node, alice, bob) = two().await;
    for n in 1..=7 {
        alice.say(&node, &bob, &n.to_string()).await;
    }
    let cases = [
        ("", vec![1, 2, 3, 4, 5, 6, 7], false, 7),
        ("&limit=3", vec![5, 6, 7], true, 7),
        ("&before_seq=5&limit=3", vec![2, 3, 4], true, 4),
        ("&before_seq=2&limit=3", vec![1], false, 1),
        ("&before_seq=1", vec![], false, 0),
        ("&before_seq=0", vec![], false, 0),
        ("&before_seq=100&limit=2", vec![6, 7], true, 7),
        ("&after_seq=0&limit=3", vec![1, 2, 3], true, 3),
        ("&after_seq=3&limit=3", vec![4, 5, 6], true, 6),
        ("&after_seq=4&limit=3", vec![5, 6, 7], false, 7),
        ("&after_seq=7", vec![], false, 7),
        ("&after_seq=9", vec![], false, 7),
    ];
    for (query, expected, has_more, through) in cases {
        let page = list(&node, &bob, &format!("receiver_id=1{query}")).await.expect(200);
        assert_eq!(seqs(&page), expected, "{query}");
        assert_eq!((&page["has_more"], &page["through_seq"]), (&json!(has_more), &json!(through)), "{query}");
        assert_eq!(page["epoch"], node.app.epoch);
    }
}

#[tokio::test]
async fn a_walk_by_pages_of_any_size_meets_every_entry_once() {
    let (node, alice, bob) = two().await;
    for n in 1..=9 {
        alice.say(&node, &bob, &n.to_string()).await;
    }
    for limit in 1..=10 {
        let (mut forth, mut have) = (Vec::new(), 0);
        loop {
            let page =
                list(&node, &bob, &format!("receiver_id=1&after_seq={have}&limit={limit}")).await.expect(200);
            forth.extend(seqs(&page));
            have = page["through_seq"].as_i64().unwrap();
            if page["has_more"] == false {
                break;
            }
        }
        let (mut back, mut before) = (Vec::new(), i64::MAX);
        loop {
            let page = list(&node, &bob, &format!("receiver_id=1&before_seq={before}&limit={limit}"))
                .await
                .expect(200);
            back.splice(0..0, seqs(&page));
            before = back[0];
            if page["has_more"] == false {
                break;
            }
        }
        assert_eq!((&forth, &back), (&(1..=9).collect(), &(1..=9).collect()), "limit {limit}");
    }
}

#[tokio::test]
async fn bad_queries_of_history_have_their_codes() {
    let (node, alice, _) = two().await;
    let cases = [
        ("", 400, "no_target"),
        ("receiver_id=2&group_id=1", 400, "two_targets"),
        ("receiver_id=0", 400, "bad_id"),
        ("receiver_id=x", 400, "bad_id"),
        ("group_id=", 400, "bad_id"),
        ("receiver_id=2&before_seq=1&after_seq=1", 400, "bad_cursor"),
        ("receiver_id=2&before_seq=-1", 400, "bad_cursor"),
        ("receiver_id=2&after_seq=x", 400, "bad_cursor"),
        ("receiver_id=2&after_seq=9223372036854775808", 400, "bad_cursor"),
        ("receiver_id=2&limit=0", 400, "bad_cursor"),
        ("receiver_id=2&limit=201", 400, "bad_cursor"),
        ("receiver_id=2&limit=ten", 400, "bad_cursor"),
        ("receiver_id=2&offset=10", 400, "bad_request"),
        ("receiver_id=2&receiver_id=3", 400, "bad_request"),
        ("receiver_id=3", 404, "not_found"),
        ("group_id=1", 404, "not_found"),
    ];
    for (query, status, code) in cases {
        let answer = list(&node, &alice, query).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{query}");
    }
    for extreme in ["after_seq", "before_seq"] {
        list(&node, &alice, &format!("receiver_id=2&{extreme}={}", i64::MAX)).await.expect(200);
    }
}

#[tokio::test]
async fn between_two_who_never_talked_there_is_an_empty_history() {
    let (node, alice, _) = two().await;
    assert_snapshot!(list(&node, &alice, "receiver_id=2").await, @r#"
    200 {
      "epoch": "[epoch]",
      "has_more": false,
      "messages": [],
      "through_seq": 0
    }
    "#);
    assert_snapshot!(alice.get(&node, "/api/conversations").send().await, @r#"
    200 {
      "conversations": [],
      "epoch": "[epoch]"
    }
    "#);
}

#[tokio::test]
async fn notes_to_oneself_are_a_conversation_like_any_other() {
    let (node, alice, bob) = two().await;
    let note = alice.say(&node, &alice, "buy milk").await;
    assert_eq!((&note["receiver_id"], &note["is_read"]), (&json!(alice.id), &json!(true)));
    let page = list(&node, &alice, "receiver_id=1").await.expect(200);
    assert_eq!(page["messages"][0]["content"], "buy milk");
    assert!(seqs(&list(&node, &bob, "receiver_id=1").await.expect(200)).is_empty());
}

#[tokio::test]
async fn a_message_is_read_when_the_other_side_has_come_to_it() {
    let (node, alice, bob) = two().await;
    for text in ["one", "two", "three"] {
        alice.say(&node, &bob, text).await;
    }
    let body = json!({"receiver_id": bob.id, "content": "four", "client_message_id": ID});
    assert_eq!(send(&node, &alice, body.clone()).await.expect(200)["message"]["is_read"], false);
    let is_read = async |who: &Person, other: &Person| -> Vec<bool> {
        let page = list(&node, who, &format!("receiver_id={}", other.id)).await.expect(200);
        page["messages"].as_array().unwrap().iter().map(|m| m["is_read"].as_bool().unwrap()).collect()
    };
    assert_eq!(is_read(&alice, &bob).await, [false; 4]);
    read(&node, &bob, 2).await;
    assert_eq!(is_read(&alice, &bob).await, [true, true, false, false]);
    assert_eq!(is_read(&bob, &alice).await, [true, true, false, false]);
    read(&node, &bob, 4).await;
    assert_eq!(send(&node, &alice, body).await.expect(200)["message"]["is_read"], true);
}

#[tokio::test]
async fn the_list_of_conversations_names_the_other_side_and_counts_what_is_unread() {
    let (node, alice, bob) = two().await;
    let carol = node.register("carol").await;
    let group = carol.create_group(&node, "Tea").await;
    alice.join(&node, group).await;
    node.clock.advance(std::time::Duration::from_secs(1));
    carol.say_in(&node, group, "welcome").await;
    node.clock.advance(std::time::Duration::from_secs(1));
    alice.say(&node, &bob, "hello").await;
    bob.say(&node, &alice, "hi").await;
    bob.say(&node, &alice, "how are you?").await;
    assert_snapshot!(alice.get(&node, "/api/conversations").send().await, @r#"
    200 {
      "conversations": [
        {
          "group": null,
          "id": 2,
          "last_message": {
            "client_message_id": "[client_message_id]",
            "content": "how are you?",
            "conversation_id": 2,
            "created_at": "2026-11-22T08:00:02.007Z",
            "group_id": null,
            "id": 6,
            "is_read": false,
            "message_type": "text",
            "receiver_id": 1,
            "sender_id": 2,
            "seq": 3
          },
          "last_seq": 3,
          "peer": {
            "avatar": "",
            "created_at": "2026-11-22T08:00:00.007Z",
            "id": 2,
            "status": "offline",
            "username": "bob"
          },
          "peer_read_seq": 0,
          "read_seq": 0,
          "unread": 2,
          "view": {
            "hidden_seq": 0,
            "muted": false,
            "pinned": false,
            "unread_seq": 0,
            "version": 0
          }
        },
        {
          "group": {
            "avatar": "",
            "conversation_id": 1,
            "created_at": "2026-11-22T08:00:00.007Z",
            "description": "",
            "id": 1,
            "join_policy": "open",
            "joined_seq": 2,
            "name": "Tea",
            "owner_id": 3,
            "role": "member"
          },
          "id": 1,
          "last_message": {
            "client_message_id": "[client_message_id]",
            "content": "welcome",
            "conversation_id": 1,
            "created_at": "2026-11-22T08:00:01.007Z",
            "group_id": 1,
            "id": 3,
            "is_read": false,
            "message_type": "text",
            "receiver_id": null,
            "sender_id": 3,
            "seq": 3
          },
          "last_seq": 3,
          "peer": null,
          "peer_read_seq": 0,
          "read_seq": 2,
          "unread": 1,
          "view": {
            "hidden_seq": 0,
            "muted": false,
            "pinned": false,
            "unread_seq": 0,
            "version": 0
          }
        }
      ],
      "epoch": "[epoch]"
    }
    "#);
    let bobs = bob.get(&node, "/api/conversations").send().await.expect(200);
    assert_eq!(bobs["conversations"].as_array().unwrap().len(), 1);
    assert_eq!(bobs["conversations"][0]["unread"], 1);
    carol.get(&node, "/api/conversations?x=1").send().await.expect(200);
}
