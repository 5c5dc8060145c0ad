//! What a gateway is told by its environment: where to listen, whom to believe, and every limit.

use crate::api::ApiUrl;
use crate::connection::outbox::OutboxBounds;
use shared::config::{AddressRange, BadConfig, Env, RateLimiting};
use shared::node::NodeConfig;
use shared::serve::origin::Origin;
use std::time::Duration;

/// How many lanes drafts wait in before a database server.
const LANES: usize = 16;

/// Over how long a node of a cluster sends its clients away: the others take them one by one.
const DRAIN_MS: u64 = 30_000;

/// How often a gateway of a cluster sends a canary.
const CANARY_MS: u64 = 5_000;

/// What the program `gateway` is told.
#[derive(Debug)]
pub struct Settings {
    /// What every node is told.
    pub node: NodeConfig,
    /// The internal addresses of the apis.
    pub api_urls: Vec<ApiUrl>,
    /// What the gateway in it is told.
    pub gateway: Config,
}

impl Settings {
    /// Reads it.
    ///
    /// # Errors
    /// Everything that is wrong, a line each.
    pub fn read(env: &Env) -> Result<Self, BadConfig> {
        let node = NodeConfig::read(env);
        let api_urls = env.list("API_URLS", "the apis' internal addresses such as http://api:8081");
        // What is wrong in a list is said already.
        if env.text("API_URLS").unwrap_or_default().trim_matches([',', ' ']).is_empty() {
            env.problem(
                "API_URLS",
                "a gateway needs it: the apis' internal addresses, such as http://api:8081",
            );
        }
        let gateway = Config::read(env, Defaults { lanes: LANES, drain_ms: DRAIN_MS, canary_ms: CANARY_MS });
        env.finish()?;
        node.map(|node| Self { node, api_urls, gateway }).ok_or_else(|| BadConfig(Vec::new()))
    }
}

/// A gateway's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Origins that may connect beside the node's own host and the desktop app's.
    pub allowed_origins: Vec<Origin>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<AddressRange>,
    /// How many lanes drafts wait in.
    pub lanes: usize,
    /// The longest message of a client, in bytes.
    pub max_frame: usize,
    /// The same before it is known who it is.
    pub max_frame_before_auth: usize,
    /// The longest content of a message, in bytes of UTF-8.
    pub max_content: usize,
    /// Commands a second; `None` without limits.
    pub commands: Option<CommandRate>,
    /// Connections of one user on this gateway.
    pub connections_per_user: usize,
    /// How long a connection may take to say who it is.
    pub auth_timeout: Duration,
    /// A connection's outbox.
    pub outbox: OutboxBounds,
    /// How long a full outbox may stay stuck.
    pub slow_after: Duration,
    /// How often clients are pinged.
    pub heartbeat: Duration,
    /// Over how long connections are closed when the node stops.
    pub drain: Duration,
    /// How often a canary is sent; zero for never.
    pub canary: Duration,
}

/// What differs between a gateway of a cluster and the all-in-one.
#[derive(Debug, Clone, Copy)]
pub struct Defaults {
    /// How many lanes drafts wait in.
    pub lanes: usize,
    /// Over how long connections are closed, in ms.
    pub drain_ms: u64,
    /// How often a canary is sent, in ms.
    pub canary_ms: u64,
}

/// How fast one connection may command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandRate {
    /// In the long run.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

impl Config {
    /// Reads it.
    #[must_use]
    pub fn read(env: &Env, defaults: Defaults) -> Self {
        let limited = env.parsed("RATE_LIMITS", RateLimiting::On, "`on` or `off`") == RateLimiting::On;
        let rate = CommandRate {
            per_second: env.size("COMMANDS_PER_SECOND", 20, 1, 100_000) as u32,
            burst: env.size("COMMAND_BURST", 40, 1, 100_000) as u32,
        };
        Self {
            allowed_origins: env.list("ALLOWED_ORIGINS", "origins such as https://chat.example.org"),
            trusted_proxies: env.list("TRUSTED_PROXIES", "addresses or ranges such as 10.0.0.0/8"),
            lanes: env.size("LANES", defaults.lanes, 1, 1024),
            max_frame: env.size("MAX_FRAME_BYTES", 64 * 1024, 1024, 16 * 1024 * 1024),
            max_frame_before_auth: env.size("MAX_FRAME_BYTES_BEFORE_AUTH", 4 * 1024, 1024, 64 * 1024),
            max_content: env.size("MAX_CONTENT_BYTES", 16 * 1024, 1, 65_535),
            commands: limited.then_some(rate),
            connections_per_user: env.size("CONNECTIONS_PER_USER", 20, 1, 1_000_000),
            auth_timeout: env.millis("AUTH_TIMEOUT_MS", 5_000, 100, 60_000),
            outbox: OutboxBounds {
                bytes: env.size("OUTBOX_BYTES", 256 * 1024, 4096, 64 * 1024 * 1024),
                frames: env.size("OUTBOX_FRAMES", 512, 8, 1_000_000),
            },
            slow_after: env.millis("SLOW_CLOSE_MS", 10_000, 100, 600_000),
            heartbeat: env.millis("HEARTBEAT_MS", 25_000, 100, 600_000),
            drain: env.millis("DRAIN_MS", defaults.drain_ms, 0, 600_000),
            canary: env.millis("CANARY_MS", defaults.canary_ms, 0, 600_000),
        }
    }
}
