//! The owner of a node's subscriber link: it alone knows which topics are wanted, subscribes, and brings the link
//! back. A topic is confirmed only by Redis, on the link that lives; after a loss the workers are told only when
//! everything wanted has been confirmed again.

use super::GRACE;
use super::queues::Queues;
use super::subscription::{Confirm, Order};
use crate::bus::BusAway;
use crate::metrics as names;
use crate::redis::{Backoff, Redis, Wire};
use crate::topic::Topic;
use ::redis::RedisResult;
use metrics::{counter, gauge};
use std::collections::HashSet;
use std::pin::pin;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Topics in one SUBSCRIBE.
const BATCH: usize = 512;

pub(super) struct Task {
    redis: Redis,
    queues: Queues,
    orders: mpsc::Receiver<Order>,
    wanted: HashSet<Topic>,
    /// Who waits for topics that the next link subscribes to with all others.
    waiting: Vec<Confirm>,
    /// Something may have been missed, so the workers are to be told once the link is there.
    is_gapped: bool,
}

impl Task {
    pub(super) fn new(redis: Redis, queues: Queues, orders: mpsc::Receiver<Order>) -> Self {
        Self { redis, queues, orders, wanted: HashSet::new(), waiting: Vec::new(), is_gapped: false }
    }

    /// Runs until `over`. However it ends, the workers' queues end with it.
    pub(super) async fn run(mut self, over: CancellationToken) {
        let _closing = self.queues.closing();
        tokio::select! {
            () = over.cancelled() => {}
            () = self.keep() => {}
        }
    }

    async fn keep(&mut self) {
        let mut backoff = Backoff::default();
        let up = gauge!(names::REDIS_UP, "link" => "subscriber");
        loop {
            up.set(0.0);
            let wire = self.bring_up(&mut backoff).await;
            up.set(1.0);
            self.serve(&wire).await;
            self.is_gapped = true;
            wire.cut();
            warn!("the link that hears the bus is lost");
        }
    }

    /// Connects until it stands, with everything wanted confirmed. Meanwhile orders are taken: who comes within
    /// [`GRACE`] is confirmed with the rest, who comes later is refused at once.
    async fn bring_up(&mut self, backoff: &mut Backoff) -> Wire {
        let grace = Instant::now() + GRACE;
        loop {
            let wire = self.connect(backoff, grace).await;
            if let Err(error) = self.subscribe_all(&wire).await {
                warn!(%error, "subscribing again failed");
                continue;
            }
            if std::mem::take(&mut self.is_gapped) {
                counter!(names::RESUBSCRIBES).increment(1);
                info!(topics = self.wanted.len(), "the link that hears the bus is back");
                self.queues.reconnected();
            }
            self.waiting.drain(..).for_each(|confirm| answer(confirm, Ok(())));
            return wire;
        }
    }

    async fn connect(&mut self, backoff: &mut Backoff, grace: Instant) -> Wire {
        let (redis, queues) = (self.redis.clone(), self.queues.clone());
        let arrived = move |channel: &[u8], payload| queues.arrived(channel, payload);
        let mut connecting = pin!(redis.connect_for_ever(backoff, "subscriber", arrived));
        loop {
            tokio::select! {
                wire = &mut connecting => return wire,
                Some(order) = self.orders.recv() => self.note(order),
                () = sleep_until(grace), if !self.waiting.is_empty() => self.refuse_waiting(),
            }
        }
    }

    /// An order without a link.
    fn note(&mut self, order: Order) {
        match order {
            Order::Listen(topics, confirm) => {
                self.wanted.extend(topics);
                self.waiting.push(confirm);
            }
            // True already: no link hears them, and none will.
            Order::Unlisten(topics, confirm) => {
                for topic in topics {
                    self.wanted.remove(&topic);
                }
                answer(confirm, Ok(()));
            }
            Order::Reset => {}
        }
    }

    /// They stay wanted, so the link that comes hears them; and then says that it was not there before.
    fn refuse_waiting(&mut self) {
        self.is_gapped = true;
        self.waiting.drain(..).for_each(|confirm| answer(confirm, Err(BusAway)));
    }

    async fn subscribe_all(&self, wire: &Wire) -> RedisResult<()> {
        let wanted: Vec<Topic> = self.wanted.iter().copied().collect();
        for batch in wanted.chunks(BATCH) {
            wire.subscribe(&channels(batch)).await?;
        }
        Ok(())
    }

    /// Obeys until the link is lost.
    async fn serve(&mut self, wire: &Wire) {
        let mut watching = pin!(wire.watch());
        loop {
            let stands = tokio::select! {
                () = &mut watching => false,
                Some(order) = self.orders.recv() => match order {
                    Order::Listen(topics, confirm) => self.listen(wire, &topics, confirm).await,
                    Order::Unlisten(topics, confirm) => self.unlisten(wire, &topics, confirm).await,
                    Order::Reset => false,
                },
            };
            if !stands {
                return;
            }
        }
    }

    /// Whether the link still stands. When it does not, who waits is confirmed by the next one.
    async fn listen(&mut self, wire: &Wire, topics: &[Topic], confirm: Confirm) -> bool {
        let new: Vec<Topic> = topics.iter().copied().filter(|topic| self.wanted.insert(*topic)).collect();
        for batch in new.chunks(BATCH) {
            if wire.subscribe(&channels(batch)).await.is_err() {
                self.waiting.push(confirm);
                return false;
            }
        }
        answer(confirm, Ok(()));
        true
    }

    async fn unlisten(&mut self, wire: &Wire, topics: &[Topic], confirm: Confirm) -> bool {
        let old: Vec<Topic> = topics.iter().copied().filter(|topic| self.wanted.remove(topic)).collect();
        for batch in old.chunks(BATCH) {
            if wire.unsubscribe(&channels(batch)).await.is_err() {
                answer(confirm, Err(BusAway));
                return false;
            }
        }
        answer(confirm, Ok(()));
        true
    }
}

fn channels(topics: &[Topic]) -> Vec<String> {
    topics.iter().map(Topic::to_string).collect()
}

fn answer(confirm: Confirm, result: Result<(), BusAway>) {
    // Who asked may have given up waiting.
    let _ = confirm.send(result);
}
