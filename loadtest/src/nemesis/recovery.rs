//! How it shows that everybody has got over a fault: each client that wants to be connected has since sent something and
//! had it back, and has all that was acked before.

use super::field::Field;
use crate::client::{Face, Order};
use crate::history::{ClientId, What};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const LOOK: Duration = Duration::from_millis(20);
/// Past this it is called a loss, and the campaign goes on.
const GIVE_UP: Duration = Duration::from_secs(30);
/// A probe whose connection died with it is not waited for: another one is sent.
const AGAIN: Duration = Duration::from_secs(4);

/// Who lacked what in the end.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Until everybody had sent and received.
    pub recovered: Option<Duration>,
    /// Until everybody had what was acked.
    pub healed: Option<Duration>,
    /// Who had not.
    pub left: Vec<ClientId>,
}

impl Field {
    /// Waits until everybody has got over a fault that has just been undone: everybody who wants to be connected now.
    /// Who goes away meanwhile is not waited for.
    pub async fn recovery(&self, fault: u32) -> Recovery {
        let (since, heads) = (Instant::now(), self.world.heads());
        let mut recovery = Recovery::default();
        let mut unprobed: BTreeSet<ClientId> = self.faces.lacking(|_| true).into_iter().collect();
        let mut behind = unprobed.clone();
        let mut probe_at = since;
        while since.elapsed() < GIVE_UP {
            let lacking = self.faces.lacking(|face| !face.attached || face.probed < fault);
            unprobed.retain(|client| lacking.contains(client));
            let lacking = self.faces.lacking(|face| !face.attached || is_behind(face, &heads));
            behind.retain(|client| lacking.contains(client));
            if unprobed.is_empty() && recovery.recovered.is_none() {
                recovery.recovered = Some(since.elapsed());
                self.world.recorder.note(What::Recovered { fault });
            }
            if behind.is_empty() && recovery.healed.is_none() {
                recovery.healed = Some(since.elapsed());
                self.world.recorder.note(What::Healed { fault });
            }
            if unprobed.is_empty() && behind.is_empty() {
                return recovery;
            }
            if probe_at <= Instant::now() {
                probe_at = Instant::now() + AGAIN;
                self.probe(fault, &unprobed);
            }
            sleep(LOOK).await;
        }
        recovery.left = unprobed.union(&behind).copied().collect();
        recovery
    }

    fn probe(&self, fault: u32, clients: &BTreeSet<ClientId>) {
        for device in self.people.devices.iter().filter(|device| clients.contains(&device.client)) {
            device.order(Order::Probe(fault));
        }
    }
}

fn is_behind(face: &Face, heads: &HashMap<i64, i64>) -> bool {
    face.have.iter().any(|(conv, have)| heads.get(conv).is_some_and(|head| have < head))
}
