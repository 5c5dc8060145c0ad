//! Both proxies of `deploy` before nodes that are played by a script: where they send whom, what they believe, what they
//! repeat, and what they write down.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

mod client;
mod smuggling;

use client::{line, upgrade};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use smuggling::a_request_is_one_request_or_none;
use std::path::Path;
use std::time::Duration;
use testkit::cluster::{Cluster, ClusterPlan, Front, FrontKind, FrontPlan};
use testkit::eventually;
use tokio::io::AsyncWriteExt;

/// Runs each of the test bodies before both.
macro_rules! before_both {
    ($($name:ident),* $(,)?) => {
        mod haproxy {
            $(#[tokio::test] async fn $name() { super::$name(testkit::cluster::FrontKind::HaProxy).await; })*
        }
        mod nginx {
            $(#[tokio::test] async fn $name() { super::$name(testkit::cluster::FrontKind::Nginx).await; })*
        }
    };
}

before_both!(
    sockets_go_to_gateways_and_the_rest_to_apis_and_no_client_is_believed,
    the_clients_of_a_killed_gateway_get_another_at_once,
    a_gateway_that_drains_keeps_its_clients_and_gets_no_new_ones,
    a_post_that_may_have_been_done_is_not_done_twice,
    an_open_socket_outlives_the_times_of_requests,
    when_no_node_answers_clients_read_what_a_node_would_say,
    a_request_is_one_request_or_none,
);

fn plan(kind: FrontKind) -> ClusterPlan {
    let nodes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nodes");
    ClusterPlan {
        binaries: Some(nodes),
        front: Some(FrontPlan { impatient: true, ..FrontPlan::of(kind) }),
        ..ClusterPlan::default()
    }
}

fn front(cluster: &Cluster) -> &Front {
    cluster.front.as_ref().unwrap()
}

async fn sockets_go_to_gateways_and_the_rest_to_apis_and_no_client_is_believed(kind: FrontKind) {
    let cluster = Cluster::start(plan(kind)).await;
    let front = front(&cluster);
    let (socket, who) = upgrade(front).await;
    assert!(who.starts_with("gateway "), "{who}");

    let asked = front.server().http.get(format!("{}/api/users/me?token=geheim", front.address));
    let asked = asked.header("X-Forwarded-For", "6.6.6.6").header("X-Forwarded-For", "7.7.7.7");
    let asked = asked.header("X-Forwarded-Proto", "https").header("Forwarded", "for=6.6.6.6");
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["kind"], "api");
    let headers = answer["headers"].as_array().unwrap();
    let all = |name: &str| {
        let named = headers.iter().filter(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name));
        named.map(|pair| &pair[1]).collect::<Vec<_>>()
    };
    assert_eq!(all("x-forwarded-for"), [&json!("127.0.0.1")]);
    assert_eq!(all("x-forwarded-proto"), [&json!("http")]);
    assert!(all("forwarded").is_empty());
    assert_eq!(all("host"), [&json!(front.address.trim_start_matches("http://"))]);

    // A socket is logged when it ends.
    drop(socket);
    eventually("the log of both", async || {
        let log = front.output();
        (log.contains("GET /api/users/me") && log.contains("GET /api/ws")).then_some(())
    })
    .await;
    assert!(!front.output().contains("geheim"), "no token in the log:\n{}", front.output());
}

async fn the_clients_of_a_killed_gateway_get_another_at_once(kind: FrontKind) {
    let cluster = Cluster::start(plan(kind)).await;
    let front = front(&cluster);
    let (mut socket, who) = upgrade(front).await;
    let theirs = |node: &&testkit::cluster::Node| who == format!("gateway {}", node.pid().unwrap());
    let killed = cluster.gateways.iter().find(theirs).expect("one of ours took it");
    killed.kill().await;
    assert_eq!(line(&mut socket).await, "", "the client learns of it");
    for _ in 0..8 {
        let (_socket, other) = upgrade(front).await;
        assert_ne!(other, who);
    }
    assert_eq!(killed.pid(), None);
    // What a proxy says of a node that is gone has no token either.
    assert!(!front.output().contains("geheim"), "no token in the log:\n{}", front.output());

    killed.start();
    killed.wait_ready().await;
    let back = format!("gateway {}", killed.pid().unwrap());
    eventually("the gateway to get clients again", async || (upgrade(front).await.1 == back).then_some(()))
        .await;
}

async fn a_gateway_that_drains_keeps_its_clients_and_gets_no_new_ones(kind: FrontKind) {
    let cluster = Cluster::start(plan(kind).env("DRAIN_MS", "60000")).await;
    let front = front(&cluster);
    let (mut socket, who) = upgrade(front).await;
    let drains =
        cluster.gateways.iter().find(|node| who == format!("gateway {}", node.pid().unwrap())).unwrap();
    drains.signal(Signal::SIGTERM);
    eventually("it to drain", async || (!drains.is_ready().await).then_some(())).await;
    // Also before a proxy has noticed: a 503 is asked again elsewhere.
    for _ in 0..8 {
        assert_ne!(upgrade(front).await.1, who);
    }
    if kind == FrontKind::HaProxy {
        let down = format!("{} is DOWN", drains.name());
        eventually("HAProxy to notice", async || front.output().contains(&down).then_some(())).await;
    }
    socket.write_all(b"still here\n").await.unwrap();
    assert_eq!(line(&mut socket).await, "still here\n");
}

async fn a_post_that_may_have_been_done_is_not_done_twice(kind: FrontKind) {
    let cluster = Cluster::start(ClusterPlan { gateways: 1, ..plan(kind) }).await;
    let front = front(&cluster);
    // The api dies of it without an answer; asked again, the other one would die too.
    let answer = front.server().post("/die", json!({})).await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (502, &json!("unavailable")));
    let alive = || cluster.apis.iter().filter(|api| api.is_running()).count();
    eventually("the api that was asked to be dead", async || (alive() < 2).then_some(())).await;
    for _ in 0..8 {
        assert_eq!(front.server().post("/api/groups/create", json!({})).await.status, 200);
    }
    assert_eq!(alive(), 1);
}

async fn an_open_socket_outlives_the_times_of_requests(kind: FrontKind) {
    let cluster = Cluster::start(plan(kind)).await;
    let front = front(&cluster);
    let (mut socket, _) = upgrade(front).await;
    // The premise: a request that gets no answer is given up by then, for this front is impatient.
    let answer = front.server().get("/never").await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (504, &json!("unavailable")));
    // As long again: an idle socket has no event to wait for.
    tokio::time::sleep(Duration::from_secs(2)).await;
    socket.write_all(b"still here\n").await.unwrap();
    assert_eq!(line(&mut socket).await, "still here\n");
}

async fn when_no_node_answers_clients_read_what_a_node_would_say(kind: FrontKind) {
    let cluster = Cluster::start(plan(kind)).await;
    for node in cluster.apis.iter().chain(&cluster.gateways) {
        node.kill().await;
    }
    for path in ["/api/users/me", "/api/ws"] {
        let answer = front(&cluster).server().get(path).await;
        assert!(matches!(answer.status, 502..=504), "{path}: {}", answer.status);
        assert_eq!(answer.body["error"]["code"], "unavailable", "{path}: {}", answer.body);
        assert_eq!(answer.body["error"]["retry_after_ms"], 1000, "{path}");
        assert_eq!(answer.header("retry-after"), Some("1"), "{path}");
    }
}
