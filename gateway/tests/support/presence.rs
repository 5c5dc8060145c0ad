//! One gateway's way to the presence store, which can be cut: to the others, that gateway has crashed. And which
//! can keep back what renewals are answered: that gateway stands still.

use async_trait::async_trait;
use shared::ids::{NodeId, UserId};
use shared::presence::memory::MemoryPresence;
use shared::presence::{Lease, Presence, PresenceAway};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

pub struct Line {
    store: Arc<MemoryPresence>,
    is_cut: AtomicBool,
    is_late: watch::Sender<bool>,
}

impl Line {
    pub fn to(store: Arc<MemoryPresence>) -> Self {
        Self { store, is_cut: AtomicBool::new(false), is_late: watch::Sender::new(false) }
    }

    /// Nothing gets through any more.
    pub fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
    }

    /// Everything gets through again.
    pub fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }

    /// Renewals get through, and their answers do not, until [`Self::answer`].
    pub fn answer_late(&self) {
        self.is_late.send_replace(true);
    }

    /// Answers arrive again, with those that were kept back.
    pub fn answer(&self) {
        self.is_late.send_replace(false);
    }

    fn through(&self) -> Result<&MemoryPresence, PresenceAway> {
        if self.is_cut.load(Ordering::SeqCst) { Err(PresenceAway) } else { Ok(&self.store) }
    }
}

#[async_trait]
impl Presence for Line {
    async fn renew(&self, node: NodeId) -> Result<Lease, PresenceAway> {
        let lease = self.through()?.renew(node).await;
        // Whoever keeps answers back is the line itself, which is here.
        let _ = self.is_late.subscribe().wait_for(|is_late| !is_late).await;
        lease
    }

    async fn enter(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway> {
        self.through()?.enter(node, users).await
    }

    async fn leave(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway> {
        self.through()?.leave(node, users).await
    }

    async fn release(&self, node: NodeId) -> Result<(), PresenceAway> {
        self.through()?.release(node).await
    }

    async fn online(&self, users: &[UserId]) -> Result<Vec<bool>, PresenceAway> {
        self.through()?.online(users).await
    }
}
