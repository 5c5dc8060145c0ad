//! The cluster with nodes that are played by a script: what is wired to what, and how HAProxy treats nodes and clients.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use sqlx::{Connection, MySqlConnection};
use testkit::cluster::{Cluster, ClusterPlan, HaProxy, Link, Node};
use testkit::eventually;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(10);

fn plan() -> ClusterPlan {
    let nodes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nodes");
    ClusterPlan { binaries: Some(nodes), ..ClusterPlan::default() }
}

async fn variables_of(node: &Node) -> Value {
    node.server().get("/variables").await.expect_status(200)
}

/// A WebSocket as far as HAProxy is concerned, and who took it: `gateway 4711`.
async fn upgrade(haproxy: &HaProxy) -> (BufReader<TcpStream>, String) {
    let mut stream = BufReader::new(TcpStream::connect(&haproxy.address["http://".len()..]).await.unwrap());
    let request = "GET /api/ws?token=geheim HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let status = line(&mut stream).await;
    assert!(status.starts_with("HTTP/1.1 101"), "{status}");
    while !line(&mut stream).await.trim().is_empty() {}
    let who = line(&mut stream).await;
    (stream, who.trim().to_owned())
}

async fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    timeout(LIMIT, stream.read_line(&mut line)).await.expect("a line comes").unwrap();
    line
}

#[tokio::test]
async fn each_node_reaches_the_others_through_links_of_its_own() {
    let cluster = Cluster::start(ClusterPlan { proxies: true, ..plan() }.env("LANES", "4")).await;
    let (gateway, api) = (variables_of(&cluster.gateways[1]).await, variables_of(&cluster.apis[0]).await);

    let through = |link: Link| cluster.link(link).address();
    let apis =
        format!("http://{},http://{}", through(Link::GatewayApi(1, 0)), through(Link::GatewayApi(1, 1)));
    assert_eq!(gateway["API_URLS"], apis);
    for (variables, link) in [(&gateway, Link::GatewayRedis(1)), (&api, Link::ApiRedis(0))] {
        let url = variables["REDIS_URL"].as_str().unwrap();
        assert!(url.ends_with(&format!("@{}", through(link))), "{url}");
    }
    for name in ["JWT_SECRET", "INTERNAL_SECRET"] {
        assert_eq!(gateway[name], api[name]);
        assert_eq!(gateway[name].as_str().unwrap().len(), 64);
    }
    assert_eq!((&api["LANES"], &api["BCRYPT_COST"]), (&json!("4"), &json!("4")));

    let database = api["DATABASE_URL"].as_str().unwrap();
    let mut connection = MySqlConnection::connect(database).await.unwrap();
    cluster.link(Link::ApiMariaDb(0)).cut();
    assert!(connection.ping().await.is_err(), "the api's link to the database is what was cut");
    cluster.heal_all();
    MySqlConnection::connect(database).await.unwrap();
}

#[tokio::test]
async fn the_stores_come_back_after_a_kill_the_database_with_its_rows_and_redis_without() {
    let cluster = Cluster::start(ClusterPlan { gateways: 0, apis: 0, ..plan() }).await;
    let mut connection = MySqlConnection::connect(&cluster.mariadb.url).await.unwrap();
    sqlx::query("CREATE TABLE t (id BIGINT)").execute(&mut connection).await.unwrap();
    sqlx::query("INSERT INTO t VALUES (7)").execute(&mut connection).await.unwrap();
    cluster.redis.command(&["SET", "key", "7"]).await.unwrap();

    cluster.mariadb.restart().await;
    cluster.redis.restart().await;
    cluster.mariadb.wait_ready().await;
    cluster.redis.wait_ready().await;
    let mut connection = MySqlConnection::connect(&cluster.mariadb.url).await.unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT id FROM t").fetch_one(&mut connection).await.unwrap();
    assert_eq!(kept, 7);
    assert_eq!(cluster.redis.command(&["GET", "key"]).await.unwrap(), redis::Value::Nil);

    let root = format!("mysql://root@{}", cluster.mariadb.url.split('@').nth(1).unwrap());
    assert!(MySqlConnection::connect(&root).await.is_err(), "nobody gets in without a password");
}

#[tokio::test]
async fn haproxy_knows_sockets_from_rest_and_believes_no_client() {
    let cluster = Cluster::start(ClusterPlan { haproxy: true, ..plan() }).await;
    let haproxy = cluster.haproxy.as_ref().unwrap();
    let (socket, who) = upgrade(haproxy).await;
    assert!(who.starts_with("gateway "), "{who}");

    let asked = haproxy.server().http.get(format!("{}/api/users/me?token=geheim", haproxy.address));
    let asked = asked.header("X-Forwarded-For", "6.6.6.6").header("X-Forwarded-For", "7.7.7.7");
    let asked = asked.header("X-Forwarded-Proto", "https").header("Forwarded", "for=6.6.6.6");
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["kind"], "api");
    let headers = answer["headers"].as_array().unwrap();
    let all =
        |name: &str| headers.iter().filter(|pair| pair[0] == name).map(|pair| &pair[1]).collect::<Vec<_>>();
    assert_eq!(all("x-forwarded-for"), [&json!("127.0.0.1")]);
    assert_eq!(all("x-forwarded-proto"), [&json!("http")]);
    assert!(all("forwarded").is_empty());

    // A socket is logged when it ends.
    drop(socket);
    eventually("the log of both", async || {
        let log = haproxy.output();
        (log.contains("GET /api/users/me") && log.contains("GET /api/ws")).then_some(())
    })
    .await;
    assert!(!haproxy.output().contains("geheim"), "no token in the log:\n{}", haproxy.output());
}

#[tokio::test]
async fn the_clients_of_a_killed_gateway_get_another_at_once() {
    let cluster = Cluster::start(ClusterPlan { haproxy: true, ..plan() }).await;
    let haproxy = cluster.haproxy.as_ref().unwrap();
    let (mut socket, who) = upgrade(haproxy).await;
    let theirs = |node: &&Node| who == format!("gateway {}", node.pid().unwrap());
    let killed = cluster.gateways.iter().find(theirs).expect("one of ours took it");
    killed.kill().await;
    assert_eq!(line(&mut socket).await, "", "the client learns of it");
    for _ in 0..8 {
        let (_socket, other) = upgrade(haproxy).await;
        assert_ne!(other, who);
    }
    assert_eq!(killed.pid(), None);

    killed.start();
    killed.wait_ready().await;
    let back = format!("gateway {}", killed.pid().unwrap());
    eventually("the gateway to get clients again", async || (upgrade(haproxy).await.1 == back).then_some(()))
        .await;
}

#[tokio::test]
async fn a_gateway_that_drains_keeps_its_clients_and_gets_no_new_ones() {
    let cluster = Cluster::start(ClusterPlan { haproxy: true, ..plan() }.env("DRAIN_MS", "60000")).await;
    let haproxy = cluster.haproxy.as_ref().unwrap();
    let (mut socket, who) = upgrade(haproxy).await;
    let drains =
        cluster.gateways.iter().find(|node| who == format!("gateway {}", node.pid().unwrap())).unwrap();
    drains.signal(Signal::SIGTERM);
    eventually("it to drain", async || (!drains.is_ready().await).then_some(())).await;
    // Also before HAProxy has noticed: a 503 is asked again elsewhere.
    for _ in 0..8 {
        assert_ne!(upgrade(haproxy).await.1, who);
    }
    eventually("HAProxy to notice", async || {
        haproxy.output().contains(&format!("{} is DOWN", drains.name())).then_some(())
    })
    .await;
    socket.write_all(b"still here\n").await.unwrap();
    assert_eq!(line(&mut socket).await, "still here\n");
}

#[tokio::test]
async fn a_post_that_may_have_been_done_is_not_done_twice() {
    let cluster = Cluster::start(ClusterPlan { haproxy: true, gateways: 1, ..plan() }).await;
    let haproxy = cluster.haproxy.as_ref().unwrap();
    // The api dies of it without an answer; asked again, the other one would die too.
    let answer = haproxy.server().post("/die", json!({})).await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (502, &json!("unavailable")));
    let alive = || cluster.apis.iter().filter(|api| api.is_running()).count();
    eventually("the api that was asked to be dead", async || (alive() < 2).then_some(())).await;
    for _ in 0..8 {
        assert_eq!(haproxy.server().post("/api/groups/create", json!({})).await.status, 200);
    }
    assert_eq!(alive(), 1);
}

#[tokio::test]
async fn drained_all_nodes_end_in_order() {
    let cluster = Cluster::start(plan()).await;
    cluster.gateways[0].stop();
    cluster.drain().await;
    let nodes = cluster.gateways.iter().chain(&cluster.apis);
    for node in nodes {
        assert_eq!((node.pid(), node.last_end().as_str()), (None, "exit code 0"), "{}", node.name());
    }
    assert!(cluster.mariadb.is_running() && cluster.redis.is_running());
}

/// Not a test of its own: the process that the next test starts, and kills.
#[tokio::test]
#[ignore = "started by nothing_outlives_a_killed_process"]
async fn hold_a_cluster() {
    let cluster = Cluster::start(ClusterPlan { haproxy: true, gateways: 1, apis: 1, ..plan() }).await;
    let pids: Vec<String> = cluster.daemons().map(|daemon| daemon.pid().unwrap().to_string()).collect();
    println!("held {} {}", cluster.logs.display(), pids.join(" "));
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn nothing_outlives_a_killed_process() {
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "hold_a_cluster", "--nocapture"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    let held = loop {
        let line = lines.next_line().await.unwrap().expect("the holder says what it holds");
        if let Some((_, held)) = line.split_once("held ") {
            break held.to_owned();
        }
    };
    let mut words = held.split(' ');
    let folder = Path::new(words.next().unwrap());
    let pids: Vec<&str> = words.collect();
    let runs = |pid: &&&str| Path::new("/proc").join(pid).exists();
    assert!(folder.is_dir() && pids.len() == 5 && pids.iter().all(|pid| runs(&pid)), "the premise: it ran");

    holder.kill().await.unwrap();
    eventually("the processes to go", async || (pids.iter().filter(runs).count() == 0).then_some(())).await;
    eventually("the folder to go", async || (!folder.exists()).then_some(())).await;
}
