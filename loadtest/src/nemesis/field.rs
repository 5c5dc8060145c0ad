//! What the nemesis has before it.

use crate::client::{Faces, World};
use crate::workload::People;
use std::sync::Arc;
use testkit::cluster::Cluster;

/// The cluster, and those who chat over it.
pub struct Field {
    /// All processes and the links between them.
    pub cluster: Cluster,
    /// Everybody.
    pub people: Arc<People>,
    /// What they show of themselves.
    pub faces: Faces,
    /// What they share.
    pub world: Arc<World>,
}
