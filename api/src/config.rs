//! What an api node is told by its environment. Bad values are noted in [`Env`] and reported together with
//! everybody else's; nothing here stops at the first one.

use crate::store;
use shared::config::{AddressRange, BadConfig, Env, RateLimiting, Secret};
use shared::node::NodeConfig;
use shared::serve::origin::Origin;
use shared::telemetry::{LogConfig, LogFormat};

/// The bcrypt cost under which a start is warned about: guessing is then cheap (OWASP ASVS, appendix C).
const WEAK_BCRYPT_COST: u32 = 10;

/// How many lanes append before a database server: fewer than gateways have, so that what their lanes bring at the same time
/// makes one batch; more than one, so that a row that somebody holds stops a part of the conversations only.
const LANES: usize = 2;

/// What the program `api` is told.
#[derive(Debug)]
pub struct Settings {
    /// What every node is told.
    pub node: NodeConfig,
    /// `mysql://…`, with its password.
    pub database_url: Secret,
    /// What the api in it is told.
    pub api: Config,
}

impl Settings {
    /// Reads it.
    ///
    /// # Errors
    /// Everything that is wrong, a line each.
    pub fn read(env: &Env) -> Result<Self, BadConfig> {
        let node = NodeConfig::read(env);
        let api = Config::read(env, LANES);
        let database_url = needed_database(env);
        env.finish()?;
        let read = node.zip(database_url);
        read.map(|(node, database_url)| Self { node, database_url, api }).ok_or_else(|| BadConfig(Vec::new()))
    }
}

/// What `api --migrate` is told: no more than it needs, so that who may change tables may do nothing else.
#[derive(Debug)]
pub struct Migration {
    /// `mysql://…`, with its password.
    pub database_url: Secret,
    /// How it logs.
    pub log: LogConfig,
}

impl Migration {
    /// Reads it.
    ///
    /// # Errors
    /// Everything that is wrong, a line each.
    pub fn read(env: &Env) -> Result<Self, BadConfig> {
        let (database_url, log) = (needed_database(env), LogConfig::read(env, LogFormat::Json));
        env.finish()?;
        database_url.map(|database_url| Self { database_url, log }).ok_or_else(|| BadConfig(Vec::new()))
    }
}

/// An api node's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// `mysql://…`, with its password; absent in the all-in-one, which has its own file.
    pub database_url: Option<Secret>,
    /// What tokens are signed with; absent in the all-in-one, which makes its own.
    pub jwt_secret: Option<Secret>,
    /// How dear a password hash is.
    pub bcrypt_cost: u32,
    /// Whether rate limits hold.
    pub rate_limits: RateLimiting,
    /// Whose pages may call from another host, beside the desktop app's.
    pub allowed_origins: Vec<Origin>,
    /// Whose `X-Forwarded-For` and `X-Forwarded-Proto` count.
    pub trusted_proxies: Vec<AddressRange>,
    /// How many lanes append in.
    pub lanes: usize,
    /// The longest content of a message, in bytes of UTF-8.
    pub max_content: usize,
    /// The longest body of a request, in bytes.
    pub max_body: usize,
    /// Connections to the database, to read with and as many to write with.
    pub database_connections: u32,
}

impl Config {
    /// Reads it. `default_lanes` is 2 before a server, and 1 before SQLite, which has one writer.
    #[must_use]
    pub fn read(env: &Env, default_lanes: usize) -> Self {
        let max_content = env.size("MAX_CONTENT_BYTES", 16 * 1024, 1, 65_535);
        Self {
            database_url: database_url(env),
            jwt_secret: env.secret("JWT_SECRET"),
            bcrypt_cost: u32::try_from(env.number("BCRYPT_COST", 12, 4, 15)).unwrap_or(12),
            rate_limits: env.parsed("RATE_LIMITS", RateLimiting::On, "`on` or `off`"),
            allowed_origins: env.list("ALLOWED_ORIGINS", "origins such as https://chat.example.org"),
            trusted_proxies: env.list("TRUSTED_PROXIES", "addresses or ranges such as 10.0.0.0/8"),
            lanes: env.size("LANES", default_lanes, 1, 1024),
            max_content,
            max_body: max_body(env, max_content),
            database_connections: u32::try_from(env.number("DATABASE_CONNECTIONS", 8, 1, 1000)).unwrap_or(8),
        }
    }

    /// Says in the log what is allowed and unwise. Called once logging has started.
    pub fn warn(&self) {
        if self.bcrypt_cost < WEAK_BCRYPT_COST {
            tracing::warn!(cost = self.bcrypt_cost, "BCRYPT_COST is under 10: passwords are cheap to guess");
        }
        self.rate_limits.warn();
    }
}

fn needed_database(env: &Env) -> Option<Secret> {
    if env.text("DATABASE_URL").is_none() {
        env.problem("DATABASE_URL", "an api needs it: mysql://user:password@host:port/database");
    }
    database_url(env)
}

fn database_url(env: &Env) -> Option<Secret> {
    let url = env.text("DATABASE_URL")?;
    if store::is_mysql_url(url) {
        return Some(Secret::new(url.as_bytes().to_vec()));
    }
    // The value is not repeated: it may hold a password.
    env.problem(
        "DATABASE_URL",
        "expected mysql://user:password@host:port/database, perhaps with ?ssl-mode=REQUIRED; what is special in a password \
         is written as %2F and the like",
    );
    None
}

/// JSON writes one byte of content as six at most (`\u0000`), so a body of the longest content fits.
fn max_body(env: &Env, max_content: usize) -> usize {
    let smallest = max_content * 6 + 1024;
    env.size("MAX_BODY_BYTES", smallest.max(128 * 1024), smallest, 16 * 1024 * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_good_value() {
        let env = Env::of::<&str, &str>([]);
        let config = Config::read(&env, LANES);
        env.finish().unwrap();
        assert_eq!((config.bcrypt_cost, config.lanes, config.max_content), (12, 2, 16_384));
    }

    #[test]
    fn all_bad_values_are_noted_and_none_shows_a_password() {
        let env = Env::of([
            ("DATABASE_URL", "postgres://me:hunter2@db/chat"),
            ("JWT_SECRET", "short"),
            ("BCRYPT_COST", "3"),
            ("RATE_LIMITS", "maybe"),
            ("ALLOWED_ORIGINS", "*, https://ok.example, https://no.example/path, null"),
            ("TRUSTED_PROXIES", "10.0.0.0/99"),
            ("LANES", "0"),
            ("MAX_BODY_BYTES", "5"),
        ]);
        let config = Config::read(&env, 1);
        let problems = env.finish().unwrap_err().0;
        assert_eq!(problems.len(), 10, "{problems:#?}");
        assert!(!problems.concat().contains("hunter2"));
        assert_eq!(config.allowed_origins, ["https://ok.example".parse().unwrap()]);
    }

    #[test]
    fn an_address_that_would_be_waited_for_in_vain_is_refused() {
        let is_refused = |url: &str| {
            let env = Env::of([("DATABASE_URL", url)]);
            drop(Config::read(&env, 1));
            env.finish().is_err()
        };
        for good in [
            "mysql://u:p@db/chat",
            "mysql://u:p%2F@db:3307/chat?ssl-mode=VERIFY_IDENTITY",
            "mysql://[::1]/chat",
        ] {
            assert!(!is_refused(good), "{good}");
        }
        for bad in
            ["mysql://", "mysql://u:p@db:3306", "mysql://u:p@db:port/chat", "mysql://u:p@db/chat?ssl-mode=ON"]
        {
            assert!(is_refused(bad), "{bad}");
        }
    }

    #[test]
    fn a_body_always_has_room_for_the_longest_content() {
        let env = Env::of([("MAX_CONTENT_BYTES", "65535")]);
        assert!(Config::read(&env, 1).max_body > 6 * 65_535);
    }
}
