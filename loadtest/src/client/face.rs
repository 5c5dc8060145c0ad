//! What a client shows of itself to the nemesis, which must know when everybody has got over a fault.

use crate::history::ClientId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A gateway with so many clients has something to do at any moment.
const LOADED: usize = 4;

/// One client, as seen from outside.
#[derive(Debug, Clone, Default)]
pub struct Face {
    /// Whether it wants to be connected now.
    pub wants: bool,
    /// Whether it is attached.
    pub attached: bool,
    /// To which gateway.
    pub gateway: u32,
    /// Whether it does not read.
    pub paused: bool,
    /// The last probe that was acked and came back.
    pub probed: u32,
    /// What it has of each conversation that is its user's.
    pub have: HashMap<i64, i64>,
    /// How much it has still to say.
    pub unsaid: usize,
    /// How often it was told to compare everything.
    pub resyncs: u64,
    /// How often it was closed as too slow.
    pub slow_closes: u64,
    /// How often its line was cut, by whomever.
    pub cuts: u64,
    /// How often it renewed its token.
    pub renewals: u64,
    /// How often its line was closed because its token had run out.
    pub expiries: u64,
    /// How often it ended its session.
    pub log_outs: u64,
}

/// All clients. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Faces {
    /// Guards the faces alone; never held over an await.
    faces: Arc<Mutex<HashMap<ClientId, Face>>>,
}

impl Faces {
    /// Looks at all of them, or changes one.
    pub fn lock(&self) -> MutexGuard<'_, HashMap<ClientId, Face>> {
        // Every change leaves a face whole.
        self.faces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the face of one client.
    pub fn change(&self, client: ClientId, change: impl FnOnce(&mut Face)) {
        change(self.lock().entry(client).or_default());
    }

    /// The gateways, of so many, that somebody is attached to; all of them, while nobody is.
    pub fn in_use(&self, gateways: usize) -> Vec<usize> {
        let faces = self.lock();
        let is_used = |gateway: &usize| {
            faces.values().filter(|face| face.attached && face.gateway as usize == *gateway).count() >= LOADED
        };
        let used: Vec<usize> = (0..gateways).filter(is_used).collect();
        if used.is_empty() { (0..gateways).collect() } else { used }
    }

    /// Those who want to be connected and to read, and lack this.
    pub fn lacking(&self, lacks: impl Fn(&Face) -> bool) -> Vec<ClientId> {
        let faces = self.lock();
        let mut lacking: Vec<ClientId> = faces
            .iter()
            .filter(|(_, face)| face.wants && !face.paused && lacks(face))
            .map(|(id, _)| *id)
            .collect();
        lacking.sort_unstable();
        lacking
    }
}
