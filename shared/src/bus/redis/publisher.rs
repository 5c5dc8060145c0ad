//! What publishes: one link for all of a node, so that one order holds for each topic, and any number of callers
//! share a write. One link is enough: a batch of 256 costs Redis more than it costs us.

use super::GRACE;
use crate::bus::PublishFailed;
use crate::metrics as names;
use crate::redis::{Backoff, Redis, Wire};
use crate::topic::Topic;
use ::redis::RedisResult;
use bytes::Bytes;
use metrics::gauge;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a batch may take, with the wait for a link.
const LIMIT: Duration = Duration::from_secs(2);

pub(super) struct Publisher {
    links: watch::Receiver<Link>,
}

#[derive(Clone)]
enum Link {
    Down { since: Instant },
    Up(Arc<Wire>),
}

impl Publisher {
    pub(super) fn start(redis: Redis, tasks: &TaskTracker, stop: &CancellationToken) -> Self {
        let (set, links) = watch::channel(Link::Down { since: Instant::now() });
        let stop = stop.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = keep(redis, set) => {}
                () = stop.cancelled() => {}
            }
        });
        Self { links }
    }

    pub(super) async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        if batch.is_empty() {
            return Ok(());
        }
        let taken = timeout(LIMIT, self.take(batch)).await.ok().flatten();
        let failed: Vec<usize> = match taken {
            Some(answers) => {
                let refused = |nth: &usize| !matches!(answers.get(*nth), Some(Ok(_)));
                (0..batch.len()).filter(refused).collect()
            }
            None => (0..batch.len()).collect(),
        };
        if failed.is_empty() { Ok(()) } else { Err(PublishFailed { failed }) }
    }

    /// Redis' answer to each; `None` when the link broke or there is none.
    async fn take(&self, batch: &[(Topic, Bytes)]) -> Option<Vec<RedisResult<i64>>> {
        let mut commands = ::redis::Pipeline::with_capacity(batch.len());
        // One that is refused says nothing about its neighbours.
        commands.ignore_errors();
        for (topic, bytes) in batch {
            commands.cmd("PUBLISH").arg(topic.to_string()).arg(bytes.as_ref());
        }
        self.link().await?.query(&commands).await.ok()
    }

    /// The link, as soon as it is there, if it was not away for longer than [`GRACE`].
    async fn link(&self) -> Option<Arc<Wire>> {
        let mut links = self.links.clone();
        loop {
            let until = match &*links.borrow_and_update() {
                Link::Up(wire) => return Some(wire.clone()),
                Link::Down { since } => *since + GRACE,
            };
            timeout_at(until, links.changed()).await.ok()?.ok()?;
        }
    }
}

/// Connects, watches, and connects again.
async fn keep(redis: Redis, links: watch::Sender<Link>) {
    let mut backoff = Backoff::default();
    let up = gauge!(names::REDIS_UP, "link" => "publisher");
    loop {
        up.set(0.0);
        let wire = Arc::new(redis.connect_for_ever(&mut backoff, "publisher", |_, _| {}).await);
        up.set(1.0);
        links.send_replace(Link::Up(wire.clone()));
        wire.watch().await;
        links.send_replace(Link::Down { since: Instant::now() });
    }
}
