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
    format: LogFormat,
}

/// What a line of the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object, for what gathers the logs of many nodes.
    Json,
}

impl LogConfig {
    /// Reads `LOG` (`info`, `warn,gateway=debug`, …) and `LOG_FORMAT` (`text` or `json`;
    /// the default is the node kind's).
    pub fn read(env: &Env, default: LogFormat) -> Self {
        let filter = env.text("LOG").unwrap_or("info").to_owned();
        if EnvFilter::try_new(&filter).is_err() {
            env.problem(
                "LOG",
                &format!("expected levels such as `info` or `warn,gateway=debug`, found `{filter}`"),
            );
        }
        let format = match env.text("LOG_FORMAT") {
            None => default,
            Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                env.problem("LOG_FORMAT", &format!("expected `text` or `json`, found `{other}`"));
                default
            }
        };
        Self { filter, format }
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
        let _ = match self.format {
            LogFormat::Json => layer.json().try_init(),
            LogFormat::Text => layer.try_init(),
        };
    }
}
