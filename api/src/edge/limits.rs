//! Rate rules at the door: which one holds for a route stands beside the route, and what it counts is the
//! account, the session, or the address of whoever is not logged in.

use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::error::ApiError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Writer, async_trait};
use sha2::{Digest, Sha256};
use shared::metrics::RATE_LIMITED;
use shared::rate::Rule;
use shared::serve::address::client_address;
use std::net::{IpAddr, Ipv6Addr};

/// What a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The client's address.
    Address,
    /// The account that is logged in.
    Account,
    /// The session that is logged in.
    Session,
}

/// Holds a rule.
pub struct Limit {
    /// Which.
    pub rule: Rule,
    /// What it counts.
    pub by: By,
}

#[async_trait]
impl Handler for Limit {
    async fn handle(&self, req: &mut Request, depot: &mut Depot, res: &mut Response, ctrl: &mut FlowCtrl) {
        if let Err(refusal) = self.check(req, depot).await {
            ctrl.skip_rest();
            refusal.write(req, depot, res).await;
        }
    }
}

impl Limit {
    async fn check(&self, req: &Request, depot: &Depot) -> Result<(), ApiError> {
        let app = App::of(depot)?;
        let key = match self.by {
            By::Address => address_key(client_address(req, &app.config.trusted_proxies)),
            By::Account => format!("u{}", Viewer::of(depot)?.user_id),
            By::Session => format!("s{}", Viewer::of(depot)?.session_id),
        };
        take(app, self.rule, &key).await
    }
}

/// Does it once more for `key`.
///
/// # Errors
/// `too_fast`, with the wait.
pub async fn take(app: &App, rule: Rule, key: &str) -> Result<(), ApiError> {
    app.limits.take(rule, key).await.map_err(|limit| {
        metrics::counter!(RATE_LIMITED, "rule" => rule.name).increment(1);
        limit.into()
    })
}

/// The key of an address. Whoever has one IPv6 address has the 2^64 of its network.
#[must_use]
pub fn address_key(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{}/64", Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

/// The key of an account that is not known yet: no email address lies about in the store of the counts.
#[must_use]
pub fn account_key(email_key: &str) -> String {
    format!("e{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(email_key)[..12]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_network_is_one_client() {
        let key = |address: &str| address_key(address.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2:ffff::"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("192.0.2.1"), "192.0.2.1");
    }
}
