//! How often things may be done: each rule refuses the one too many with 429 and the wait, and takes it after
//! that wait.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use rest_support::{Call, Made, Node, PASSWORD, Person};
use serde_json::json;
use shared::rate::{self, Rule};

fn limited() -> Made {
    Node::made().with("RATE_LIMITS", "on")
}

/// Does it as often as the rule lets, once more, and once again after the wait.
async fn holds(
    node: &Node,
    rule: Rule,
    call: impl AsyncFn(u32) -> u16,
    last: impl AsyncFn() -> rest_support::Answer,
) {
    for n in 0..rule.burst {
        assert_ne!(call(n).await, 429, "{} at {n}", rule.name);
    }
    let refused = last().await;
    refused.refused(429, "too_fast");
    let seconds = rule.every.as_millis().div_ceil(1000).to_string();
    assert_eq!(refused.header("retry-after"), Some(seconds.as_str()), "{}", rule.name);
    let wait = refused.body["error"]["retry_after_ms"].as_u64().unwrap();
    assert_eq!(u128::from(wait), rule.every.as_millis(), "{}", rule.name);
    node.clock.advance(rule.every);
    assert_ne!(last().await.status, 429, "{} after the wait", rule.name);
}

async fn rule_holds(node: &Node, rule: Rule, call: impl Fn() -> Call<'static>) {
    holds(node, rule, async |_| call().send().await.status, async || call().send().await).await;
}

fn leak(node: Node) -> &'static Node {
    Box::leak(Box::new(node))
}

#[tokio::test]
async fn an_address_makes_a_few_accounts() {
    let node = limited().start().await;
    let register = async |n: u32| {
        let body =
            json!({"username": format!("u{n}"), "email": format!("u{n}@example.org"), "password": PASSWORD});
        node.post("/api/auth/register").json(&body).send().await
    };
    holds(&node, rate::REGISTER, async |n| register(n).await.status, async || register(99).await).await;
}

#[tokio::test]
async fn an_address_tries_a_few_log_ins_whatever_the_account() {
    let node = limited().start().await;
    let try_log_in = async |n: u32| node.try_log_in(&format!("u{n}"), PASSWORD).await;
    holds(&node, rate::LOGIN_ADDRESS, async |n| try_log_in(n).await.status, async || try_log_in(99).await)
        .await;
}

#[tokio::test]
async fn an_account_is_tried_a_few_times_whatever_the_address() {
    let node = limited().with("TRUSTED_PROXIES", "0.0.0.0").start().await;
    node.register("alice").await;
    let from = |address: String, email: &str| {
        let body = json!({"email": email, "password": "something else"});
        node.post("/api/auth/login").header("x-forwarded-for", &address).json(&body).send()
    };
    let attempt = async |n: u32| from(format!("198.51.100.{n}"), "ALICE@example.org ").await;
    holds(&node, rate::LOGIN_ACCOUNT, async |n| attempt(n).await.status, async || attempt(200).await).await;
    from("198.51.100.1".to_owned(), "bob@example.org").await.refused(401, "wrong_credentials");
    attempt(201).await.refused(429, "too_fast");
}

#[tokio::test]
async fn a_forwarded_address_counts_only_where_the_proxy_is_trusted() {
    let node = limited().start().await;
    let refresh = async |n: u32| {
        let call =
            node.post("/api/auth/refresh").header("x-forwarded-for", &format!("198.51.100.{}", n % 250));
        call.json(&json!({"refresh_token": "x"})).send().await
    };
    holds(&node, rate::REFRESH, async |n| refresh(n).await.status, async || refresh(7).await).await;
}

#[tokio::test]
async fn an_account_does_everything_else_at_a_steady_pace() {
    let node = leak(limited().start().await);
    let alice: &'static Person = Box::leak(Box::new(node.register("alice").await));
    let message = json!({"receiver_id": alice.id, "content": "note"});
    rule_holds(node, rate::SEND, || alice.post(node, "/api/messages/send", message.clone())).await;
    rule_holds(node, rate::FIND_USER, || alice.get(node, "/api/users/find?username=bob")).await;
    rule_holds(node, rate::GROUPS, || alice.post(node, "/api/groups/join", json!({"group_id": 9}))).await;
    rule_holds(node, rate::REQUEST, || alice.get(node, "/api/users/me")).await;
    let bob = node.register("bob").await;
    bob.get(node, "/api/users/me").send().await.expect(200);
}

#[tokio::test]
async fn a_session_guesses_its_password_a_few_times() {
    let node = leak(limited().start().await);
    let alice: &'static Person = Box::leak(Box::new(node.register("alice").await));
    let elsewhere = node.log_in("alice").await;
    let guess = json!({"old": "something else", "new": "another password"});
    rule_holds(node, rate::PASSWORD, || alice.post(node, "/api/auth/password", guess.clone())).await;
    let closing = alice.post(node, "/api/auth/deactivate", json!({"password": "x"})).send().await;
    closing.refused(429, "too_fast");
    let right = json!({"old": PASSWORD, "new": "another password"});
    elsewhere.post(node, "/api/auth/password", right).send().await.expect(204);
}

#[tokio::test]
async fn an_address_tries_a_few_tokens() {
    let node = leak(limited().start().await);
    rule_holds(node, rate::REQUEST, || node.get("/api/users/me").token("x")).await;
}
