//! What happens on the stage, so that every panel has something to show: people talk, some of them badly; then links, Redis,
//! the database and nodes fail. Each of it waits for its effect, in what nodes count.

use crate::stage::Stage;
use serde_json::json;
use shared::ids::UserId;
use shared::topic::Topic;
use sqlx::{Connection as _, Executor, MySqlConnection};
use std::time::Duration;
use testkit::cluster::{Link, Node};
use testkit::people::Target;
use testkit::{Connection, Group, Person, within};
use uuid::Uuid;

const LIMIT: Duration = Duration::from_secs(30);

/// Waits until a series of a node, as its text has it, is above 0.
async fn counted(node: &Node, series: &str) {
    within(LIMIT, format!("{series} of {}", node.name()), async || {
        let text = node.metrics().await?;
        let values = text.lines().filter_map(|line| line.strip_prefix(series)?.rsplit_once(' '));
        values.filter_map(|(_, value)| value.parse::<f64>().ok()).any(|value| value > 0.0).then_some(())
    })
    .await;
}

struct Town<'a> {
    stage: &'a Stage,
    people: Vec<Person>,
    lines: Vec<Connection>,
    group: Group,
}

pub async fn all(stage: &Stage) {
    let mut town = Town::found(stage).await;
    town.strangers().await;
    town.talk().await;
    town.blunder().await;
    town.slow_reader().await;
    town.bus_fails().await;
    town.redis_fails().await;
    town.database_fails().await;
    town.nodes_end().await;
}

impl<'a> Town<'a> {
    /// Ben, asking an api himself: the proxy would ask one that is well.
    fn at_api(&self, n: usize) -> Person {
        Person { server: self.api(n).server(), ..self.people[1].clone() }
    }

    /// Eight people, four on each gateway, in one group.
    async fn found(stage: &'a Stage) -> Self {
        let server = stage.cluster.front.as_ref().unwrap().server();
        let mut people = Vec::new();
        for name in ["ada", "ben", "cem", "dan", "eva", "fay", "gil", "hal"] {
            people.push(server.register(name).await);
        }
        let group = people[0].create_group("all").await;
        let mut lines = Vec::new();
        for (n, person) in people.iter().enumerate() {
            if n > 0 {
                person.join(group).await;
            }
            let gateway = stage.cluster.gateways[n % 2].server();
            lines.push(gateway.dial().by_query(&person.token).connect().await);
        }
        Self { stage, people, lines, group }
    }

    fn gateway(&self, n: usize) -> &Node {
        &self.stage.cluster.gateways[n]
    }

    fn api(&self, n: usize) -> &Node {
        &self.stage.cluster.apis[n]
    }

    /// Who has no account, a wrong password, no right, or too many wishes.
    async fn strangers(&self) {
        let server = self.people[0].server.clone();
        let wrong = json!({ "email": "ada@example.org", "password": "not that one" });
        server.post("/api/auth/login", wrong).await.expect_error(401, "wrong_credentials");
        let ben = &self.people[1];
        let private = ben.create_group("ben's").await;
        self.people[2]
            .get(&format!("/api/groups/{}/members", private.0))
            .await
            .expect_error(404, "not_found");
        let mut refused = false;
        for n in 0..20 {
            let name = format!("many{n}");
            let body = json!({ "username": name, "email": format!("{name}@example.org"), "password": "long enough" });
            refused |= server.post("/api/auth/register", body).await.status == 429;
        }
        assert!(refused, "the premise: there is a limit");
        assert!(self.gateway(0).server().dial().by_query("no-token").open().await.is_err());
    }

    async fn talk(&mut self) {
        let (group, ben) = (self.group, Target::User(self.people[1].id));
        for n in 0..20 {
            let line = &mut self.lines[n % 8];
            line.say_acked(group, &format!("all of you, {n}")).await;
            line.say_acked(ben, &format!("you, {n}")).await;
        }
        self.people[3].send_to(group, "over REST").await;
        let conversation = self.lines[0].expect_event("message").await["conversation_id"].clone();
        let line = &mut self.lines[0];
        let id = line.say(group, "twice").await;
        line.expect_ack(id).await;
        line.say_as(group, "twice", id).await;
        line.expect_ack(id).await;
        line.send_json(&json!({ "event_type": "read", "conversation_id": conversation, "seq": 3 })).await;
        line.send_json(&json!({ "event_type": "typing", "group_id": group.0 })).await;
        line.send_json(&json!({ "event_type": "watch", "user_ids": [self.people[1].id] })).await;
        line.send_json(&json!({ "event_type": "auth", "token": self.people[0].token })).await;
        self.people[7].leave(group).await;
        self.people[7].join(group).await;
        self.people[6].conversations().await;
    }

    /// What clients with a fault do, and a log-out.
    async fn blunder(&mut self) {
        let line = &mut self.lines[0];
        line.send_text("{").await;
        line.expect_error("bad_json").await;
        line.say(Group(999_999), "to nobody").await;
        line.expect_error("not_found").await;
        for _ in 0..60 {
            line.send_json(&json!({ "event_type": "ping" })).await;
        }
        line.expect_error("too_fast").await;
        let server = self.people[5].server.clone();
        let second = server.log_in("fay").await;
        let mut line = self.gateway(1).server().dial().by_query(&second.token).connect().await;
        second.log_out().await;
        line.expect_close(4502).await;
    }

    /// In a group of their own Cem says much and types, and Gil takes nothing.
    async fn slow_reader(&mut self) {
        let group = self.people[2].create_group("two").await;
        self.people[6].join(group).await;
        let gil = self.gateway(0).server().dial().by_query(&self.people[6].token).small_buffers();
        let slow = gil.connect().await;
        let much = "much ".repeat(2_400);
        let typing = json!({ "event_type": "typing", "group_id": group.0 });
        within(LIMIT * 2, "Gil to be given up", async || {
            let line = &mut self.lines[2];
            line.say_acked(group, &much).await;
            line.send_json(&typing).await;
            // Commands have a pace.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let (given_up, spared) = ("imtt_slow_consumers_total", "imtt_ws_shed_total");
            (self.is_counted(given_up).await && self.is_counted(spared).await).then_some(())
        })
        .await;
        drop(slow);
    }

    async fn is_counted(&self, name: &str) -> bool {
        let text = self.gateway(0).metrics().await.unwrap_or_default();
        text.lines().any(|line| line.starts_with(name) && !line.ends_with(" 0"))
    }

    /// The bus brings what is not ours, nothing, or not to everybody.
    async fn bus_fails(&mut self) {
        let cluster = &self.stage.cluster;
        let topic = Topic::User(UserId(self.people[0].id)).to_string();
        cluster.redis.command(&["PUBLISH", &topic, "junk"]).await.unwrap();
        counted(self.gateway(0), "imtt_pubsub_malformed_total").await;

        cluster.redis.command(&["CLIENT", "KILL", "TYPE", "pubsub"]).await.unwrap();
        counted(self.gateway(0), "imtt_pubsub_resubscribes_total").await;

        let links = [0, 1].map(|api| cluster.link(Link::ApiRedis(api)));
        links.iter().for_each(|link| link.cut());
        for n in [2, 3, 4, 5] {
            let id = Uuid::now_v7();
            self.lines[n].say_as(self.group, "unheard", id).await;
            self.lines[n].expect_ack(id).await;
        }
        within(LIMIT, "echoes to be missed", async || {
            let text =
                self.gateway(0).metrics().await.unwrap_or_default() + &self.gateway(1).metrics().await?;
            text.lines()
                .any(|line| line.starts_with("imtt_echo_misses_total ") && !line.ends_with(" 0"))
                .then_some(())
        })
        .await;
        links.iter().for_each(|link| link.heal());
        within(LIMIT, "heads to be announced", async || {
            let text = self.api(0).metrics().await? + &self.api(1).metrics().await?;
            text.lines()
                .any(|line| line.starts_with("imtt_heads_announced_total ") && !line.ends_with(" 0"))
                .then_some(())
        })
        .await;
    }

    /// Redis turns somebody away, and ends.
    async fn redis_fails(&self) {
        let redis = &self.stage.cluster.redis;
        let client = redis::Client::open(redis.url.as_str()).unwrap();
        let mut kept = client.get_multiplexed_async_connection().await.unwrap();
        let mut most = async |most: u32| {
            let set = redis::cmd("CONFIG").arg(&["SET", "maxclients"]).arg(most).to_owned();
            set.query_async::<()>(&mut kept).await.unwrap();
        };
        most(1).await;
        assert!(redis.command(&["PING"]).await.is_err(), "the premise: it takes one client");
        most(10_000).await;
        self.seen("rate(redis_rejected_connections_total[5s]) > 0", self.stage.since).await;
        redis.kill().await;
        // A request counts for a limit, which its node then keeps alone.
        drop(self.at_api(0).get("/api/conversations").await.expect_status(200));
        counted(self.api(0), "imtt_redis_failures_total").await;
        redis.start();
        redis.wait_ready().await;
    }

    /// The database is slow, holds a row, stands still, and is a replica of nobody.
    async fn database_fails(&mut self) {
        let mariadb = &self.stage.cluster.mariadb;
        let mut root = MySqlConnection::connect(&mariadb.admin_url).await.unwrap();
        root.execute("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'none'")
            .await
            .unwrap();
        root.execute("SET long_query_time = 0.1").await.unwrap();
        root.execute("SELECT SLEEP(0.2)").await.unwrap();
        root.execute("BEGIN").await.unwrap();
        root.execute("SELECT id FROM conversations FOR UPDATE").await.unwrap();
        self.lines[3].say_as(self.group, "behind a lock", Uuid::now_v7()).await;
        within(LIMIT, "a batch to be run again", async || {
            let text = self.api(0).metrics().await? + &self.api(1).metrics().await?;
            let run_again = |line: &str| line.contains("cause=\"lock_wait\"") && !line.ends_with(" 0");
            text.lines().any(run_again).then_some(())
        })
        .await;
        root.execute("ROLLBACK").await.unwrap();

        mariadb.stop();
        self.lines[5].say_as(self.group, "to nowhere", Uuid::now_v7()).await;
        let ben = self.at_api(1);
        // The first of its kind makes a series; the second one is an increase.
        let answers = [ben.get("/api/conversations").await, ben.get("/api/conversations").await];
        self.lines[5].expect_error("unavailable").await;
        mariadb.cont();
        assert!(answers.iter().all(|answer| answer.status == 503), "the premise: {answers:?}");
        mariadb.wait_ready().await;
    }

    /// Waits until Prometheus has an answer, from `since` on.
    async fn seen(&self, query: &str, since: f64) {
        within(LIMIT, &format!("Prometheus to see {query}"), async || {
            let seen = self.stage.prometheus.values(query, since).await;
            (!seen.is_empty()).then_some(())
        })
        .await;
    }

    /// An api is killed, a gateway drains; both come back.
    async fn nodes_end(&mut self) {
        let proxy = self.stage.cluster.front.as_ref().unwrap();
        within(LIMIT, "the proxy to use both apis again", async || {
            let text = self.stage.scrape(&proxy.stats).await;
            text.contains("haproxy_backend_active_servers{proxy=\"apis\"} 2").then_some(())
        })
        .await;
        // What breaks off while the exporter still waits for the database would be an increase of nothing.
        self.seen("count_over_time(mysql_global_status_aborted_clients[3s]) >= 2", crate::prometheus::now())
            .await;
        self.api(0).kill().await;
        for _ in 0..10 {
            self.people[2].get("/api/users/me").await;
        }
        self.seen("rate(mysql_global_status_aborted_clients[5s]) > 0", self.stage.since).await;
        counted(self.gateway(0), "imtt_api_nodes{state=\"down\"}").await;
        self.api(0).start();
        self.api(0).wait_ready().await;
        self.gateway(1).terminate().await;
        self.gateway(1).start();
        self.gateway(1).wait_ready().await;
        for person in &self.people {
            let gateway = self.gateway(1).server();
            self.lines.push(gateway.dial().by_query(&person.token).connect().await);
        }
        self.lines.last_mut().unwrap().say_acked(self.group, "back").await;
    }
}
