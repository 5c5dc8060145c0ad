//! How often something may be done: one table of rules, kept for an account and for an address. The counts
//! hold across nodes where the store does; a node whose store is away counts for itself.

pub mod gcra;
pub mod memory;
pub mod redis;

use async_trait::async_trait;
use std::time::Duration;

/// A rule: `burst` at once, and then one every `every`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The name in metrics and keys.
    pub name: &'static str,
    /// How many at once.
    pub burst: u32,
    /// How long until one more may be done.
    pub every: Duration,
}

const fn rule(name: &'static str, burst: u32, every_ms: u64) -> Rule {
    Rule { name, burst, every: Duration::from_millis(every_ms) }
}

/// Accounts made from one address.
pub const REGISTER: Rule = rule("register", 10, 60_000);
/// Log-ins tried from one address.
pub const LOGIN_ADDRESS: Rule = rule("login_address", 30, 2_000);
/// Log-ins tried for one account.
pub const LOGIN_ACCOUNT: Rule = rule("login_account", 10, 10_000);
/// Passwords tried by a session: change and deactivation.
pub const PASSWORD: Rule = rule("password", 5, 30_000);
/// Refreshes from one address.
pub const REFRESH: Rule = rule("refresh", 120, 500);
/// Look-ups of users by name, an account.
pub const FIND_USER: Rule = rule("find_user", 30, 2_000);
/// Messages through REST, an account.
pub const SEND: Rule = rule("send", 40, 50);
/// Groups made and joined, memberships changed, an account.
pub const GROUPS: Rule = rule("groups", 60, 1_000);
/// Any other request, an account or an address.
pub const REQUEST: Rule = rule("request", 300, 20);
/// WebSocket upgrades from one address.
pub const CONNECT: Rule = rule("connect", 100, 100);

/// All of them.
pub const RULES: [Rule; 10] =
    [REGISTER, LOGIN_ADDRESS, LOGIN_ACCOUNT, PASSWORD, REFRESH, FIND_USER, SEND, GROUPS, REQUEST, CONNECT];

/// Where the counts are kept.
#[async_trait]
pub trait RateLimits: Send + Sync + 'static {
    /// Does it once more for `key` under `rule`.
    ///
    /// # Errors
    /// [`TooFast`] with the wait, when it may not be done now; it then does not count.
    async fn take(&self, rule: Rule, key: &str) -> Result<(), TooFast>;
}

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many; again in {} ms", retry_after.as_millis())]
pub struct TooFast {
    /// How long until it may be done.
    pub retry_after: Duration,
}

/// No limits, for load tests (`RATE_LIMITS=off`).
pub struct Unlimited;

#[async_trait]
impl RateLimits for Unlimited {
    async fn take(&self, _: Rule, _: &str) -> Result<(), TooFast> {
        Ok(())
    }
}
