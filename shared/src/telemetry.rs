//! Logs: structured, to standard error, filtered by `LOG`. Never a message's content, a token, a password
//! or an email address. A line of JSON says which node wrote it, and within a request its id.

use crate::config::Env;
use std::fmt;
use std::io::IsTerminal;
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{Format, Json, JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, UtcTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Where Linux says what the machine is called; in a container, what that is called.
const HOST_NAME: &str = "/proc/sys/kernel/hostname";

/// How a node logs.
#[derive(Debug, Clone)]
pub struct LogConfig {
    filter: String,
    format: LogFormat,
    node: String,
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
    /// Reads `LOG` (`info`, `warn,gateway=debug`, …), `LOG_FORMAT` (`text` or `json`; the default is the node
    /// kind's) and `NODE_NAME` (the machine's name).
    pub fn read(env: &Env, default: LogFormat) -> Self {
        let filter = env.text("LOG").unwrap_or("info").to_owned();
        if !is_filter(&filter) {
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
        let node = env.text("NODE_NAME").map_or_else(host_name, str::to_owned);
        Self { filter, format, node }
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
            LogFormat::Json => layer
                .fmt_fields(JsonFields::new())
                .event_format(Named::new(&self.node, UtcTime::rfc_3339()))
                .try_init(),
            LogFormat::Text => layer.try_init(),
        };
    }
}

/// Whether it says what is to be logged. The crate takes a lone word that is no level for the name of a module, and then
/// logs nothing else: a level that is misspelt would be silence. Names of spans, in brackets, are left to it.
fn is_filter(filter: &str) -> bool {
    let is_level = |part: &str| part.trim().parse::<LevelFilter>().is_ok();
    let mut parts = filter.split(',').filter(|part| !part.contains(['=', '[', ']']));
    parts.all(is_level) && EnvFilter::try_new(filter).is_ok()
}

fn host_name() -> String {
    let name = std::fs::read_to_string(HOST_NAME).unwrap_or_default();
    if name.trim().is_empty() { "unnamed".to_owned() } else { name.trim().to_owned() }
}

/// The crate's own JSON, with the node's name before everything else.
struct Named<T> {
    /// `{"node":"NAME",`
    opening: String,
    line: Format<Json, T>,
}

impl<T: FormatTime> Named<T> {
    fn new(node: &str, timer: T) -> Self {
        let line = tracing_subscriber::fmt::format().json().with_timer(timer);
        let line = line.with_current_span(true).with_span_list(false);
        Self { opening: format!("{{\"node\":{},", serde_json::Value::from(node)), line }
    }
}

impl<S, N, T> FormatEvent<S, N> for Named<T>
where
    T: FormatTime,
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.line.format_event(ctx, Writer::new(&mut line), event)?;
        writer.write_str(&self.opening)?;
        // An object it is: its brace is ours already.
        writer.write_str(line.strip_prefix('{').ok_or(fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::io;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that a node of this name writes.
    fn lines(node: &str, write: impl FnOnce()) -> Vec<Value> {
        let written = Written::default();
        let subscriber = tracing_subscriber::fmt().with_writer({
            let written = written.clone();
            move || written.clone()
        });
        let named = Named::new(node, UtcTime::rfc_3339());
        let subscriber = subscriber.fmt_fields(JsonFields::new()).event_format(named).finish();
        tracing::subscriber::with_default(subscriber, write);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_of_json_says_which_node_wrote_it_and_within_which_request() {
        let lines = lines("gateway-1", || {
            tracing::warn!(connections = 3, "outside");
            let _request = tracing::info_span!("request", request_id = "0199").entered();
            tracing::info!("inside");
        });
        assert_eq!(lines.len(), 2);
        for (line, message, level) in [(&lines[0], "outside", "WARN"), (&lines[1], "inside", "INFO")] {
            assert_eq!((&line["node"], &line["level"]), (&json!("gateway-1"), &json!(level)));
            assert_eq!(line["fields"]["message"], message);
            assert!(line["timestamp"].is_string() && line["target"].is_string(), "{line}");
        }
        assert_eq!(lines[0]["fields"]["connections"], 3);
        assert_eq!(lines[1]["span"]["request_id"], "0199");
    }

    #[test]
    fn a_level_that_is_misspelt_is_no_filter() {
        for good in
            ["info", "OFF", "warn,gateway=debug", "gateway=debug,api=debug,info", "[request]=debug,warn"]
        {
            assert!(is_filter(good), "{good}");
        }
        for bad in ["inof", "warn,gateway", "gateway=loud", "debug api"] {
            assert!(!is_filter(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_that_needs_escaping_is_escaped() {
        let lines = lines("a \"b\" \n", || tracing::info!("hello"));
        assert_eq!(lines[0]["node"], "a \"b\" \n");
    }
}
