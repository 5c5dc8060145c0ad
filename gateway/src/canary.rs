//! Whether messages of this gateway's clients would arrive: every few seconds it sends one of its own the whole way, lane,
//! api, commit, bus, hub, up to where it would be written to a socket. ADR 11 says why it has a number below zero, and why
//! nothing is left of it.

use crate::node::Node;
use metrics::{counter, gauge, histogram};
use shared::draft::{Draft, MessageType, Target};
use shared::envelope::{Envelope, Kind};
use shared::event::{EntryEvent, ServerEvent};
use shared::ids::UserId;
use shared::metrics as names;
use shared::topic::Topic;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};
use uuid::Uuid;

/// How many canaries there are for all gateways: as many conversations are in the database, however many gateways come
/// and go. Two that share one hear each other, and know their own by its id.
const SLOTS: u128 = 64;

/// How long one may be on its way: longer, and it has failed.
const WITHIN: Duration = Duration::from_secs(10);

/// The canary of one gateway.
pub struct Canary {
    me: UserId,
    /// The one that is on its way, and who waits for it. Never held over an await.
    flying: Mutex<Option<(Uuid, oneshot::Sender<()>)>>,
}

impl Canary {
    /// One of the slots, at random for each life of a gateway.
    #[must_use]
    pub fn new() -> Self {
        let slot = i64::try_from(Uuid::new_v4().as_u128() % SLOTS).unwrap_or(0);
        Self { me: UserId(-1 - slot), flying: Mutex::default() }
    }

    /// Something came over the bus for a canary of this slot.
    pub(crate) fn hear(&self, envelope: &Envelope) {
        if envelope.header.kind != Kind::Entry {
            return;
        }
        let Ok(ServerEvent::Message(EntryEvent { client_message_id, .. })) =
            serde_json::from_slice(&envelope.body)
        else {
            return;
        };
        let mut flying = self.flying();
        if let Some((_, arrived)) = flying.take_if(|(id, _)| *id == client_message_id) {
            // Late, nobody waits any more.
            let _ = arrived.send(());
        }
    }

    fn flying(&self) -> std::sync::MutexGuard<'_, Option<(Uuid, oneshot::Sender<()>)>> {
        // Replaced whole.
        self.flying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draft(&self) -> Draft {
        Draft {
            sender_id: self.me,
            target: Target::User(self.me),
            content: "canary".to_owned(),
            message_type: MessageType::Text,
            client_message_id: Uuid::now_v7(),
        }
    }
}

impl Default for Canary {
    fn default() -> Self {
        Self::new()
    }
}

/// Sends one after the other until the node stops.
pub async fn turn(node: Arc<Node>) {
    if node.config.canary.is_zero() {
        return;
    }
    let last = gauge!(names::CANARY_LAST);
    let succeeded = || last.set(node.clock.now().0 as f64 / 1000.0);
    // Who has never succeeded has failed since it began.
    succeeded();
    let mut turns = interval(node.config.canary);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut listens = false;
    while !node.is_draining() {
        tokio::select! {
            _ = turns.tick() => {}
            () = node.stop.cancelled() => return,
        }
        let begun = Instant::now();
        let outcome = tokio::select! {
            outcome = fly(&node, &mut listens, begun + WITHIN) => outcome,
            () = node.stop.cancelled() => return,
        };
        match outcome {
            Ok(()) => {
                histogram!(names::CANARY_SECONDS).record(begun.elapsed());
                succeeded();
            }
            Err(step) => counter!(names::CANARY_FAILED, "step" => step).increment(1),
        }
    }
}

/// Sends one and waits for it; otherwise says where it was lost.
async fn fly(node: &Node, listens: &mut bool, until: Instant) -> Result<(), &'static str> {
    if !*listens {
        let listening = node.topics.listen(vec![Topic::User(node.canary.me)]);
        *listens = matches!(timeout_at(until, listening).await, Ok(Ok(())));
    }
    if !*listens {
        return Err("bus");
    }
    let draft = node.canary.draft();
    let (arrived, arrival) = oneshot::channel();
    *node.canary.flying() = Some((draft.client_message_id, arrived));
    match timeout_at(until, node.sends.push_canary(draft)).await {
        Ok(Ok(Ok(_))) => {}
        _ => return Err("append"),
    }
    match timeout_at(until, arrival).await {
        Ok(Ok(())) => Ok(()),
        _ => Err("bus"),
    }
}
