//! ⑦ What was committed goes onto the bus, in the order of its lane. Nothing is refused here any more: what
//! the bus does not take is remembered, and its conversation's head announced later.

use super::entry::{change_of, envelope};
use super::losses::{Loss, Losses};
use crate::store::messages::StoredMessage;
use bytes::Bytes;
use metrics::counter;
use shared::bus::Bus;
use shared::envelope::Change;
use shared::metrics::PUBLISH_FAILED;
use shared::time::Timestamp;
use shared::topic::Topic;
use std::sync::Arc;
use std::time::Duration;

/// How long the bus may take for a batch. Its lane waits.
const LIMIT: Duration = Duration::from_secs(2);

/// An entry to be published.
#[derive(Debug)]
pub(super) struct Publication {
    pub message: StoredMessage,
    /// For a new entry the version that it made, for a repeated one the present version.
    pub members_version: i64,
    /// Whether it was stored just now.
    pub fresh: bool,
}

/// The way onto the bus.
pub(super) struct Publisher {
    pub bus: Arc<dyn Bus>,
    pub losses: Arc<Losses>,
}

/// What goes out, and where each of it belongs if it is lost.
#[derive(Default)]
struct Outgoing {
    batch: Vec<(Topic, Bytes)>,
    lost: Vec<Loss>,
}

impl Publisher {
    /// Publishes the entries, in order. `committed_at`: when their batch was.
    pub async fn publish(&self, publications: &[Publication], committed_at: Timestamp) {
        let mut outgoing = Outgoing::default();
        publications.iter().for_each(|publication| outgoing.add(publication, committed_at));
        if outgoing.batch.is_empty() {
            return;
        }
        let failed = match tokio::time::timeout(LIMIT, self.bus.publish(&outgoing.batch)).await {
            Ok(Ok(())) => return,
            Ok(Err(failed)) => failed.failed,
            Err(_late) => (0..outgoing.batch.len()).collect(),
        };
        counter!(PUBLISH_FAILED).increment(failed.len() as u64);
        let oldest = publications.iter().map(|p| p.message.created_at).min();
        let lost = failed.iter().filter_map(|place| outgoing.lost.get(*place).copied());
        if let Some(oldest) = oldest {
            self.losses.remember(lost, oldest);
        }
    }
}

impl Outgoing {
    fn add(&mut self, publication: &Publication, committed_at: Timestamp) {
        let Publication { message, members_version, fresh } = publication;
        let loss = Loss::of(message);
        let change = change_of(message);
        let saying = |change| envelope(message, *members_version, change, committed_at).encode();
        let for_all = saying(if *fresh { change } else { Change::None });
        let Some(group) = message.group_id else {
            self.push(Topic::User(message.sender_id), for_all.clone(), loss);
            let receiver = message.receiver_id.filter(|receiver| *receiver != message.sender_id);
            if let Some(receiver) = receiver {
                self.push(Topic::User(receiver), for_all, loss);
            }
            return;
        };
        self.push(Topic::Group(group), for_all.clone(), loss);
        if let Some(subject) = loss.subject {
            // Told even of a repeated change, which happens when the answer to a COMMIT was lost: a joiner's
            // gateways know by it to listen to the group, and look up what is true then.
            let told = if *fresh { for_all } else { saying(change) };
            self.push(Topic::User(subject), told, loss);
        }
    }

    fn push(&mut self, topic: Topic, bytes: Bytes, loss: Loss) {
        self.batch.push((topic, bytes));
        self.lost.push(loss);
    }
}
