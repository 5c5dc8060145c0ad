//! The callers' side of a node's subscription: orders for the task that owns the link, and a limit on each wait.

use super::queues::Queues;
use super::subscriber::Task;
use crate::bus::{BusAway, DeliveryQueue, Subscription};
use crate::redis::Redis;
use crate::topic::Topic;
use async_trait::async_trait;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a caller waits; the bound for a queue of orders that each take long.
const LIMIT: Duration = Duration::from_secs(5);

/// Orders that wait. Whoever comes when there are as many waits for room, within [`LIMIT`].
const ORDERS: usize = 64;

/// What the owner of the link is told.
pub(super) enum Order {
    Listen(Vec<Topic>, Confirm),
    Unlisten(Vec<Topic>, Confirm),
    Reset,
}

pub(super) type Confirm = oneshot::Sender<Result<(), BusAway>>;

/// A node's subscription. Dropped, it ends the deliveries at once, and then the task.
pub(super) struct RedisSubscription {
    orders: mpsc::Sender<Order>,
    queues: Queues,
    over: CancellationToken,
}

impl RedisSubscription {
    pub(super) fn start(
        redis: Redis,
        queues: Vec<DeliveryQueue>,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Self {
        let (orders, queue) = mpsc::channel(ORDERS);
        let over = stop.child_token();
        let queues = Queues::new(queues);
        tasks.spawn(Task::new(redis, queues.clone(), queue).run(over.clone()));
        Self { orders, queues, over }
    }

    async fn order(&self, order: impl FnOnce(Confirm) -> Order) -> Result<(), BusAway> {
        let (confirm, confirmed) = oneshot::channel();
        let obeyed = async {
            self.orders.send(order(confirm)).await.map_err(|_| BusAway)?;
            confirmed.await.map_err(|_| BusAway)?
        };
        timeout(LIMIT, obeyed).await.unwrap_or(Err(BusAway))
    }
}

#[async_trait]
impl Subscription for RedisSubscription {
    async fn subscribe(&self, topics: &[Topic]) -> Result<(), BusAway> {
        self.order(|confirm| Order::Listen(topics.to_vec(), confirm)).await
    }

    async fn unsubscribe(&self, topics: &[Topic]) -> Result<(), BusAway> {
        self.order(|confirm| Order::Unlisten(topics.to_vec(), confirm)).await
    }

    fn reset(&self) {
        // With so many orders waiting the link is busy or being replaced; who misses it asks again.
        let _ = self.orders.try_send(Order::Reset);
    }
}

impl Drop for RedisSubscription {
    fn drop(&mut self) {
        self.queues.close();
        self.over.cancel();
    }
}
