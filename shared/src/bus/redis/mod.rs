//! The bus of a cluster, over Redis pub/sub. A node has two links: one that publishes, and one for each
//! subscription. Both are brought back for ever when they are lost, and neither ever makes a caller wait for
//! longer than its limit. A lost subscriber is a gap, and is told as one; a lost publisher fails what it had in
//! flight, and the database knows the rest.

mod publisher;
mod queues;
mod subscriber;
mod subscription;

use self::publisher::Publisher;
use self::subscription::RedisSubscription;
use super::{Bus, DeliveryQueue, PublishFailed, Subscriber};
use crate::redis::Redis;
use crate::topic::Topic;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long after its loss a link is still waited for. A Redis that restarts is not noticed by who publishes or
/// subscribes; one that stays away refuses at once.
const GRACE: Duration = Duration::from_secs(1);

/// The way between the nodes that use the same Redis.
pub struct RedisBus {
    redis: Redis,
    publisher: Publisher,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl RedisBus {
    /// Connects in the background, for ever, until `stop`; its tasks are among `tasks`.
    #[must_use]
    pub fn new(redis: Redis, tasks: &TaskTracker, stop: &CancellationToken) -> Arc<Self> {
        let publisher = Publisher::start(redis.clone(), tasks, stop);
        Arc::new(Self { redis, publisher, tasks: tasks.clone(), stop: stop.clone() })
    }
}

#[async_trait]
impl Bus for RedisBus {
    /// Never longer than 2 s, and at once while Redis has been away for longer than a second. What a link had
    /// not confirmed when it was lost counts as failed, and may have been taken all the same.
    async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        self.publisher.publish(batch).await
    }

    fn open(&self, workers: usize, queue_bytes: usize) -> Subscriber {
        let (queues, deliveries): (Vec<_>, _) =
            (0..workers.max(1)).map(|_| DeliveryQueue::new(queue_bytes)).unzip();
        let subscription = RedisSubscription::start(self.redis.clone(), queues, &self.tasks, &self.stop);
        Subscriber { subscription: Arc::new(subscription), deliveries }
    }

    async fn answers(&self) -> bool {
        self.redis.answers().await
    }
}
