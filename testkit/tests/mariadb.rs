//! The private database server: durable, apart, and gone when its process is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use sqlx::{Connection, Executor, MySqlConnection};
use testkit::{MariaDb, eventually};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

async fn open(url: &str) -> MySqlConnection {
    MySqlConnection::connect(url).await.expect("the database is there")
}

#[tokio::test]
async fn a_database_is_empty_utf8mb4_and_on_a_durable_server() {
    let database = MariaDb::shared().await.database().await;
    let mut connection = open(&database.url).await;
    let (charset, collation, flush): (String, String, i64) = sqlx::query_as(
        "SELECT @@character_set_database, @@collation_database, CAST(@@innodb_flush_log_at_trx_commit AS SIGNED)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!((charset.as_str(), collation.as_str(), flush), ("utf8mb4", "utf8mb4_bin", 1));

    let tables = connection.fetch_all("SHOW TABLES").await.unwrap();
    assert!(tables.is_empty());
}

#[tokio::test]
async fn two_tests_do_not_see_each_other() {
    let server = MariaDb::shared().await;
    let (mine, theirs) = (server.database().await, server.database().await);
    open(&mine.url).await.execute("CREATE TABLE t (id BIGINT)").await.unwrap();
    let tables = open(&theirs.url).await.fetch_all("SHOW TABLES").await.unwrap();
    assert!(tables.is_empty());
}

#[tokio::test]
async fn a_dropped_guard_drops_its_database() {
    let database = MariaDb::shared().await.database().await;
    let url = database.url.clone();
    drop(open(&url).await);
    drop(database);
    assert!(MySqlConnection::connect(&url).await.is_err(), "the database outlived its guard");
}

#[tokio::test]
async fn a_guard_gives_up_on_a_database_that_a_transaction_holds() {
    let database = MariaDb::shared().await.database().await;
    let mut connection = open(&database.url).await;
    connection.execute("CREATE TABLE t (id BIGINT)").await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    transaction.execute("INSERT INTO t VALUES (1)").await.unwrap();

    let started = std::time::Instant::now();
    drop(database);
    assert!(started.elapsed() < Duration::from_secs(4));
    transaction.rollback().await.unwrap();
}

/// Not a test of its own: the process that the next test starts, and kills.
#[tokio::test]
#[ignore = "started by a_killed_process_leaves_no_server_behind"]
async fn hold_a_server() {
    let mut connection = open(MariaDb::shared().await.url()).await;
    let (port, folder): (i64, String) =
        sqlx::query_as("SELECT CAST(@@port AS SIGNED), @@datadir").fetch_one(&mut connection).await.unwrap();
    println!("held {port} {folder}");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_killed_process_leaves_no_server_behind() {
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "hold_a_server", "--nocapture"])
        .env_remove("TEST_MYSQL_URL")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    let (port, folder) = loop {
        let line = lines.next_line().await.unwrap().expect("the holder says where its server is");
        // The runner writes its own words, without a line's end, before those of the test.
        if let Some((_, held)) = line.split_once("held ") {
            let (port, folder) = held.split_once(' ').unwrap();
            break (port.parse::<u16>().unwrap(), PathBuf::from(folder));
        }
    };
    let answers = async || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok();
    assert!(answers().await && folder.is_dir(), "the premise: a server was there");

    holder.kill().await.unwrap();
    eventually("the server to go with its process", async || (!answers().await).then_some(())).await;
    eventually("its folder to go", async || (!folder.exists()).then_some(())).await;
}
