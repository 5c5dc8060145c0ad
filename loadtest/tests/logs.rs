//! One message on its way, read from the logs of a cluster's nodes as an operator would: which node took it, which one stored
//! it, and by what names both speak of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use serde_json::{Value, json};
use testkit::cluster::{Cluster, ClusterPlan, Node};
use uuid::Uuid;

/// What a node wrote so far that speaks of this, an object a line.
fn lines(node: &Node, word: &str) -> Vec<Value> {
    let output = node.output();
    let spoken = output.lines().filter(|line| line.contains(word));
    spoken.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no object: {line}"))).collect()
}

/// The only one of these lines that says so.
fn line<'l>(lines: &'l [Value], message: &str) -> &'l Value {
    let found: Vec<_> = lines.iter().filter(|line| line["fields"]["message"] == message).collect();
    let [line] = found[..] else { panic!("{} lines say {message:?}: {lines:#?}", found.len()) };
    line
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_followed_over_the_logs_of_both_nodes() {
    let plan = ClusterPlan::default().env("LOG", "gateway=debug,api=debug,info");
    let cluster = Cluster::start(plan).await;
    let server = cluster.apis[0].server();
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let gateway = &cluster.gateways[1];
    let mut alices = gateway.server().dial().by_query(&alice.token).connect().await;
    let id = Uuid::now_v7();
    alices.say_as(&bob, "followed", id).await;
    let ack = alices.expect_ack(id).await;
    let id = id.to_string();

    // By its id, at the gateway: on which connection it came, and in which question it went on.
    let here = lines(gateway, &id);
    for told in ["a draft waits for its lane", "a draft is answered"] {
        assert_eq!(line(&here, told)["fields"]["connection_id"], alices.ready["connection_id"], "{told}");
    }
    assert_eq!(line(&here, "a draft is answered")["fields"]["seq"], ack["seq"]);
    let door_id = &line(&here, "a draft is handed on")["fields"]["door_id"];
    let question = lines(gateway, door_id.as_str().unwrap());
    let asked = &line(&question, "an api node was asked")["fields"];
    assert_eq!(
        (&asked["door_id"], &asked["call"], &asked["result"]),
        (door_id, &json!("append"), &json!("ok"))
    );

    // By the question's name, at the api that the gateway says it asked.
    let address = |node: &&Node| node.internal == format!("http://{}", asked["node"].as_str().unwrap());
    let api = cluster.apis.iter().find(address).expect("the line names an api");
    let there = lines(api, &id);
    let stored = line(&there, "a draft came through the door");
    assert_eq!((&stored["fields"]["client_message_id"], &stored["fields"]["seq"]), (&json!(id), &ack["seq"]));
    assert_eq!(&stored["span"]["door_id"], door_id);
    assert!(stored["span"]["request_id"].is_string(), "{stored}");

    // Each line says whose it is, and nobody else speaks of it.
    assert!(here.iter().chain(&question).all(|line| line["node"] == gateway.name()), "{here:#?}");
    assert!(there.iter().all(|line| line["node"] == api.name()), "{there:#?}");
    for node in cluster.nodes().filter(|node| ![gateway.name(), api.name()].contains(&node.name())) {
        assert_eq!(
            lines(node, &id).len() + lines(node, door_id.as_str().unwrap()).len(),
            0,
            "{}",
            node.name()
        );
    }

    // Over REST it is the id in the answer's header.
    let (api, other) = (&cluster.apis[0], &cluster.apis[1]);
    let id = Uuid::now_v7();
    let answer = alice.send_as(&bob, "followed", id).await;
    let request_id = answer.header("x-request-id").expect("each answer has one").to_owned();
    let seq = answer.expect_status(200)["message"]["seq"].clone();
    let there = lines(api, &request_id);
    let sent = line(&there, "a message was sent over REST");
    assert_eq!((&sent["node"], &sent["span"]["request_id"]), (&json!(api.name()), &json!(request_id)));
    assert_eq!(
        (&sent["fields"]["client_message_id"], &sent["fields"]["seq"]),
        (&json!(id.to_string()), &seq)
    );
    assert_eq!(lines(other, &request_id).len(), 0);
}
