//! Logs: structured, to standard error, filtered by `LOG`. Never a message's content, a token, a password
//! or an email address.

use crate::config::Env;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::UtcTime;

/// How a node logs.
#[derive(Debug, Clone)]
pub struct LogConfig {
    filter: String,
    json: bool,
}

impl LogConfig {
    /// Reads `LOG` (`info`, `warn,gateway=debug`, …) and `LOG_FORMAT` (`text` or `json`).
    pub fn read(env: &Env) -> Self {
        let filter = env.text("LOG").unwrap_or("info").to_owned();
        if EnvFilter::try_new(&filter).is_err() {
            env.problem(
                "LOG",
                &format!("expected levels such as `info` or `warn,gateway=debug`, found `{filter}`"),
            );
        }
        let json = match env.text("LOG_FORMAT") {
            None | Some("text") => false,
            Some("json") => true,
            Some(other) => {
                env.problem("LOG_FORMAT", &format!("expected `text` or `json`, found `{other}`"));
                false
            }
        };
        Self { filter, json }
    }

    /// Starts logging for the whole process; a second call changes nothing.
    pub fn start(&self) {
        let filter = EnvFilter::try_new(&self.filter).unwrap_or_else(|_| EnvFilter::new("info"));
        let layer = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_timer(UtcTime::rfc_3339())
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        // Already started: a test in the same process did.
        let _ = if self.json { layer.json().try_init() } else { layer.try_init() };
    }
}
