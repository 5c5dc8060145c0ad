//! A bus that does on purpose what a bus may do: lose, repeat, hold back, tear. It stands around a good one.

use super::gate::Gate;
use async_trait::async_trait;
use bytes::Bytes;
use shared::bus::{
    Bus, BusAway, Deliveries, Delivery, DeliveryQueue, PublishFailed, Subscriber, Subscription,
};
use shared::envelope::{Envelope, Header, Kind};
use shared::ids::Seq;
use shared::topic::Topic;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A worker's queue here: small, so that a gap is made by pushing what cannot fit.
const QUEUE_BYTES: usize = 4 * 1024 * 1024;

/// What becomes of a publication that a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Lost,
    Repeated,
    /// Kept until [`TestBus::let_go`].
    HeldBack,
    /// Published as a newer release might: with a version, flags and a field that nobody here knows.
    Newer,
}

type Matches = Box<dyn Fn(Topic, &Header) -> bool + Send + Sync>;

/// The bus.
pub struct TestBus {
    inner: Arc<dyn Bus>,
    rules: Mutex<Vec<(Fate, Matches)>>,
    held: Mutex<Vec<(Topic, Bytes)>>,
    /// All that was ever published, lost or not.
    log: Mutex<Vec<(Topic, Bytes)>>,
    links: Mutex<Vec<DeliveryQueue>>,
    listened: Arc<Mutex<BTreeSet<Topic>>>,
    is_away: Arc<AtomicBool>,
    resets: Arc<AtomicUsize>,
    /// What subscriptions pass through.
    pub subscribing: Arc<Gate>,
}

/// Names the entry of a group or user at this place, for a rule.
pub fn seq(topic: Topic, seq: Seq) -> impl Fn(Topic, &Header) -> bool + Send + Sync + 'static {
    move |to, header| to == topic && header.kind == Kind::Entry && header.seq == seq
}

impl TestBus {
    pub fn around(inner: Arc<dyn Bus>) -> Self {
        Self {
            inner,
            rules: Mutex::default(),
            held: Mutex::default(),
            log: Mutex::default(),
            links: Mutex::default(),
            listened: Arc::default(),
            is_away: Arc::default(),
            resets: Arc::default(),
            subscribing: Arc::default(),
        }
    }

    /// From now on, publications like this meet that fate; the first rule that matches counts.
    pub fn let_be(&self, fate: Fate, matches: impl Fn(Topic, &Header) -> bool + Send + Sync + 'static) {
        self.rules.lock().unwrap().push((fate, Box::new(matches)));
    }

    pub fn lose(&self, matches: impl Fn(Topic, &Header) -> bool + Send + Sync + 'static) {
        self.let_be(Fate::Lost, matches);
    }

    pub fn hold_back(&self, matches: impl Fn(Topic, &Header) -> bool + Send + Sync + 'static) {
        self.let_be(Fate::HeldBack, matches);
    }

    /// Does no harm any more.
    pub fn heal(&self) {
        self.rules.lock().unwrap().clear();
    }

    /// Publishes what was held back, and holds nothing back any more.
    pub async fn let_go(&self) {
        self.heal();
        let held = std::mem::take(&mut *self.held.lock().unwrap());
        assert!(!held.is_empty(), "something was held back");
        self.inner.publish(&held).await.unwrap();
    }

    /// Publishes an entry of a topic once more, as it was.
    pub async fn again(&self, topic: Topic, seq: Seq) {
        let is_it = |bytes: &Bytes| {
            let header = Envelope::decode(bytes).unwrap().header;
            header.kind == Kind::Entry && header.seq == seq
        };
        let found = self.log.lock().unwrap().iter().find(|(to, bytes)| *to == topic && is_it(bytes)).cloned();
        self.inner.publish(&[found.expect("it was published before")]).await.unwrap();
    }

    /// The link of every gateway was lost and is back.
    pub fn tear(&self) {
        self.links.lock().unwrap().iter().for_each(DeliveryQueue::reconnected);
    }

    /// Declares this topic gapped on every gateway.
    pub fn gap(&self, topic: Topic) {
        let too_much = Bytes::from(vec![0; QUEUE_BYTES]);
        // Whichever worker takes it, it is about the topic.
        self.links.lock().unwrap().iter().for_each(|link| link.push(topic, &too_much));
    }

    /// While it is away, no topic can be subscribed to.
    pub fn be_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    /// What the gateways listen to, beside themselves.
    pub fn listened(&self) -> BTreeSet<Topic> {
        let listened = self.listened.lock().unwrap();
        listened.iter().copied().filter(|topic| !matches!(topic, Topic::Node(_))).collect()
    }

    /// How often a gateway gave its link up.
    pub fn resets(&self) -> usize {
        self.resets.load(Ordering::SeqCst)
    }

    fn fates(&self, topic: Topic, bytes: &Bytes) -> Option<Fate> {
        let header = Envelope::decode(bytes).ok()?.header;
        self.rules.lock().unwrap().iter().find(|(_, matches)| matches(topic, &header)).map(|(fate, _)| *fate)
    }
}

#[async_trait]
impl Bus for TestBus {
    async fn publish(&self, batch: &[(Topic, Bytes)]) -> Result<(), PublishFailed> {
        let mut out = Vec::new();
        for one in batch {
            self.log.lock().unwrap().push(one.clone());
            match self.fates(one.0, &one.1) {
                None => out.push(one.clone()),
                Some(Fate::Repeated) => out.extend([one.clone(), one.clone()]),
                Some(Fate::HeldBack) => self.held.lock().unwrap().push(one.clone()),
                Some(Fate::Lost) => {}
                Some(Fate::Newer) => out.push((one.0, newer(&one.1))),
            }
        }
        self.inner.publish(&out).await
    }

    fn open(&self, workers: usize, queue_bytes: usize) -> Subscriber {
        let Subscriber { subscription, deliveries } = self.inner.open(workers, queue_bytes);
        let deliveries = deliveries.into_iter().map(|from| {
            let (queue, deliveries) = DeliveryQueue::new(QUEUE_BYTES);
            self.links.lock().unwrap().push(queue.clone());
            tokio::spawn(forward(from, queue));
            deliveries
        });
        let (listened, is_away, subscribing) =
            (self.listened.clone(), self.is_away.clone(), self.subscribing.clone());
        let resets = self.resets.clone();
        let link = Link { inner: subscription, listened, is_away, resets, subscribing };
        Subscriber { subscription: Arc::new(link), deliveries: deliveries.collect() }
    }
}

fn newer(bytes: &Bytes) -> Bytes {
    let known = usize::from(bytes[3]);
    let (mut header, mut body) = (bytes[..known].to_vec(), bytes[known..].to_vec());
    header.extend([0xff; 8]);
    (header[0], header[2], header[3]) = (header[0] + 1, header[2] | 0x80, header[3] + 8);
    if let Some(b'}') = body.pop() {
        body.extend(br#","a_field_of_the_next_release":{"deep":[1,null]}}"#);
    }
    [header, body].concat().into()
}

async fn forward(mut from: Deliveries, to: DeliveryQueue) {
    while let Some(delivery) = from.next().await {
        match delivery {
            Delivery::Envelope(topic, bytes) => to.push(topic, &bytes),
            Delivery::Gap(topic) => panic!("{topic} overflowed inside the good bus"),
            Delivery::Reconnected => to.reconnected(),
        }
    }
    to.close();
}

/// One gateway's subscription.
struct Link {
    inner: Arc<dyn Subscription>,
    listened: Arc<Mutex<BTreeSet<Topic>>>,
    is_away: Arc<AtomicBool>,
    resets: Arc<AtomicUsize>,
    subscribing: Arc<Gate>,
}

#[async_trait]
impl Subscription for Link {
    async fn subscribe(&self, topics: &[Topic]) -> Result<(), BusAway> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(BusAway);
        }
        self.listened.lock().unwrap().extend(topics);
        self.inner.subscribe(topics).await?;
        let number = self.subscribing.enter().ok_or(BusAway)?;
        self.subscribing.pass(number).await;
        Ok(())
    }

    async fn unsubscribe(&self, topics: &[Topic]) -> Result<(), BusAway> {
        self.listened.lock().unwrap().retain(|topic| !topics.contains(topic));
        self.inner.unsubscribe(topics).await
    }

    fn reset(&self) {
        self.resets.fetch_add(1, Ordering::SeqCst);
    }
}
