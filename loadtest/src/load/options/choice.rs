//! What can be chosen: a scenario, and what is put under load.

/// A scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// Pairs who write to each other.
    Direct,
    /// One group of many, a few messages.
    Sparse,
    /// One group of some, many messages.
    Dense,
    /// Connections that do nothing.
    Idle,
    /// Everybody is cut off and comes back.
    Storm,
    /// As many messages as the system takes.
    Ingest,
    /// More and more gateways with the same work each.
    Scale,
    /// The all-in-one, with nobody connected.
    AllInOne,
}

impl Scenario {
    /// All of them, in the order of a run of all.
    pub const ALL: [Self; 8] = [
        Self::Direct,
        Self::Sparse,
        Self::Dense,
        Self::Idle,
        Self::Storm,
        Self::Ingest,
        Self::Scale,
        Self::AllInOne,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Sparse => "group sparse",
            Self::Dense => "group dense",
            Self::Idle => "idle",
            Self::Storm => "storm",
            Self::Ingest => "ingest",
            Self::Scale => "scale",
            Self::AllInOne => "all-in-one",
        }
    }

    /// Whether it can be played when this is asked for.
    #[must_use]
    pub fn is_for(self, target: &Target) -> bool {
        match self {
            Self::Scale => matches!(target, Target::Cluster { .. }),
            Self::AllInOne => !matches!(target, Target::Running { .. }),
            _ => true,
        }
    }
}

/// What is put under load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An all-in-one that is started for it.
    Standalone,
    /// A cluster that is started for it.
    Cluster {
        /// How many gateways.
        gateways: usize,
        /// How many apis.
        apis: usize,
    },
    /// A system that runs.
    Running {
        /// `host:port`.
        gateways: Vec<String>,
        /// `http://host:port`.
        apis: Vec<String>,
        /// Addresses of `/metrics`.
        metrics: Vec<String>,
    },
}
