//! What every node of a cluster is told by its environment, whichever kind it is; what else a kind needs, its
//! own configuration reads.

use crate::config::{Env, RateLimiting, Secret};
use crate::redis::Redis;
use crate::telemetry::{LogConfig, LogFormat};
use std::net::SocketAddr;

/// A node's part of the configuration.
#[derive(Debug)]
pub struct NodeConfig {
    /// Where clients come.
    pub listen: SocketAddr,
    /// Where health and metrics are, and what nodes ask each other.
    pub internal_listen: SocketAddr,
    /// The bus, presence and rate limits.
    pub redis: Redis,
    /// What access tokens are signed with, on all nodes.
    pub jwt_secret: Secret,
    /// What nodes show each other on the internal port.
    pub internal_secret: Secret,
    /// Whether rate limits hold.
    pub rate_limits: RateLimiting,
    /// How it logs.
    pub log: LogConfig,
}

impl NodeConfig {
    /// Reads it. `None`: something that has no default is missing or wrong, which is noted in `env`.
    #[must_use]
    pub fn read(env: &Env) -> Option<Self> {
        let (listen, internal_listen) = ports(env);
        // All of them are looked at before any is missed: every problem is reported at once.
        let redis = redis(env);
        let jwt_secret = needed(env, "JWT_SECRET");
        let internal_secret = needed(env, "INTERNAL_SECRET");
        let rate_limits = env.parsed("RATE_LIMITS", RateLimiting::On, "`on` or `off`");
        let log = LogConfig::read(env, LogFormat::Json);
        Some(Self {
            listen,
            internal_listen,
            redis: redis?,
            jwt_secret: jwt_secret?,
            internal_secret: internal_secret?,
            rate_limits,
            log,
        })
    }
}

/// The two ports of a node, or of the all-in-one: clients', and the internal one.
#[must_use]
pub fn ports(env: &Env) -> (SocketAddr, SocketAddr) {
    let expected = "an address and a port such as 127.0.0.1:8080";
    let port = |name, port| env.parsed(name, SocketAddr::from(([127, 0, 0, 1], port)), expected);
    (port("LISTEN", 8080), port("INTERNAL_LISTEN", 8081))
}

fn redis(env: &Env) -> Option<Redis> {
    let Some(url) = env.text("REDIS_URL") else {
        env.problem("REDIS_URL", "a node of a cluster needs it: redis://user:password@host:port");
        return None;
    };
    // The value is not repeated: it may hold a password.
    Redis::open(url).map_err(|bad| env.problem("REDIS_URL", &bad.to_string())).ok()
}

fn needed(env: &Env, name: &'static str) -> Option<Secret> {
    let secret = env.secret(name);
    if secret.is_none() && env.text(name).is_none() {
        env.problem(name, "a node of a cluster needs it, the same on all nodes: at least 32 bytes");
    }
    secret
}
