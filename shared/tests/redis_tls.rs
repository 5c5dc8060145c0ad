//! A Redis over TLS: used when its certificate is from an authority that the machine knows, and otherwise not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use shared::redis::Redis;
use std::process::Command;
use testkit::{RedisServer, eventually};

/// Names the server to the test that runs in a process of its own.
const URL: &str = "TEST_TLS_REDIS_URL";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_whose_certificate_is_known_is_used_and_a_strangers_is_not() {
    let server = RedisServer::start_tls().await;
    assert_eq!(server.command::<String>(&["PING"]).await, "PONG", "the premise: it speaks TLS");
    assert!(!Redis::open(&server.url()).unwrap().answers().await, "nobody knows who signed that");
    let plain = server.url().replace("rediss", "redis");
    assert!(!Redis::open(&plain).unwrap().answers().await);
    // Which authorities a machine knows is read from its files, and a process may be given others.
    let mut knowing = Command::new(std::env::current_exe().unwrap());
    knowing.args(["--exact", "it_is_used", "--ignored"]);
    knowing.env(URL, server.url()).env("SSL_CERT_FILE", server.authority());
    let ran = tokio::task::spawn_blocking(move || knowing.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a process that knows the authority; the test above starts it"]
#[allow(clippy::disallowed_methods, reason = "the other test hands the address on")]
async fn it_is_used() {
    let redis = Redis::open(&std::env::var(URL).expect("started by the test above")).unwrap();
    eventually("it answers over TLS", async || redis.answers().await.then_some(())).await;
}
