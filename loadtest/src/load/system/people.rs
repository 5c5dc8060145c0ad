//! Who takes part: accounts with tokens, and groups.

use shared::ids::{SessionId, UserId};
use shared::time::Clock;
use shared::token::Tokens;

/// Whom a scenario wants.
#[derive(Debug, Clone, Default)]
pub struct Cast {
    /// How many accounts.
    pub users: usize,
    /// The members of each group, the owner first: places among the accounts.
    pub groups: Vec<Vec<usize>>,
}

/// An account.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its id.
    pub id: i64,
    /// An access token.
    pub token: String,
}

/// A group.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Its id.
    pub group: i64,
    /// Its conversation.
    pub conversation: i64,
}

/// Everybody.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// The accounts.
    pub persons: Vec<Person>,
    /// The groups, in the order of the cast.
    pub groups: Vec<Place>,
}

/// Makes access tokens for sessions, as a node does that has this secret.
pub(super) struct Signer(Tokens);

impl Signer {
    pub(super) fn new(secret: &str) -> Self {
        Self(Tokens::new(secret.as_bytes(), Clock::system()))
    }

    pub(super) fn sign(&self, user: i64, session: i64) -> anyhow::Result<Person> {
        Ok(Person { id: user, token: self.0.issue(UserId(user), SessionId(session))? })
    }
}
