//! After an `ack`: whoever sent a message listens to the topic that it goes to, so the entry must come over the
//! bus to this gateway too. If it does not in two seconds, an api stored it that cannot publish, and nobody may
//! know: then this gateway compares the topic with the database, and has everybody else told.

use crate::hub::recovery;
use crate::node::Node;
use metrics::counter;
use shared::door::Stored;
use shared::draft::{Draft, Target};
use shared::ids::{ConversationId, Seq, UserId};
use shared::metrics as names;
use shared::topic::Topic;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long an entry may be on its way.
const WITHIN: Duration = Duration::from_secs(2);

/// How often it is looked which are late.
const LOOK: Duration = Duration::from_millis(500);

/// How many are waited for at most; past it the newest are not, which the next one of their topic makes good.
const MOST: usize = 65_536;

/// Entries that are to be heard.
#[derive(Default)]
pub struct Echoes {
    /// Never held over an await; no other lock is taken under it.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// In order of time.
    waited_for: VecDeque<Echo>,
    /// How far direct conversations were heard, on the topic of somebody here who wrote. A group's hub knows
    /// that by itself.
    heard: HashMap<(UserId, ConversationId), (Seq, Instant)>,
}

struct Echo {
    sender: UserId,
    target: Target,
    conversation_id: ConversationId,
    seq: Seq,
    late_at: Instant,
}

impl Echoes {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change leaves it whole, so a panic elsewhere has torn nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This draft was acknowledged: its entry is to be heard.
    pub(crate) fn expect(&self, draft: &Draft, stored: &Stored) {
        let mut state = self.state();
        if state.waited_for.len() < MOST {
            state.waited_for.push_back(Echo {
                sender: draft.sender_id,
                target: draft.target,
                conversation_id: stored.conversation_id,
                seq: stored.seq,
                late_at: Instant::now() + WITHIN,
            });
        }
    }

    /// A direct entry came over the bus on the topic of whoever wrote it.
    pub(crate) fn hear(&self, sender: UserId, conversation_id: ConversationId, seq: Seq) {
        let mut state = self.state();
        let heard = state.heard.entry((sender, conversation_id)).or_insert((seq, Instant::now()));
        *heard = (heard.0.max(seq), Instant::now());
    }

    /// Those whose time is over, with whether a direct one was heard.
    fn due(&self) -> Vec<(Echo, bool)> {
        let now = Instant::now();
        let mut state = self.state();
        let mut due = Vec::new();
        while state.waited_for.front().is_some_and(|echo| echo.late_at <= now) {
            let Some(echo) = state.waited_for.pop_front() else { break };
            let heard = state.heard.get(&(echo.sender, echo.conversation_id));
            let is_heard = heard.is_some_and(|(seq, _)| *seq >= echo.seq);
            due.push((echo, is_heard));
        }
        state.heard.retain(|_, (_, at)| now.duration_since(*at) < 2 * WITHIN);
        due
    }
}

/// Looks which entries are late until the node stops.
pub async fn turn(node: Arc<Node>) {
    let mut looks = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = node.stop.cancelled() => return,
        }
        let mut missed = Vec::new();
        for (echo, is_heard) in node.echoes.due() {
            let (topic, is_late) = match echo.target {
                Target::Group(group) => (Topic::Group(group), node.hub.lags(group, echo.seq)),
                Target::User(_) => (Topic::User(echo.sender), !is_heard),
            };
            if is_late {
                missed.push((topic, echo.conversation_id, echo.seq));
            }
        }
        if !missed.is_empty() {
            counter!(names::ECHO_MISSES).increment(missed.len() as u64);
            tracing::warn!(entries = missed.len(), "acknowledged entries did not come over the bus");
            compare(&node, &missed);
            announce(&node, &missed);
        }
    }
}

/// Looks at the database for those who are here.
fn compare(node: &Arc<Node>, missed: &[(Topic, ConversationId, Seq)]) {
    let mut newest = HashMap::new();
    for (topic, _, seq) in missed {
        let known = newest.entry(*topic).or_insert(*seq);
        *known = (*known).max(*seq);
    }
    for (topic, seq) in newest {
        match topic {
            Topic::Group(group) => {
                let need = node.hub.with_group(group, |group| group.head(seq));
                recovery::meet(node, need);
            }
            _ => recovery::recover_topic(node, topic),
        }
    }
}

/// Has everybody else told: the api that stored it may have died before it could publish, and then no other
/// gateway will miss anything.
fn announce(node: &Arc<Node>, missed: &[(Topic, ConversationId, Seq)]) {
    let conversations: HashSet<ConversationId> = missed.iter().map(|(_, id, _)| *id).collect();
    let asking = node.clone();
    node.tasks.spawn(async move {
        let asked = asking.api.announce(conversations.into_iter().collect());
        if !matches!(tokio::time::timeout(crate::api::WITHIN, asked).await, Ok(Ok(()))) {
            tracing::warn!("no api could be told to announce them; clients find them by their sums");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::draft::MessageType;
    use shared::ids::MessageId;
    use shared::time::Timestamp;

    fn draft() -> Draft {
        Draft {
            sender_id: UserId(1),
            target: Target::User(UserId(2)),
            content: "hi".to_owned(),
            message_type: MessageType::Text,
            client_message_id: uuid::Uuid::nil(),
        }
    }

    fn stored(seq: Seq) -> Stored {
        let conversation_id = ConversationId(7);
        Stored { message_id: MessageId(seq), conversation_id, seq, created_at: Timestamp(0) }
    }

    #[tokio::test(start_paused = true)]
    async fn an_echo_is_late_after_two_seconds_whether_it_was_heard_before_or_after_the_ack() {
        let echoes = Echoes::default();
        echoes.hear(UserId(1), ConversationId(7), 1);
        for seq in 1..=3 {
            echoes.expect(&draft(), &stored(seq));
        }
        echoes.hear(UserId(1), ConversationId(7), 2);
        assert!(echoes.due().is_empty());
        tokio::time::advance(WITHIN).await;
        let due: Vec<_> = echoes.due().iter().map(|(echo, heard)| (echo.seq, *heard)).collect();
        assert_eq!(due, [(1, true), (2, true), (3, false)]);
        tokio::time::advance(WITHIN).await;
        assert!(echoes.due().is_empty());
        assert!(echoes.state().heard.is_empty(), "nothing is kept for ever");
    }
}
