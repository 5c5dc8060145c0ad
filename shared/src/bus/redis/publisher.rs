//! What publishes: one queue and one link for all of a node. Batches are queued in the order of the calls; what
//! queued while Redis took the last ones is written in one go. So a topic's order is the callers', and under load
//! one write serves many of them; without it nothing waits.

use super::GRACE;
use crate::bus::PublishFailed;
use crate::metrics as names;
use crate::redis::{Backoff, Redis, Wire};
use crate::topic::Topic;
use ::redis::{Pipeline, RedisResult};
use bytes::Bytes;
use metrics::gauge;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a batch may take, with its wait in the queue.
const LIMIT: Duration = Duration::from_secs(2);

/// Batches that wait. One that finds as many fails at once.
const QUEUE: usize = 4096;

/// A write holds no more envelopes than this, and one batch more; so that its answer comes in time.
const MOST: usize = 1024;

pub(super) struct Publisher {
    queue: mpsc::Sender<Batch>,
}

struct Batch {
    envelopes: Vec<(Topic, Bytes)>,
    /// Gets the places that failed. Gone when the caller is: then nothing is published for them any more.
    done: oneshot::Sender<Vec<usize>>,
}

impl Publisher {
    pub(super) fn start(redis: Redis, tasks: &TaskTracker, stop: &CancellationToken) -> Self {
        let (queue, batches) = mpsc::channel(QUEUE);
        let (set, links) = watch::channel(Link::Down { since: Instant::now() });
        let stop = stop.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = keep(redis, set) => {}
                () = write(batches, links) => {}
                () = stop.cancelled() => {}
            }
        });
        Self { queue }
    }

    pub(super) async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        if batch.is_empty() {
            return Ok(());
        }
        let (done, failed) = oneshot::channel();
        // Queued before anything is waited for: this is what keeps the order of the calls.
        let queued = self.queue.try_send(Batch { envelopes: batch.to_vec(), done });
        let answer = match queued {
            Ok(()) => timeout(LIMIT, failed).await.ok().and_then(Result::ok),
            Err(_) => None,
        };
        match answer {
            Some(failed) if failed.is_empty() => Ok(()),
            Some(failed) => Err(PublishFailed { failed }),
            None => Err(PublishFailed { failed: (0..batch.len()).collect() }),
        }
    }
}

#[derive(Clone)]
enum Link {
    Down { since: Instant },
    Up(Arc<Wire>),
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

/// Writes what is queued, one write after the other, until nobody can queue any more.
async fn write(mut batches: mpsc::Receiver<Batch>, mut links: watch::Receiver<Link>) {
    while let Some(first) = batches.recv().await {
        let mut taken = vec![first];
        let mut size = taken[0].envelopes.len();
        while size < MOST
            && let Ok(batch) = batches.try_recv()
        {
            size += batch.envelopes.len();
            taken.push(batch);
        }
        let wire = link(&mut links).await;
        taken.retain(|batch| !batch.done.is_closed());
        // Dropped, a batch tells its caller that all of it failed.
        let Some(wire) = wire else { continue };
        if let Some(answers) = take(&wire, &taken).await {
            tell(taken, &answers);
        }
    }
}

/// The link, as soon as it is there, if it was not away for longer than [`GRACE`].
async fn link(links: &mut watch::Receiver<Link>) -> Option<Arc<Wire>> {
    loop {
        let until = match &*links.borrow_and_update() {
            Link::Up(wire) if !wire.is_lost() => return Some(wire.clone()),
            Link::Up(_) => Instant::now() + GRACE,
            Link::Down { since } => *since + GRACE,
        };
        timeout_at(until, links.changed()).await.ok()?.ok()?;
    }
}

/// Redis' answer to each envelope; `None` when the link broke or was silent for too long.
async fn take(wire: &Wire, batches: &[Batch]) -> Option<Vec<RedisResult<i64>>> {
    let mut commands = Pipeline::new();
    // One that is refused says nothing about its neighbours.
    commands.ignore_errors();
    for (topic, bytes) in batches.iter().flat_map(|batch| &batch.envelopes) {
        commands.cmd("PUBLISH").arg(topic.to_string()).arg(bytes.as_ref());
    }
    if commands.is_empty() {
        return Some(Vec::new());
    }
    wire.query(&commands).await.ok()
}

fn tell(batches: Vec<Batch>, answers: &[RedisResult<i64>]) {
    let mut first = 0;
    for batch in batches {
        let is_refused = |nth: &usize| !matches!(answers.get(first + nth), Some(Ok(_)));
        let failed = (0..batch.envelopes.len()).filter(is_refused).collect();
        first += batch.envelopes.len();
        // Who asked may have given up waiting.
        let _ = batch.done.send(failed);
    }
}
