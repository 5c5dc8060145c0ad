//! Refresh tokens: each good once, the one before for a minute more, an older one for nothing but the end of
//! its session; and the browser's cookie.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use insta::assert_snapshot;
use rest_support::{Answer, Node, PASSWORD, Person};
use serde_json::json;
use std::time::Duration;

fn token_of(answer: Answer) -> String {
    answer.expect(200)["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_session() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let answer = node.refresh(&alice.refresh_token).await;
    assert_snapshot!(answer, @r#"
    200 {
      "expires_in": 900,
      "refresh_token": "[refresh_token]",
      "token": "[token]",
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
    let next = Person::of(&answer.body);
    assert_ne!(next.refresh_token, alice.refresh_token);
    assert!(next.is_logged_in(&node).await && alice.is_logged_in(&node).await);
    let sessions = next.get(&node, "/api/auth/sessions").send().await.expect(200);
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_asked_again_and_gives_the_same() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let second = token_of(node.refresh(&alice.refresh_token).await);
    node.clock.advance(Duration::from_millis(59_999));
    assert_eq!(token_of(node.refresh(&alice.refresh_token).await), second);
    let third = token_of(node.refresh(&second).await);
    assert_eq!(token_of(node.refresh(&second).await), third);
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_go_on_with_the_same_token() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let tabs = (0..6).map(|_| node.refresh(&alice.refresh_token));
    let tokens: Vec<String> = futures_util::future::join_all(tabs).await.into_iter().map(token_of).collect();
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    token_of(node.refresh(&tokens[0]).await);
}

#[tokio::test]
async fn an_old_token_ends_the_session_of_whoever_holds_the_new_one() {
    let node = Node::start().await;
    let (alice, phone) = (node.register("alice").await, node.log_in("alice").await);
    let second = token_of(node.refresh(&alice.refresh_token).await);
    let third = token_of(node.refresh(&second).await);
    node.refresh(&alice.refresh_token).await.refused(401, "unauthorized");
    node.refresh(&third).await.refused(401, "unauthorized");
    assert!(!alice.is_logged_in(&node).await);
    assert!(phone.is_logged_in(&node).await, "only that session was copied");
    let controls = node.bus.take_controls();
    assert_eq!(controls.len(), 1);
    assert_eq!(controls[0].1, json!({"control": "session_ended", "session_id": 1}));
}

#[tokio::test]
async fn the_token_before_is_old_after_a_minute() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let second = token_of(node.refresh(&alice.refresh_token).await);
    node.clock.advance(Duration::from_secs(60));
    node.refresh(&alice.refresh_token).await.refused(401, "unauthorized");
    node.refresh(&second).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_forged_token_ends_nobodys_session() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    token_of(node.refresh(&alice.refresh_token).await);
    let (head, tail) = alice.refresh_token.split_at(30);
    let flipped = if tail.starts_with('A') { "B" } else { "A" };
    let forged =
        [format!("{head}{flipped}{}", &tail[1..]), "A".repeat(64), String::new(), format!("{head}{tail}AA")];
    for token in &forged {
        node.refresh(token).await.refused(401, "unauthorized");
    }
    assert!(alice.is_logged_in(&node).await && node.bus.take_controls().is_empty());
}

#[tokio::test]
async fn a_session_that_rests_for_thirty_days_is_over() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    node.clock.advance(Duration::from_secs(30 * 24 * 3600 - 1));
    let second = token_of(node.refresh(&alice.refresh_token).await);
    node.clock.advance(Duration::from_secs(30 * 24 * 3600));
    node.refresh(&second).await.refused(401, "unauthorized");
    let back = node.log_in("alice").await;
    let sessions = back.get(&node, "/api/auth/sessions").send().await.expect(200);
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 1, "and is not listed any more");
}

#[tokio::test]
async fn nothing_that_the_database_keeps_is_a_refresh_token() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let node = Node::start().await;
    node.register("alice").await;
    let mut conn = node.app.db.read().await.unwrap();
    let session = api::store::sessions::find(&mut conn, shared::ids::SessionId(1)).await.unwrap().unwrap();
    let seed = URL_SAFE_NO_PAD.encode(&session.seed);
    let shaped =
        URL_SAFE_NO_PAD.encode([&1i64.to_be_bytes(), &0i64.to_be_bytes(), &session.seed[..]].concat());
    for token in [seed, shaped] {
        node.refresh(&token).await.refused(401, "unauthorized");
    }
}

#[tokio::test]
async fn bad_bodies_of_a_refresh_are_refused() {
    let node = Node::start().await;
    node.post("/api/auth/refresh").send().await.refused(401, "unauthorized");
    node.post("/api/auth/refresh").json(&json!({})).send().await.refused(401, "unauthorized");
    node.post("/api/auth/refresh")
        .json(&json!({"refresh_token": 7}))
        .send()
        .await
        .refused(400, "bad_request");
    node.post("/api/auth/refresh").json(&json!({"token": "x"})).send().await.refused(400, "bad_request");
    node.post("/api/auth/refresh")
        .text("text/plain", "x")
        .send()
        .await
        .refused(415, "unsupported_media_type");
}

const ORIGIN: &str = "http://chat.example";

async fn log_in_by_cookie(node: &Node) -> Answer {
    let body = json!({"email": "alice@example.org", "password": PASSWORD, "session": "cookie"});
    node.post("/api/auth/login").header("origin", ORIGIN).json(&body).send().await
}

fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_has_its_refresh_token_in_a_cookie_and_not_in_the_answer() {
    let node = Node::start().await;
    node.register("alice").await;
    let answer = log_in_by_cookie(&node).await;
    assert_snapshot!(answer, @r#"
    200 {
      "expires_in": 900,
      "token": "[token]",
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
    let cookie = cookie_of(&answer);
    let rest = answer.header("set-cookie").unwrap().strip_prefix(&cookie).unwrap();
    assert_eq!(rest, "; Path=/api/auth; Max-Age=2592000; HttpOnly; SameSite=Strict");

    let refreshed =
        node.post("/api/auth/refresh").header("cookie", &cookie).header("origin", ORIGIN).send().await;
    assert_ne!(cookie_of(&refreshed), cookie);
    let body = refreshed.expect(200);
    assert!(body["refresh_token"].is_null() && body["token"].is_string());
}

#[tokio::test]
async fn register_gives_the_cookie_too() {
    let node = Node::start().await;
    let body = json!({"username": "a", "email": "a@example.org", "password": PASSWORD, "session": "cookie"});
    let answer = node.post("/api/auth/register").json(&body).send().await;
    assert!(cookie_of(&answer).starts_with("imtt_refresh="));
    assert!(answer.expect(201)["refresh_token"].is_null());
}

#[tokio::test]
async fn the_cookie_is_secure_where_the_request_came_over_https() {
    let node = Node::made().with("TRUSTED_PROXIES", "0.0.0.0").start().await;
    node.register("alice").await;
    let body = json!({"email": "alice@example.org", "password": PASSWORD, "session": "cookie"});
    let https = node.post("/api/auth/login").header("x-forwarded-proto", "https").json(&body).send().await;
    assert!(https.header("set-cookie").unwrap().ends_with("; Secure"));
    let http = log_in_by_cookie(&node).await;
    assert!(!http.header("set-cookie").unwrap().contains("Secure"));
}

#[tokio::test]
async fn no_other_page_makes_a_browser_use_its_cookie() {
    let node = Node::made().with("ALLOWED_ORIGINS", "https://friend.example").start().await;
    node.register("alice").await;
    let cookie = cookie_of(&log_in_by_cookie(&node).await);
    let hostile = [
        "",
        "null",
        "http://evil.example",
        "http://chat.example.evil.example",
        "http://chat.example:81",
        "http://evilchat.example",
        "tauri://localhost",
        "file://chat.example",
        "chat.example",
    ];
    for origin in hostile {
        for path in ["/api/auth/refresh", "/api/auth/logout"] {
            let call = node.post(path).header("cookie", &cookie);
            let answer = if origin.is_empty() {
                call.send().await
            } else {
                call.header("origin", origin).send().await
            };
            assert_eq!((answer.status, answer.code()), (403, "bad_origin"), "{origin} {path}");
        }
    }
    let friend =
        node.post("/api/auth/refresh").header("cookie", &cookie).header("origin", "https://friend.example");
    friend.send().await.expect(200);
}

#[tokio::test]
async fn log_out_takes_the_cookie_away() {
    let node = Node::start().await;
    node.register("alice").await;
    let cookie = cookie_of(&log_in_by_cookie(&node).await);
    let answer =
        node.post("/api/auth/logout").header("cookie", &cookie).header("origin", ORIGIN).send().await;
    assert_eq!(cookie_of(&answer), "imtt_refresh=");
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    answer.expect(204);
    let late = node.post("/api/auth/refresh").header("cookie", &cookie).header("origin", ORIGIN).send().await;
    late.refused(401, "unauthorized");
    assert_eq!(cookie_of(&late), "imtt_refresh=", "a cookie that is good for nothing is taken away");
}

#[tokio::test]
async fn one_tabs_log_out_leaves_another_accounts_cookie_alone() {
    let node = Node::start().await;
    node.register("alice").await;
    let bob = node.register("bob").await;
    let cookie = cookie_of(&log_in_by_cookie(&node).await);
    let answer = node.post("/api/auth/logout").token(&bob.token).header("cookie", &cookie).send().await;
    assert_eq!(answer.header("set-cookie"), None);
    answer.expect(204);
    assert!(!bob.is_logged_in(&node).await);
    node.post("/api/auth/refresh")
        .header("cookie", &cookie)
        .header("origin", ORIGIN)
        .send()
        .await
        .expect(200);
}
