//! Which topics this gateway listens to, and for how many. One task does all the subscribing, in batches, so
//! that a topic's SUBSCRIBE and UNSUBSCRIBE never overtake each other; a topic is kept a few seconds after the
//! last listener, since most come back.

use super::Hub;
use metrics::gauge;
use shared::bus::{BusAway, Subscription};
use shared::metrics as names;
use shared::topic::Topic;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How many orders wait; whoever comes then waits as well.
const QUEUE: usize = 4096;

/// How many topics one SUBSCRIBE names at most.
const BATCH: usize = 512;

/// How long a topic is kept without listeners.
const KEPT: Duration = Duration::from_secs(5);

enum Order {
    Listen(Vec<Topic>, oneshot::Sender<()>),
    Unlisten(Vec<Topic>),
}

/// The way to the task.
pub struct Topics {
    orders: mpsc::Sender<Order>,
}

#[derive(Default)]
struct Listened {
    listeners: usize,
    confirmed: bool,
    idle_since: Option<Instant>,
}

struct Task {
    hub: Arc<Hub>,
    subscription: Arc<dyn Subscription>,
    topics: HashMap<Topic, Listened>,
}

impl Topics {
    /// The way, and the task to be run.
    pub fn new(
        hub: Arc<Hub>,
        subscription: Arc<dyn Subscription>,
        stop: CancellationToken,
    ) -> (Self, impl Future<Output = ()>) {
        let (orders, queue) = mpsc::channel(QUEUE);
        let task = Task { hub, subscription, topics: HashMap::new() };
        (Self { orders }, task.run(queue, stop))
    }

    /// Listens once more to these topics, and returns when all of them are subscribed.
    ///
    /// # Errors
    /// [`BusAway`] when the bus does not confirm; the topics count as listened to all the same, and are to be
    /// given back with [`Self::unlisten`].
    pub async fn listen(&self, topics: Vec<Topic>) -> Result<(), BusAway> {
        let (confirm, confirmed) = oneshot::channel();
        self.orders.send(Order::Listen(topics, confirm)).await.map_err(|_| BusAway)?;
        confirmed.await.map_err(|_| BusAway)
    }

    /// Listens once less.
    pub async fn unlisten(&self, topics: Vec<Topic>) {
        if !topics.is_empty() {
            // The task ends with the node, and with it the subscription.
            let _ = self.orders.send(Order::Unlisten(topics)).await;
        }
    }
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Order>, stop: CancellationToken) {
        let mut sweeps = tokio::time::interval(Duration::from_secs(1));
        let mut orders = Vec::new();
        loop {
            tokio::select! {
                taken = queue.recv_many(&mut orders, BATCH) => {
                    if taken == 0 { return }
                    self.obey(std::mem::take(&mut orders)).await;
                }
                _ = sweeps.tick() => self.sweep().await,
                () = stop.cancelled() => return,
            }
        }
    }

    async fn obey(&mut self, orders: Vec<Order>) {
        let mut waiting = Vec::new();
        for order in orders {
            match order {
                Order::Listen(topics, confirm) => {
                    self.count_in(&topics);
                    waiting.push((topics, confirm));
                }
                Order::Unlisten(topics) => self.count_out(&topics),
            }
        }
        let wanted = waiting.iter().flat_map(|(topics, _)| topics).copied();
        let mut wanted: Vec<Topic> = wanted.filter(|topic| !self.topics[topic].confirmed).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for batch in wanted.chunks(BATCH) {
            if self.subscription.subscribe(batch).await.is_ok() {
                batch.iter().for_each(|topic| self.topics.entry(*topic).or_default().confirmed = true);
            }
        }
        for (topics, confirm) in waiting {
            if topics.iter().all(|topic| self.topics[topic].confirmed) {
                // Who asked may have gone; their detach gives the topics back.
                let _ = confirm.send(());
            }
        }
        gauge!(names::HUB_TOPICS).set(self.topics.len() as f64);
    }

    fn count_in(&mut self, topics: &[Topic]) {
        for topic in topics {
            let listened = self.topics.entry(*topic).or_default();
            listened.listeners += 1;
            listened.idle_since = None;
            self.hub.open(*topic);
        }
    }

    fn count_out(&mut self, topics: &[Topic]) {
        for topic in topics {
            let Some(listened) = self.topics.get_mut(topic) else { continue };
            listened.listeners = listened.listeners.saturating_sub(1);
            if listened.listeners == 0 {
                listened.idle_since = Some(Instant::now());
            }
        }
    }

    async fn sweep(&mut self) {
        let is_over = |listened: &Listened| listened.idle_since.is_some_and(|since| since.elapsed() >= KEPT);
        let over: Vec<Topic> =
            self.topics.iter().filter(|(_, l)| is_over(l)).map(|(topic, _)| *topic).collect();
        if over.is_empty() {
            return;
        }
        for batch in over.chunks(BATCH) {
            // A bus that is away forgets the subscription with the link.
            let _ = self.subscription.unsubscribe(batch).await;
            for topic in batch {
                self.topics.remove(topic);
                self.hub.forget(*topic);
            }
        }
        gauge!(names::HUB_TOPICS).set(self.topics.len() as f64);
    }
}
