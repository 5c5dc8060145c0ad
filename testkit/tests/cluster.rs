//! The cluster with nodes that are played by a script: what is wired to what. How proxies treat
//! them and their clients is in `fronts`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use sqlx::{Connection, MySqlConnection};
use testkit::cluster::{Cluster, ClusterPlan, FrontKind, FrontPlan, Link, Node};
use testkit::eventually;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

fn plan() -> ClusterPlan {
    let nodes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nodes");
    ClusterPlan { binaries: Some(nodes), ..ClusterPlan::default() }
}

async fn variables_of(node: &Node) -> Value {
    node.server().get("/variables").await.expect_status(200)
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
    let cluster = Cluster::start(ClusterPlan {
        front: Some(FrontPlan::of(FrontKind::HaProxy)),
        gateways: 1,
        apis: 1,
        ..plan()
    })
    .await;
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
