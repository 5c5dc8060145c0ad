//! The calls of the door by name, and where they are on the internal port. Gateway and api both take the
//! paths from here.

/// What the path of every call begins with. A door that could not be read by the release before gets the
/// next number, and both are served for a release.
pub const PREFIX: &str = "internal/v1";

/// One call through the door. All are POST, and all may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// Store drafts.
    Append,
    /// May sessions be attached?
    Attach,
    /// Who is a member?
    Rosters,
    /// What was written?
    Entries,
    /// Who has not everything?
    Sums,
    /// Move read cursors.
    Read,
    /// Whose presence may be watched?
    Watchable,
    /// May one show the other that they are typing?
    MayType,
    /// Tell everybody how far logs have come.
    Announce,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Append,
        Self::Attach,
        Self::Rosters,
        Self::Entries,
        Self::Sums,
        Self::Read,
        Self::Watchable,
        Self::MayType,
        Self::Announce,
    ];

    /// The last part of the path, and the label in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Attach => "attach",
            Self::Rosters => "rosters",
            Self::Entries => "entries",
            Self::Sums => "sums",
            Self::Read => "read",
            Self::Watchable => "watchable",
            Self::MayType => "may_type",
            Self::Announce => "announce",
        }
    }

    /// The whole path.
    #[must_use]
    pub fn path(self) -> String {
        format!("/{PREFIX}/{}", self.name())
    }
}
