//! The same calls on SQLite and on MariaDB, answered alike to the letter, but for the ids of messages' rows; and what
//! races there is decided by the database of the cluster too.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use rest_support::{Answer, ID, Node, PASSWORD, Person};
use serde_json::{Value, json};

/// Who makes a call: an index into the people who registered.
type Step = (Option<usize>, &'static str, &'static str, Value);

fn steps() -> Vec<Step> {
    let (alice, bob, carol) = (Some(0), Some(1), Some(2));
    let message = json!({"receiver_id": 2, "content": "hi 😀", "client_message_id": ID});
    vec![
        (
            None,
            "POST",
            "/api/auth/register",
            json!({"username": "ALICE", "email": "x@example.org", "password": PASSWORD}),
        ),
        (None, "POST", "/api/auth/login", json!({"email": "BOB@example.org", "password": PASSWORD})),
        (None, "POST", "/api/auth/login", json!({"email": "bob@example.org", "password": "something else"})),
        (alice, "PATCH", "/api/users/me", json!({"status": "away", "avatar": "/a.png"})),
        (alice, "PATCH", "/api/users/me", json!({"username": "Bob"})),
        (bob, "GET", "/api/users/find?username=%20Alice", json!(null)),
        (alice, "POST", "/api/messages/send", message.clone()),
        (alice, "POST", "/api/messages/send", message.clone()),
        (bob, "POST", "/api/messages/send", message),
        (alice, "POST", "/api/messages/send", json!({"receiver_id": 99, "content": "x"})),
        (alice, "POST", "/api/groups/create", json!({"name": "Tea", "description": "At five."})),
        (bob, "GET", "/api/groups/1", json!(null)),
        (bob, "POST", "/api/groups/join", json!({"group_id": 1})),
        (carol, "POST", "/api/groups/join", json!({"group_id": 1})),
        (bob, "POST", "/api/messages/send", json!({"group_id": 1, "content": "me too"})),
        (bob, "POST", "/api/groups/kick", json!({"group_id": 1, "user_id": 3})),
        (alice, "POST", "/api/groups/kick", json!({"group_id": 1, "user_id": 3})),
        (carol, "GET", "/api/messages/list?group_id=1", json!(null)),
        (alice, "GET", "/api/messages/list?group_id=1&limit=2", json!(null)),
        (bob, "GET", "/api/messages/list?receiver_id=1&after_seq=0", json!(null)),
        (alice, "GET", "/api/groups/list", json!(null)),
        (alice, "GET", "/api/groups/1/members", json!(null)),
        (bob, "GET", "/api/conversations", json!(null)),
        (alice, "POST", "/api/groups/leave", json!({"group_id": 1})),
        (bob, "GET", "/api/groups/1", json!(null)),
        (bob, "GET", "/api/auth/sessions", json!(null)),
        (bob, "DELETE", "/api/auth/sessions/4", json!(null)),
        (bob, "DELETE", "/api/auth/sessions/1", json!(null)),
        (bob, "POST", "/api/auth/password", json!({"old": PASSWORD, "new": "a new password"})),
        (bob, "POST", "/api/auth/deactivate", json!({"password": "a new password"})),
        (bob, "GET", "/api/users/me", json!(null)),
        (alice, "GET", "/api/users/2", json!(null)),
        (alice, "POST", "/api/messages/send", json!({"receiver_id": 2, "content": "still there?"})),
    ]
}

/// Rows of messages have ids, but MySQL uses one up for a repeat that it refuses, and no other id means anything.
fn without_row_ids(answer: &str) -> String {
    let lines: Vec<&str> = answer.lines().collect();
    let is_message =
        |nth: usize| lines.get(nth + 1).is_some_and(|next| next.trim().starts_with("\"is_read\""));
    let kept = (0..lines.len()).filter(|nth| !(lines[*nth].trim().starts_with("\"id\"") && is_message(*nth)));
    kept.map(|nth| lines[nth]).collect::<Vec<_>>().join("\n")
}

async fn walk(node: &Node) -> Vec<String> {
    let people = [node.register("alice").await, node.register("bob").await, node.register("carol").await];
    let mut answers = Vec::new();
    for (who, method, path, body) in steps() {
        let mut call = node.call(method, path);
        if let Some(who) = who {
            call = call.token(&people[who].token);
        }
        let answer = if body.is_null() { call.send().await } else { call.json(&body).send().await };
        answers.push(without_row_ids(&format!("{method} {path}: {answer}")));
        node.clock.advance(std::time::Duration::from_millis(1500));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_answer_alike() {
    let sqlite = walk(&Node::start().await).await;
    let mariadb = walk(&Node::made().on_mariadb().await.start().await).await;
    for (here, there) in sqlite.iter().zip(&mariadb) {
        assert_eq!(here, there);
    }
    let refused = sqlite.iter().filter(|answer| answer.contains("\"error\"")).count();
    assert_eq!(refused, 10, "the premise: some steps are refused, and most are not");
}

async fn one_wins(answers: Vec<Answer>, good: u16, status: u16, code: &str) {
    assert_eq!(answers.iter().filter(|answer| answer.status == good).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != good) {
        answer.refused(status, code);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn races_between_two_nodes_have_one_winner() {
    let first = Node::made().on_mariadb().await.start().await;
    let second = first.beside().start().await;
    let nodes = [&first, &second];
    let register = |n: usize| {
        let body = json!({"username": "Zoë", "email": format!("z{n}@example.org"), "password": PASSWORD});
        nodes[n % 2].post("/api/auth/register").json(&body).send()
    };
    one_wins(futures_util::future::join_all((0..8).map(register)).await, 201, 409, "username_taken").await;

    let alice = first.register("alice").await;
    let refreshes = (0..8).map(|n: usize| nodes[n % 2].refresh(&alice.refresh_token));
    let refreshed = futures_util::future::join_all(refreshes).await;
    let tokens: Vec<Person> = refreshed.into_iter().map(|answer| Person::of(&answer.expect(200))).collect();
    assert!(tokens.iter().all(|person| person.refresh_token == tokens[0].refresh_token));

    let change = |n: usize| {
        let body = json!({"old": PASSWORD, "new": format!("a new password {n}")});
        nodes[n % 2].post("/api/auth/password").token(&alice.token).json(&body).send()
    };
    one_wins(futures_util::future::join_all((0..4).map(change)).await, 204, 403, "wrong_password").await;

    let patches = [json!({"avatar": "/a.png"}), json!({"status": "away"}), json!({"username": "Alice L."})];
    let patched = patches.iter().zip([0, 1, 0]).map(|(body, n): (&Value, usize)| {
        nodes[n].call("PATCH", "/api/users/me").token(&alice.token).json(body).send()
    });
    futures_util::future::join_all(patched).await;
    let user = alice.get(&second, "/api/users/me").send().await.expect(200)["user"].take();
    assert_eq!([&user["avatar"], &user["status"], &user["username"]], ["/a.png", "away", "Alice L."]);
}

/// A session that is ended on one node is over on the others with the next request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_on_one_node_is_over_on_the_other() {
    let first = Node::made().on_mariadb().await.start().await;
    let second = first.beside().start().await;
    let alice = first.register("alice").await;
    assert!(alice.is_logged_in(&second).await);
    first.post("/api/auth/logout").token(&alice.token).send().await.expect(204);
    assert!(!alice.is_logged_in(&second).await);
    second.refresh(&alice.refresh_token).await.refused(401, "unauthorized");
}
