//! Who is connected, over all gateways. A user is online while some life of a node that lists them holds its
//! lease: a node that dies takes its users along when the lease runs out, and nobody else's. How long others
//! still see them (the grace that hides reconnects) is the gateways' business.

pub mod memory;
pub mod redis;

use crate::ids::{NodeId, UserId};
use async_trait::async_trait;
use std::time::Duration;

/// How long a lease lasts; nodes renew it every [`LEASE_RENEWAL`].
pub const LEASE: Duration = Duration::from_secs(10);

/// How often a node renews its lease.
pub const LEASE_RENEWAL: Duration = Duration::from_secs(3);

/// Where presence is kept. Every call names all that it is about at once; none is made a client.
#[async_trait]
pub trait Presence: Send + Sync + 'static {
    /// Takes or renews the lease of this life of a node.
    ///
    /// # Errors
    /// [`PresenceAway`] when the store does not answer.
    async fn renew(&self, node: NodeId) -> Result<Lease, PresenceAway>;

    /// Lists these users under this life of a node. A user listed already stays so. The lease may be taken
    /// later: until then they are not online.
    ///
    /// # Errors
    /// [`PresenceAway`] when the store does not answer.
    async fn enter(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway>;

    /// Takes these users off this life's list; other lives' lists are not touched.
    ///
    /// # Errors
    /// [`PresenceAway`] when the store does not answer.
    async fn leave(&self, node: NodeId, users: &[UserId]) -> Result<(), PresenceAway>;

    /// Gives up the lease: a planned stop.
    ///
    /// # Errors
    /// [`PresenceAway`] when the store does not answer.
    async fn release(&self, node: NodeId) -> Result<(), PresenceAway>;

    /// Which of these users are online, in the order asked.
    ///
    /// # Errors
    /// [`PresenceAway`] when the store does not answer: presence is then not known, which is not "offline".
    async fn online(&self, users: &[UserId]) -> Result<Vec<bool>, PresenceAway>;
}

/// What became of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// It was held before.
    Held,
    /// It was not held: a first one, or it had lapsed. A node that believed it held one takes a new life and
    /// lists its users again.
    Taken,
}

/// The presence store does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the presence store does not answer")]
pub struct PresenceAway;
