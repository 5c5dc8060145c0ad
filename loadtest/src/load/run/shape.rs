//! How much of everything: what was asked for, and what a scenario takes where nothing was.

/// What is asked for; nothing stands for the scenario's own.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Shape {
    /// Accounts.
    pub users: Option<usize>,
    /// Messages a second.
    pub rate: Option<f64>,
    /// Bytes of a message.
    pub size: Option<usize>,
    /// Groups.
    pub groups: Option<usize>,
    /// Members of each who only listen.
    pub members: Option<usize>,
    /// Members of each who write.
    pub publishers: Option<usize>,
    /// Connections.
    pub connections: Option<usize>,
    /// Groups that each connection is in.
    pub in_groups: Option<usize>,
    /// Messages that a user has without an answer.
    pub in_flight: Option<usize>,
    /// The longest wait before coming back.
    pub jitter_ms: Option<u64>,
}

impl Shape {
    /// The bytes of a message.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size.unwrap_or(200)
    }

    /// The longest wait before coming back.
    #[must_use]
    pub fn jitter_ms(&self) -> u64 {
        self.jitter_ms.unwrap_or(5000)
    }
}
