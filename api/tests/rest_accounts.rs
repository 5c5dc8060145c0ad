//! Accounts through REST: making one, logging in, changing it, and what bad input gets.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use insta::assert_snapshot;
use rest_support::{Answer, Node, PASSWORD};
use serde_json::{Value, json};

fn alice(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"username": "Alice", "email": "Alice@Example.org", "password": PASSWORD});
    change(&mut body);
    body
}

async fn register(node: &Node, change: impl FnOnce(&mut Value)) -> Answer {
    node.post("/api/auth/register").json(&alice(change)).send().await
}

#[tokio::test]
async fn whoever_registers_has_an_account_and_a_session() {
    let node = Node::start().await;
    assert_snapshot!(register(&node, |_| ()).await, @r#"
    201 {
      "expires_in": 900,
      "refresh_token": "[refresh_token]",
      "token": "[token]",
      "user": {
        "avatar": "",
        "created_at": "2026-11-22T08:00:00.007Z",
        "email": "Alice@Example.org",
        "id": 1,
        "status": "online",
        "username": "Alice"
      }
    }
    "#);
}

#[tokio::test]
async fn whoever_knows_the_password_logs_in_with_the_address_in_any_case() {
    let node = Node::start().await;
    register(&node, |_| ()).await.expect(201);
    let body = json!({"email": " ALICE@example.org", "password": PASSWORD});
    assert_snapshot!(node.post("/api/auth/login").json(&body).send().await, @r#"
    200 {
      "expires_in": 900,
      "refresh_token": "[refresh_token]",
      "token": "[token]",
      "user": {
        "avatar": "",
        "created_at": "2026-11-22T08:00:00.007Z",
        "email": "Alice@Example.org",
        "id": 1,
        "status": "online",
        "username": "Alice"
      }
    }
    "#);
}

#[tokio::test]
async fn a_taken_name_or_address_is_refused_in_any_case_and_width() {
    let node = Node::start().await;
    register(&node, |_| ()).await.expect(201);
    for name in ["Alice", "alice", "ALICE", " Alice ", "Ａｌｉｃｅ"] {
        let answer = register(&node, |body| {
            body["username"] = name.into();
            body["email"] = "other@example.org".into();
        });
        answer.await.refused(409, "username_taken");
    }
    for email in ["Alice@Example.org", "alice@example.org", "ａｌｉｃｅ@example.org"] {
        let answer = register(&node, |body| {
            body["username"] = "Somebody else".into();
            body["email"] = email.into();
        });
        answer.await.refused(409, "email_taken");
    }
    let answer = register(&node, |body| {
        body["username"] = "Bob".into();
        body["email"] = "bob@example.org".into();
    });
    answer.await.expect(201);
}

#[tokio::test]
async fn of_two_who_race_for_a_name_one_gets_it_and_the_other_is_told_that_it_is_taken() {
    let node = Node::start().await;
    let tries =
        (0..8).map(|n| register(&node, move |body| body["email"] = format!("a{n}@example.org").into()));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "username_taken");
    }
}

#[tokio::test]
async fn each_bad_field_of_a_registration_has_its_own_code() {
    let node = Node::start().await;
    let (long, wide) = ("x".repeat(51), "é".repeat(37));
    let cases = [
        ("username", json!(""), "bad_username"),
        ("username", json!("   "), "bad_username"),
        ("username", json!(long), "bad_username"),
        ("username", json!("a\u{0}b"), "bad_username"),
        ("username", json!("\u{202e}ecila"), "bad_username"),
        ("username", json!(7), "bad_request"),
        ("username", json!(null), "bad_request"),
        ("email", json!("not an address"), "bad_email"),
        ("email", json!("a@b"), "bad_email"),
        ("email", json!(format!("{}@example.org", "x".repeat(100))), "bad_email"),
        ("password", json!("1234567"), "bad_password"),
        ("password", json!("x".repeat(73)), "bad_password"),
        ("password", json!(wide), "bad_password"),
        ("session", json!("forever"), "bad_request"),
        ("is_admin", json!(true), "bad_request"),
        ("id", json!(1), "bad_request"),
    ];
    for (field, value, code) in cases {
        let answer = register(&node, |body| body[field] = value.clone()).await;
        assert_eq!((answer.status, answer.code()), (400, code), "{field}: {value}");
    }
    for missing in ["username", "email", "password"] {
        let answer = register(&node, |body| drop(body.as_object_mut().unwrap().remove(missing))).await;
        answer.refused(400, "bad_request");
    }
    register(&node, |body| body["password"] = "x".repeat(72).into()).await.expect(201);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let node = Node::start().await;
    node.register("alice").await;
    let wrong = node.try_log_in("alice", "something else").await;
    let unknown = node.try_log_in("nobody", PASSWORD).await;
    assert_snapshot!(wrong, @r#"
    401 {
      "error": {
        "code": "wrong_credentials",
        "message": "Email or password is wrong.",
        "request_id": "[request_id]"
      }
    }
    "#);
    assert_eq!(wrong.to_string(), unknown.to_string());
    for password in ["", &"x".repeat(73), &"x".repeat(5000)] {
        node.try_log_in("alice", password).await.refused(401, "wrong_credentials");
    }
}

#[tokio::test]
async fn a_hash_that_became_cheap_is_made_again_at_the_next_log_in() {
    let node = Node::start().await;
    node.register("alice").await;
    let dearer = node.beside().with("BCRYPT_COST", "5").start().await;
    dearer.log_in("alice").await;
    let mut conn = dearer.app.db.read().await.unwrap();
    let found = api::store::users::find_credentials(&mut conn, "alice@example.org").await.unwrap();
    assert!(found.unwrap().password_hash.starts_with("$2b$05$"));
    node.log_in("alice").await;
}

#[tokio::test]
async fn one_sees_oneself_with_the_address_and_others_without() {
    let node = Node::start().await;
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    assert_snapshot!(alice.get(&node, "/api/users/me").send().await, @r#"
    200 {
      "user": {
        "avatar": "",
        "created_at": "2026-11-22T08:00:00.007Z",
        "email": "alice@example.org",
        "id": 1,
        "status": "online",
        "username": "alice"
      }
    }
    "#);
    assert_snapshot!(bob.get(&node, "/api/users/1").send().await, @r#"
    200 {
      "user": {
        "avatar": "",
        "created_at": "2026-11-22T08:00:00.007Z",
        "id": 1,
        "status": "offline",
        "username": "alice"
      }
    }
    "#);
    let own = alice.get(&node, "/api/users/1").send().await;
    assert_eq!(own.to_string(), alice.get(&node, "/api/users/me").send().await.to_string());
    bob.get(&node, "/api/users/3").send().await.refused(404, "not_found");
    for bad in ["0", "-1", "x", "9223372036854775808", "1.5", "%00"] {
        bob.get(&node, &format!("/api/users/{bad}")).send().await.refused(400, "bad_id");
    }
}

#[tokio::test]
async fn a_user_is_found_by_the_whole_name_and_by_no_part_of_it() {
    let node = Node::start().await;
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    assert_snapshot!(bob.get(&node, "/api/users/find?username=%20ALICE").send().await, @r#"
    200 {
      "user": {
        "avatar": "",
        "created_at": "2026-11-22T08:00:00.007Z",
        "id": 1,
        "status": "offline",
        "username": "alice"
      }
    }
    "#);
    for name in ["alic", "alice%25", "%25", "nobody", ""] {
        let answer = bob.get(&node, &format!("/api/users/find?username={name}")).send().await;
        answer.refused(404, "not_found");
    }
    for query in ["", "?name=alice", "?username=alice&username=bob", "?username=alice&limit=1"] {
        bob.get(&node, &format!("/api/users/find{query}")).send().await.refused(400, "bad_request");
    }
    let own = alice.get(&node, "/api/users/find?username=alice").send().await.expect(200);
    assert_eq!(own["user"]["email"], "alice@example.org");
}

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let change =
        json!({"username": "Alice Liddell", "avatar": "https://pictures.example/a.png", "status": "away"});
    let patch = |body: Value| node.call("PATCH", "/api/users/me").token(&alice.token).json(&body).send();
    assert_snapshot!(patch(change).await, @r#"
    200 {
      "user": {
        "avatar": "https://pictures.example/a.png",
        "created_at": "2026-11-22T08:00:00.007Z",
        "email": "alice@example.org",
        "id": 1,
        "status": "away",
        "username": "Alice Liddell"
      }
    }
    "#);
    let again = patch(json!({})).await.expect(200);
    assert_eq!(again["user"]["username"], "Alice Liddell");
    let cleared = patch(json!({"avatar": "", "status": "online"})).await.expect(200);
    assert_eq!((&cleared["user"]["avatar"], &cleared["user"]["status"]), (&json!(""), &json!("online")));
    // Only the case of one's own name: it is not taken by anybody else.
    patch(json!({"username": "ALICE LIDDELL"})).await.expect(200);
}

#[tokio::test]
async fn a_change_that_cannot_be_changes_nothing() {
    let node = Node::start().await;
    let (alice, _) = (node.register("alice").await, node.register("bob").await);
    let before = alice.get(&node, "/api/users/me").send().await.to_string();
    let cases = [
        (json!({"username": "BOB"}), 409, "username_taken"),
        (json!({"username": ""}), 400, "bad_username"),
        (json!({"avatar": "javascript:alert(1)"}), 400, "bad_avatar"),
        (json!({"avatar": "http://pictures.example/a.png"}), 400, "bad_avatar"),
        (json!({"status": "busy"}), 400, "bad_status"),
        (json!({"status": "away", "username": "a\nb"}), 400, "bad_username"),
        (json!({"email": "other@example.org"}), 400, "bad_request"),
        (json!({"id": 2}), 400, "bad_request"),
        (json!({"created_at": "2020-01-01T00:00:00.000Z"}), 400, "bad_request"),
    ];
    for (change, status, code) in cases {
        let answer = node.call("PATCH", "/api/users/me").token(&alice.token).json(&change).send().await;
        assert_eq!((answer.status, answer.code()), (status, code), "{change}");
    }
    assert_eq!(alice.get(&node, "/api/users/me").send().await.to_string(), before);
}

#[tokio::test]
async fn others_see_the_choice_while_connected_and_offline_otherwise() {
    let node = Node::start().await;
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    let choose = |status: &str| {
        node.call("PATCH", "/api/users/me").token(&alice.token).json(&json!({"status": status})).send()
    };
    let seen = async || {
        let answer = bob.get(&node, "/api/users/1").send().await.expect(200);
        answer["user"]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(seen().await, "offline");
    node.connect(&alice).await;
    for (choice, shown) in [("online", "online"), ("away", "away"), ("offline", "offline")] {
        let own = choose(choice).await.expect(200);
        assert_eq!(own["user"]["status"], choice);
        assert_eq!(seen().await, shown);
    }
}
