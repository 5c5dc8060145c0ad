//! What can be seen of a fault from outside: whether a process stands still, who is subscribed, whose transaction holds
//! a lock.

use redis::{FromRedisValue, Value};
use sqlx::{Connection, MySqlConnection, Row};
use std::collections::BTreeSet;
use std::time::Duration;
use testkit::cluster::{ClusterMariaDb, ClusterRedis};
use tokio::time::{sleep, timeout};

const ANSWER_LIMIT: Duration = Duration::from_secs(2);
/// A transaction that is there at both ends of this stands still.
const STILL: Duration = Duration::from_millis(400);

/// The state of a process, as `ps` has it: `T` is stopped.
#[must_use]
pub fn state(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may have spaces in it.
    stat.rsplit_once(") ")?.1.chars().next()
}

/// What Redis says, as a text.
pub async fn ask(redis: &ClusterRedis, words: &[&str]) -> Option<String> {
    let value = redis.command(words).await.ok()?;
    match value {
        Value::VerbatimString { text, .. } => Some(text),
        value => String::from_redis_value(value).ok(),
    }
}

/// The ids of the connections that are subscribed.
pub async fn subscribers(redis: &ClusterRedis) -> BTreeSet<u64> {
    let list = ask(redis, &["CLIENT", "LIST", "TYPE", "pubsub"]).await.unwrap_or_default();
    let id = |line: &str| line.strip_prefix("id=")?.split(' ').next()?.parse().ok();
    list.lines().filter_map(id).collect()
}

/// The topic with the most listeners: every gateway is among them.
pub async fn busiest_topic(redis: &ClusterRedis) -> Option<String> {
    let topics = redis.command(&["PUBSUB", "CHANNELS", "im:*"]).await.ok()?;
    let topics = Vec::<String>::from_redis_value(topics).ok()?;
    let words: Vec<&str> =
        ["PUBSUB", "NUMSUB"].into_iter().chain(topics.iter().map(String::as_str)).collect();
    let counted = redis.command(&words).await.ok()?;
    let counted = Vec::<(String, u64)>::from_redis_value(counted).ok()?;
    counted.into_iter().max_by_key(|(_, listeners)| *listeners).map(|(topic, _)| topic)
}

/// The ids of transactions that hold row locks now.
async fn locking(database: &ClusterMariaDb) -> Option<BTreeSet<u64>> {
    let asking = async {
        let mut connection = MySqlConnection::connect(&database.admin_url).await?;
        let rows = sqlx::query(
            "SELECT CAST(trx_id AS UNSIGNED) AS id
             FROM information_schema.innodb_trx
             WHERE trx_state = 'RUNNING' AND trx_rows_locked > 0",
        )
        .fetch_all(&mut connection)
        .await?;
        connection.close().await?;
        rows.iter().map(|row| row.try_get::<u64, _>("id")).collect::<Result<BTreeSet<u64>, sqlx::Error>>()
    };
    timeout(ANSWER_LIMIT, asking).await.ok()?.ok()
}

/// A transaction that holds row locks and does not move.
pub async fn stuck_transaction(database: &ClusterMariaDb) -> Option<u64> {
    let before = locking(database).await?;
    sleep(STILL).await;
    let after = locking(database).await?;
    before.intersection(&after).next().copied()
}
