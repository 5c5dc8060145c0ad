//! The all-in-one's configuration: its two ports, its folder, and what the gateway and the api in it are told.
//! Variables of a cluster are refused, not ignored: whoever sets one expects more than this program does.

use gateway::config::Defaults;
use shared::config::{BadConfig, Env, RateLimiting};
use shared::node;
use shared::telemetry::{LogConfig, LogFormat};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Variables that only the nodes of a cluster read.
const OF_A_CLUSTER: [&str; 4] = ["DATABASE_URL", "REDIS_URL", "API_URLS", "INTERNAL_SECRET"];

/// SQLite has one writer, so one lane is enough.
const LANES: usize = 1;

/// There is no other gateway to go to, so nobody waits for a drain. No canary: between a gateway and an api in one process
/// there is little that it could find, and each would cost the disk a commit.
const DEFAULTS: Defaults = Defaults { lanes: LANES, drain_ms: 0, canary_ms: 0 };

/// Everything that the program is told.
#[derive(Debug)]
pub struct Config {
    /// Where clients come.
    pub listen: SocketAddr,
    /// Where health and metrics are.
    pub internal_listen: SocketAddr,
    /// Where the database and the secret are.
    pub data_dir: PathBuf,
    /// The gateway's part.
    pub gateway: gateway::config::Config,
    /// The api's part.
    pub api: api::config::Config,
    /// How it logs.
    pub log: LogConfig,
    /// Whether rate limits hold.
    pub rate_limits: RateLimiting,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// Everything that is wrong, a line each.
    pub fn read(env: &Env) -> Result<Self, BadConfig> {
        let (listen, internal_listen) = node::ports(env);
        let config = Self {
            listen,
            internal_listen,
            data_dir: env.text("DATA_DIR").unwrap_or("./data").into(),
            gateway: gateway::config::Config::read(env, DEFAULTS),
            api: api::config::Config::read(env, LANES),
            log: LogConfig::read(env, LogFormat::Text),
            rate_limits: env.parsed("RATE_LIMITS", RateLimiting::On, "`on` or `off`"),
        };
        let set: Vec<&str> = OF_A_CLUSTER.into_iter().filter(|name| env.text(name).is_some()).collect();
        if !set.is_empty() {
            let what = "is for the nodes of a cluster (the programs `gateway` and `api`); im-tt is one process with SQLite";
            env.problem(&set.join(", "), what);
        }
        env.finish().map(|()| config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_variable_of_a_cluster_is_one_clear_line() {
        let env = Env::of([("REDIS_URL", "redis://127.0.0.1"), ("DATABASE_URL", "mysql://u@127.0.0.1/im")]);
        let BadConfig(lines) = Config::read(&env).err().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("DATABASE_URL, REDIS_URL: is for the nodes of a cluster"), "{lines:?}");
    }

    #[test]
    fn every_variable_is_in_the_example_and_every_one_in_the_example_is_read() {
        let env = Env::of::<&str, &str>([]);
        Config::read(&env).ok().unwrap();
        // The nodes of a cluster read the same variables, and some of their own.
        let of_nodes = Env::of::<&str, &str>([]);
        gateway::config::Settings::read(&of_nodes).err().unwrap();
        api::config::Settings::read(&of_nodes).err().unwrap();
        let example = include_str!("../../.env.example");
        let named = example.lines().filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='));
        let named: BTreeSet<&str> = named
            .map(|(name, _)| name)
            .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
            .collect();
        assert_eq!(named, env.asked().union(&of_nodes.asked()).copied().collect());
    }
}
