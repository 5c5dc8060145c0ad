//! A cluster of two gateways and two apis with a proxy in each link, and the people who live there.

use serde_json::Value;
use std::time::Duration;
use testkit::cluster::{Cluster, ClusterPlan};
use testkit::people::Target;
use testkit::{Connection, Person};
use uuid::Uuid;

/// How long a client waits before it sends again what could not be served.
const AGAIN: Duration = Duration::from_millis(200);

pub struct Town {
    pub cluster: Cluster,
}

impl Town {
    pub async fn found() -> Self {
        Self { cluster: Cluster::start(ClusterPlan { proxies: true, ..ClusterPlan::default() }).await }
    }

    /// Without the proxies. All gateways know an api by one address, so they ask the same one for a conversation, and it
    /// publishes in order. With a proxy a gateway and api each has its own address for them: a direct conversation's entries
    /// may overtake one another there, which clients know how to take.
    pub async fn without_proxies() -> Self {
        Self { cluster: Cluster::start(ClusterPlan::default()).await }
    }

    /// Somebody new, who uses the first api.
    pub async fn person(&self, name: &str) -> Person {
        self.cluster.apis[0].server().register(name).await
    }

    /// Their connection to a gateway.
    pub async fn connect(&self, person: &Person, gateway: usize) -> Connection {
        let mut connection =
            self.cluster.gateways[gateway].server().dial().by_query(&person.token).connect().await;
        person.username.clone_into(&mut connection.who);
        connection
    }
}

/// Says something as a client does that is told to try again: with the same id, until it is stored.
pub async fn say_until_stored(connection: &mut Connection, target: impl Into<Target>, text: &str) -> Value {
    let (target, id) = (target.into(), Uuid::now_v7());
    connection.say_as(target, text, id).await;
    stored(connection, target, text, id).await
}

/// Waits for the ack of what was said, and says it again when it could not be served.
pub async fn stored(connection: &mut Connection, target: Target, text: &str, id: Uuid) -> Value {
    loop {
        let answer = connection
            .expect("an answer", |event| {
                event["client_message_id"] == id.to_string() && event["event_type"] != "message"
            })
            .await;
        if answer["event_type"] == "ack" {
            return answer;
        }
        assert_eq!(answer["code"], "unavailable", "{answer}");
        tokio::time::sleep(AGAIN).await;
        connection.say_as(target, text, id).await;
    }
}

/// Says one thing after the other until somebody hears it live, and gives back what was said. Nodes find one by one that a
/// link is there again; what is missed until all have, heads tell of.
pub async fn say_until_heard(
    speaker: &mut Connection,
    target: Target,
    listener: &mut Connection,
) -> Vec<String> {
    let mut said = Vec::new();
    loop {
        let text = format!("live, {}", said.len() + 1);
        let ack = speaker.say_acked(target, &text).await;
        said.push(text.clone());
        let (conversation, seq) = (ack["conversation_id"].to_string(), ack["seq"].as_i64());
        let told =
            |event: &Value| event["content"] == text || event["heads"][&conversation][0].as_i64() >= seq;
        if listener.expect("the message, or heads that count it", told).await["event_type"] == "message" {
            return said;
        }
    }
}

/// Whatever was on its way to this connection is in its log.
pub async fn settle(connection: &mut Connection) {
    connection.send_json(&serde_json::json!({ "event_type": "ping" })).await;
    connection.expect_event("pong").await;
}
