//! How sessions end, and what tokens open nothing: log-out, another password, the end of an account, and every
//! token that is not one of ours.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use insta::assert_snapshot;
use rest_support::{Node, PASSWORD, Person};
use serde_json::{Value, json};
use shared::ids::UserId;
use shared::topic::Topic;
use std::time::Duration;

#[tokio::test]
async fn one_lists_ones_own_sessions_and_ends_any_of_them() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let body = json!({"email": "alice@example.org", "password": PASSWORD});
    let phone = node.post("/api/auth/login").header("user-agent", "Phone/1.0").json(&body).send().await;
    let phone = Person::of(&phone.expect(200));
    assert_snapshot!(alice.get(&node, "/api/auth/sessions").send().await, @r#"
    200 {
      "sessions": [
        {
          "created_at": "2026-11-22T08:00:00.007Z",
          "current": false,
          "device": "Phone/1.0",
          "id": 2,
          "refreshed_at": "2026-11-22T08:00:00.007Z"
        },
        {
          "created_at": "2026-11-22T08:00:00.007Z",
          "current": true,
          "device": "",
          "id": 1,
          "refreshed_at": "2026-11-22T08:00:00.007Z"
        }
      ]
    }
    "#);

    let ended = node.call("DELETE", "/api/auth/sessions/2").token(&alice.token).send().await;
    assert_snapshot!(ended, @"204");
    assert!(!phone.is_logged_in(&node).await && alice.is_logged_in(&node).await);
    node.refresh(&phone.refresh_token).await.refused(401, "unauthorized");
    assert_eq!(
        node.bus.take_controls(),
        [(Topic::User(UserId(alice.id)), json!({"control": "session_ended", "session_id": 2}),)]
    );
    let again = node.call("DELETE", "/api/auth/sessions/2").token(&alice.token).send().await;
    again.refused(404, "not_found");
}

#[tokio::test]
async fn anothers_session_and_one_that_never_was_are_refused_alike() {
    let node = Node::start().await;
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    let end = |id: &str| node.call("DELETE", &format!("/api/auth/sessions/{id}")).token(&bob.token).send();
    let (anothers, none) = (end("1").await, end("99").await);
    anothers.refused(404, "not_found");
    assert_eq!(anothers.to_string(), none.to_string());
    end("x").await.refused(400, "bad_id");
    assert!(alice.is_logged_in(&node).await && node.bus.take_controls().is_empty());
}

#[tokio::test]
async fn log_out_ends_the_session_at_once_whichever_token_names_it() {
    let node = Node::start().await;
    for by in ["access token", "refresh token", "both"] {
        let person = node.register(&by.replace(' ', "")).await;
        let mut call = node.post("/api/auth/logout");
        if by != "refresh token" {
            call = call.token(&person.token);
        }
        if by != "access token" {
            call = call.json(&json!({"refresh_token": person.refresh_token}));
        }
        assert_eq!(call.send().await.to_string(), "204", "{by}");
        assert!(!person.is_logged_in(&node).await, "{by}");
        node.refresh(&person.refresh_token).await.refused(401, "unauthorized");
        let controls = node.bus.take_controls();
        assert_eq!(controls.len(), 1, "{by}");
        assert_eq!(controls[0].1["control"], "session_ended");
    }
}

#[tokio::test]
async fn log_out_without_a_session_to_end_is_refused() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    node.post("/api/auth/logout").send().await.refused(401, "unauthorized");
    let bad = json!({"refresh_token": "x"});
    node.post("/api/auth/logout").token(&alice.token).json(&bad).send().await.refused(401, "unauthorized");
    let unknown = json!({"token": "x"});
    node.post("/api/auth/logout").token(&alice.token).json(&unknown).send().await.refused(400, "bad_request");
    assert!(alice.is_logged_in(&node).await);
}

#[tokio::test]
async fn another_password_ends_all_sessions_but_the_one_that_set_it() {
    let node = Node::start().await;
    let (alice, phone, bob) =
        (node.register("alice").await, node.log_in("alice").await, node.register("bob").await);
    let change = json!({"old": PASSWORD, "new": "a new password"});
    assert_snapshot!(alice.post(&node, "/api/auth/password", change).send().await, @"204");
    assert!(alice.is_logged_in(&node).await && bob.is_logged_in(&node).await);
    assert!(!phone.is_logged_in(&node).await);
    node.refresh(&phone.refresh_token).await.refused(401, "unauthorized");
    node.refresh(&alice.refresh_token).await.expect(200);
    assert_eq!(
        node.bus.take_controls(),
        [(Topic::User(UserId(alice.id)), json!({"control": "other_sessions_ended", "kept": 1}),)]
    );
    node.try_log_in("alice", PASSWORD).await.refused(401, "wrong_credentials");
    node.try_log_in("alice", "a new password").await.expect(200);
}

#[tokio::test]
async fn another_password_needs_the_old_one_and_is_itself_a_good_one() {
    let node = Node::start().await;
    let (alice, phone) = (node.register("alice").await, node.log_in("alice").await);
    let cases = [
        (json!({"old": "something else", "new": "a new password"}), 403, "wrong_password"),
        (json!({"old": PASSWORD, "new": "short"}), 400, "bad_password"),
        (json!({"old": PASSWORD, "new": "x".repeat(73)}), 400, "bad_password"),
        (json!({"old": PASSWORD}), 400, "bad_request"),
        (json!({"old": PASSWORD, "new": "a new password", "user_id": 2}), 400, "bad_request"),
    ];
    for (change, status, code) in cases {
        alice.post(&node, "/api/auth/password", change).send().await.refused(status, code);
    }
    assert!(phone.is_logged_in(&node).await && node.bus.take_controls().is_empty());
}

#[tokio::test]
async fn a_closed_account_is_out_of_everything_and_what_it_wrote_stays() {
    let node = Node::start().await;
    let (alice, phone, bob) =
        (node.register("alice").await, node.log_in("alice").await, node.register("bob").await);
    let group = alice.create_group(&node, "Tea").await;
    bob.join(&node, group).await;
    alice.say(&node, &bob, "farewell").await;
    node.bus.take_controls();

    let wrong = alice.post(&node, "/api/auth/deactivate", json!({"password": "something else"})).send().await;
    wrong.refused(403, "wrong_password");
    assert!(alice.is_logged_in(&node).await);
    let closed = alice.post(&node, "/api/auth/deactivate", json!({"password": PASSWORD})).send().await;
    assert_snapshot!(closed, @"204");

    assert!(!alice.is_logged_in(&node).await && !phone.is_logged_in(&node).await);
    node.refresh(&alice.refresh_token).await.refused(401, "unauthorized");
    node.try_log_in("alice", PASSWORD).await.refused(401, "wrong_credentials");
    let controls = node.bus.take_controls();
    assert_eq!(controls, [(Topic::User(UserId(alice.id)), json!({"control": "account_closed"}))]);
    bob.get(&node, "/api/users/find?username=alice").send().await.refused(404, "not_found");
    let seen = bob.get(&node, "/api/users/1").send().await.expect(200);
    assert_eq!((&seen["user"]["username"], &seen["user"]["status"]), (&json!("alice"), &json!("offline")));
    let members = bob.get(&node, &format!("/api/groups/{group}/members")).send().await.expect(200);
    assert_eq!(members["members"].as_array().unwrap().len(), 1);
    assert_eq!(members["members"][0]["role"], "owner");
    let page = bob.get(&node, "/api/messages/list?receiver_id=1").send().await.expect(200);
    assert_eq!(page["messages"][0]["content"], "farewell");
    let send =
        bob.post(&node, "/api/messages/send", json!({"receiver_id": 1, "content": "hello?"})).send().await;
    send.refused(404, "not_found");
    let again = json!({"username": "alice", "email": "new@example.org", "password": PASSWORD});
    node.post("/api/auth/register").json(&again).send().await.refused(409, "username_taken");
}

#[tokio::test]
async fn a_status_is_told_to_the_gateways_when_it_changes() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let choose = |status: &str| {
        node.call("PATCH", "/api/users/me").token(&alice.token).json(&json!({"status": status})).send()
    };
    choose("online").await.expect(200);
    assert!(node.bus.take_controls().is_empty(), "it was online before");
    choose("away").await.expect(200);
    let told = json!({"control": "status_chosen", "status": "away"});
    assert_eq!(node.bus.take_controls(), [(Topic::User(UserId(1)), told)]);
}

#[tokio::test]
async fn a_control_that_the_bus_did_not_take_is_published_when_it_is_back() {
    use std::sync::atomic::Ordering;
    let node = Node::start().await;
    let alice = node.register("alice").await;
    node.bus.failing.store(true, Ordering::SeqCst);
    node.post("/api/auth/logout").token(&alice.token).send().await.expect(204);
    assert_eq!(node.bus.refused.load(Ordering::SeqCst), 1, "the premise: the bus refused it");
    assert!(!alice.is_logged_in(&node).await);
    node.bus.failing.store(false, Ordering::SeqCst);
    let told = async {
        loop {
            let controls = node.bus.take_controls();
            if !controls.is_empty() {
                return controls;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let controls = tokio::time::timeout(Duration::from_secs(10), told).await.unwrap();
    assert_eq!(controls[0].1, json!({"control": "session_ended", "session_id": 1}));
}

#[tokio::test]
async fn an_access_token_opens_nothing_once_it_has_expired() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    node.clock.advance(Duration::from_secs(15 * 60 - 1));
    assert!(alice.is_logged_in(&node).await);
    node.clock.advance(Duration::from_secs(1));
    assert!(!alice.is_logged_in(&node).await);
    let renewed = Person::of(&node.refresh(&alice.refresh_token).await.expect(200));
    assert!(renewed.is_logged_in(&node).await);
}

#[tokio::test]
async fn every_token_that_is_not_ours_is_refused_alike() {
    let node = Node::start().await;
    let (alice, bob) = (node.register("alice").await, node.register("bob").await);
    let (head, signature) = alice.token.rsplit_once('.').unwrap();
    let (header, body) = head.split_once('.').unwrap();
    let bobs = bob.token.split('.').nth(1).unwrap();
    let unsigned = forge::header(&json!({"alg": "none", "typ": "JWT"}));
    let keyed =
        forge::header(&json!({"alg": "HS256", "kid": "../../dev/null", "jku": "http://127.0.0.1/keys"}));
    let claims = forge::claims(body);
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        forge::signed(&claims)
    };
    assert!(
        Person { token: forge::signed(&claims), ..alice.clone() }.is_logged_in(&node).await,
        "the premise"
    );
    let forged = [
        String::new(),
        "x".to_owned(),
        format!("{head}."),
        format!("{unsigned}.{body}."),
        format!("{unsigned}.{body}.{signature}"),
        format!("{keyed}.{body}.{signature}"),
        format!("{header}.{bobs}.{signature}"),
        alice.refresh_token.clone(),
        with("typ", json!("refresh")),
        with("aud", json!("other")),
        with("iss", json!("other")),
        with("exp", json!(1)),
        with("exp", json!("never")),
        with("sub", json!(bob.id.to_string())),
        with("sub", json!("1 OR 1=1")),
        with("sid", json!(2)),
        with("sid", json!(99)),
        with("sid", json!(-1)),
    ];
    let none = node.get("/api/users/me").send().await;
    none.refused(401, "unauthorized");
    for token in forged {
        let answer = node.get("/api/users/me").token(&token).send().await;
        assert_eq!(answer.to_string(), none.to_string(), "{token}");
    }
    for header in
        ["", "Bearer", &format!("Basic {}", alice.token), &alice.token, &format!("Bearer{}", alice.token)]
    {
        let answer = node.get("/api/users/me").header("authorization", header).send().await;
        assert_eq!(answer.to_string(), none.to_string(), "{header}");
    }
    let by_query = node.get(&format!("/api/users/me?token={}", alice.token)).send().await;
    assert_eq!(by_query.to_string(), none.to_string(), "REST takes no token from the address");
    node.refresh(&alice.token).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_token_names_the_user_and_the_session_and_nothing_else() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let claims = forge::claims(alice.token.split('.').nth(1).unwrap());
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "sid", "sub", "typ"]);
}

/// Tokens as somebody would make them who knew the secret, or did not.
mod forge {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, Mac};
    use serde_json::{Value, json};
    use sha2::Sha256;

    pub fn header(header: &Value) -> String {
        URL_SAFE_NO_PAD.encode(header.to_string())
    }

    pub fn claims(body: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
    }

    pub fn signed(claims: &Value) -> String {
        let head = format!("{}.{}", header(&json!({"alg": "HS256", "typ": "JWT"})), header(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(b"a secret for tests, of 32 bytes or more").unwrap();
        mac.update(head.as_bytes());
        format!("{head}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}
