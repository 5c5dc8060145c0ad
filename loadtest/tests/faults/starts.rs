//! Nodes that start before what they need, and nodes that are told to stop.

use crate::town::Town;
use serde_json::Value;

async fn faults(internal: &str) -> (u16, Value) {
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().get(format!("{internal}/readyz"));
    let answer = answer.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_before_redis_and_the_database_wait_for_them_and_say_so() {
    let town = Town::found().await;
    let (gateway, api) = (&town.cluster.gateways[0], &town.cluster.apis[0]);
    town.cluster.redis.kill().await;
    town.cluster.mariadb.kill().await;
    gateway.restart().await;
    api.restart().await;
    for (node, lacks) in [(gateway, "bus"), (api, "database")] {
        let said = testkit::eventually("an answer on the internal port", async || {
            node.metrics().await?;
            Some(faults(&node.internal).await)
        });
        let (status, body) = said.await;
        assert_eq!(status, 503);
        assert!(body["faults"][0].as_str().unwrap().contains(lacks), "{body}");
        assert!(node.is_running());
    }
    town.cluster.redis.start();
    town.cluster.mariadb.start();
    gateway.wait_ready().await;
    api.wait_ready().await;
    let alice = town.person("alice").await;
    town.connect(&alice, 0).await.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_told_to_stop_sends_its_clients_away_and_ends_with_zero() {
    let town = Town::found().await;
    let alice = town.person("alice").await;
    let mut here = town.connect(&alice, 0).await;
    assert_eq!(town.cluster.apis[1].terminate().await, Some(0));
    here.say_acked(&alice, "a note").await;
    let (code, ()) = tokio::join!(town.cluster.gateways[0].terminate(), async {
        here.expect_event("drain").await;
        here.expect_close(1012).await;
    });
    assert_eq!(code, Some(0));
}
