//! ⑧ Whether this gateway hears: once a second it says a word to itself over the bus. A bus that takes the
//! word and does not bring it back has forgotten this gateway, which then makes a new link by itself, and is
//! not ready until it hears again.

use crate::node::Node;
use metrics::{counter, gauge, histogram};
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::ids::{ConversationId, NodeId, Seq, UserId};
use shared::metrics as names;
use shared::topic::Topic;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often it speaks.
const EVERY: Duration = Duration::from_secs(1);

/// How long a word that the bus took may be on its way. Past it the link is given up: with the new one and the
/// comparing after it, what was missed is there within the five seconds that are promised.
const DEAF_AFTER: Duration = Duration::from_secs(3);

/// For how long nothing may be heard until the gateway says that it is not ready: a new link has had its time.
const RED_AFTER: Duration = Duration::from_secs(10);

/// How long one publishing may take.
const WITHIN: Duration = Duration::from_secs(2);

/// What the gateway knows of its own hearing.
pub struct Probe {
    me: NodeId,
    began: Instant,
    /// Never held over an await.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last word said, and when.
    said: Seq,
    /// Since when nothing was heard although the bus took what was said.
    waits_since: Option<Instant>,
    heard: Option<Instant>,
    /// Whether the bus took the last word.
    is_taken: bool,
    said_at: Option<Instant>,
}

/// What health makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// Nothing was heard yet: the gateway has just started, or the bus was never there.
    NotYet,
    /// It hears, or the bus takes nothing from anybody.
    Fine,
    /// The bus takes what this gateway says and brings nothing back.
    Deaf,
}

impl Probe {
    /// A gateway that has not spoken yet.
    #[must_use]
    pub fn new() -> Self {
        Self { me: NodeId::random(), began: Instant::now(), state: Mutex::default() }
    }

    /// The topic that the gateway speaks to itself on.
    #[must_use]
    pub fn topic(&self) -> Topic {
        Topic::Node(self.me)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change leaves it whole, so a panic elsewhere has torn nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A word of ours came over the bus.
    pub(crate) fn hear(&self, word: Seq) {
        let mut state = self.state();
        let now = Instant::now();
        state.heard = Some(now);
        // An older word shows as well that the link brings something: the silence begins anew.
        state.waits_since = state.waits_since.filter(|_| word != state.said).map(|_| now);
        if word == state.said
            && let Some(said_at) = state.said_at
        {
            histogram!(names::PUBSUB_LAG).record(now.duration_since(said_at));
        }
    }

    /// What is known now.
    #[must_use]
    pub fn hearing(&self) -> Hearing {
        let state = self.state();
        match (state.heard, state.waits_since) {
            (None, _) => Hearing::NotYet,
            (_, Some(since)) if state.is_taken && since.elapsed() >= RED_AFTER => Hearing::Deaf,
            _ => Hearing::Fine,
        }
    }

    /// How long ago a word of ours was heard last, or the gateway began.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.state().heard.unwrap_or(self.began).elapsed()
    }

    /// The next word, which is about to be said.
    fn next(&self) -> Seq {
        let mut state = self.state();
        state.said += 1;
        state.said_at = Some(Instant::now());
        state.said
    }

    /// The bus took the last word, or did not. Says whether the link is to be given up.
    fn said(&self, word: Seq, is_taken: bool) -> bool {
        let mut state = self.state();
        state.is_taken = is_taken;
        if !is_taken {
            // A bus that is away is everybody's trouble; its own link finds it again.
            state.waits_since = None;
            return false;
        }
        let now = Instant::now();
        let was_heard = state.heard.zip(state.said_at).is_some_and(|(heard, said)| heard >= said);
        if word == state.said && !was_heard && state.waits_since.is_none() {
            state.waits_since = Some(now);
        }
        let waited = state.waits_since.map_or(Duration::ZERO, |since| now.duration_since(since));
        waited >= DEAF_AFTER
    }
}

impl Default for Probe {
    fn default() -> Self {
        Self::new()
    }
}

/// Speaks and listens until the node stops.
pub async fn turn(node: Arc<Node>) {
    let mut turns = tokio::time::interval(EVERY);
    let mut listens = false;
    let mut given_up = Instant::now();
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            () = node.stop.cancelled() => return,
        }
        gauge!(names::PROBE_AGE).set(node.probe.age().as_secs_f64());
        if !listens {
            listens = node.topics.listen(vec![node.probe.topic()]).await.is_ok();
        }
        if !listens {
            continue;
        }
        let word = node.probe.next();
        let said = [(node.probe.topic(), word_to_oneself(&node, word))];
        let taken = tokio::time::timeout(WITHIN, node.bus.publish(&said)).await;
        let is_deaf = node.probe.said(word, matches!(taken, Ok(Ok(()))));
        if is_deaf && given_up.elapsed() >= DEAF_AFTER {
            counter!(names::PUBSUB_DEAF).increment(1);
            tracing::warn!("nothing is heard over a bus that takes what is said: the link is made anew");
            node.subscription.reset();
            given_up = Instant::now();
        }
    }
}

fn word_to_oneself(node: &Node, word: Seq) -> bytes::Bytes {
    let header = Header {
        kind: Kind::Control,
        change: Change::None,
        members_version: 0,
        seq: word,
        conversation_id: ConversationId(0),
        at: node.clock.now(),
        subject_id: UserId(0),
    };
    // The topic says what it is, and `seq` which one.
    Envelope { header, body: bytes::Bytes::new() }.encode()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bus_that_takes_words_and_brings_none_back_is_a_link_to_be_given_up() {
        let probe = Probe::new();
        assert_eq!(probe.hearing(), Hearing::NotYet);
        let first = probe.next();
        probe.hear(first);
        assert!(!probe.said(first, true));
        assert_eq!(probe.hearing(), Hearing::Fine);
        tokio::time::advance(EVERY).await;
        let mut given_up_after = 0;
        for second in 0..12 {
            let word = probe.next();
            if probe.said(word, true) && given_up_after == 0 {
                given_up_after = second;
            }
            tokio::time::advance(EVERY).await;
        }
        assert_eq!(given_up_after, 3);
        assert_eq!(probe.hearing(), Hearing::Deaf);
        let word = probe.next();
        probe.said(word, true);
        probe.hear(word);
        assert_eq!(probe.hearing(), Hearing::Fine);
    }

    /// A bus under load, or a worker with a long queue, brings each word when the next one is on its way already.
    #[tokio::test(start_paused = true)]
    async fn a_gateway_that_hears_itself_late_is_not_deaf() {
        let probe = Probe::new();
        let mut before = probe.next();
        assert!(!probe.said(before, true));
        for _ in 0..20 {
            tokio::time::advance(EVERY).await;
            let word = probe.next();
            assert!(!probe.said(word, true), "a link that brings something is kept");
            probe.hear(before);
            assert_eq!(probe.hearing(), Hearing::Fine);
            before = word;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_bus_that_takes_nothing_is_nobodys_own_fault() {
        let probe = Probe::new();
        let first = probe.next();
        probe.hear(first);
        for _ in 0..20 {
            let word = probe.next();
            assert!(!probe.said(word, false));
            tokio::time::advance(EVERY).await;
        }
        assert_eq!(probe.hearing(), Hearing::Fine);
    }
}
