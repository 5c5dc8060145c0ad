//! The bus over a real Redis does what every bus must.
#![allow(clippy::expect_used, reason = "a test")]

use shared::bus::Bus;
use shared::bus::redis::RedisBus;
use shared::redis::Redis;
use std::sync::Arc;
use testkit::RedisServer;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

async fn server() -> impl AsyncFn() -> Arc<dyn Bus> {
    let server = RedisServer::start().await;
    async move || {
        let redis = Redis::open(&server.url()).expect("the private server's address");
        RedisBus::new(redis, &TaskTracker::new(), &CancellationToken::new()) as Arc<dyn Bus>
    }
}

testkit::bus_contract!(server().await);
