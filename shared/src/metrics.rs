//! Every metric that a node exports, in one table: name, kind, what it says. Labels never hold an id of a
//! user or a conversation. `docs/operations.md` lists the same; a test compares.

use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows; ends in `_total`.
    Counter,
    /// Is what it is.
    Gauge,
    /// A histogram of seconds.
    Seconds,
    /// A histogram of counts.
    Sizes,
    /// A histogram of bytes.
    Bytes,
}

macro_rules! metrics_table {
    ($($ident:ident $name:literal $kind:ident $help:literal),* $(,)?) => {
        $(#[doc = $help] pub const $ident: &str = $name;)*

        /// The whole table: name, kind, help.
        pub const TABLE: &[(&str, Kind, &str)] = &[$(($name, Kind::$kind, $help)),*];
    };
}

metrics_table! {
    BUILD_INFO "imtt_build_info" Gauge "1, with the version that runs as its label.",
    TASKS "imtt_runtime_tasks" Gauge "Tasks of the runtime that have not ended.",
    HTTP_SECONDS "imtt_http_request_duration_seconds" Seconds "REST requests, by route, method and status.",
    RATE_LIMITED "imtt_rate_limited_total" Counter "Requests and commands refused as too fast, by rule.",
    AUTH_FAILURES "imtt_auth_failures_total" Counter "Tokens and passwords refused, by reason.",
    ACCESS_DENIED "imtt_authz_denied_total" Counter "Requests for what the user may not see or do, by operation.",
    BCRYPT_WAITING "imtt_bcrypt_queue_depth" Gauge "Password checks that wait or run.",
    WS_CONNECTIONS "imtt_ws_connections" Gauge "Connections that are open on this gateway.",
    WS_CONNECTS "imtt_ws_connects_total" Counter "Upgrades and attachments, by result.",
    WS_DISCONNECTS "imtt_ws_disconnects_total" Counter "Connections that ended, by close code and the side that began.",
    WS_EVENTS "imtt_ws_events_total" Counter "Events received from clients, by type.",
    WS_ERRORS "imtt_ws_errors_total" Counter "`error` events sent, by code.",
    WS_WRITES "imtt_ws_writes_total" Counter "Writes to sockets; deliveries divided by it is the coalescing.",
    WS_DELIVERIES "imtt_ws_deliveries_total" Counter "Events put into an outbox.",
    WS_QUEUE_BYTES "imtt_ws_queue_bytes" Bytes "What waited in an outbox when the socket could take it.",
    WS_SHED "imtt_ws_shed_total" Counter "Ephemeral events not queued because the outbox was half full.",
    WS_RESYNCS "imtt_gap_resyncs_total" Counter "Times that a client was told to compare, by cause.",
    SLOW_CONSUMERS "imtt_slow_consumers_total" Counter "Connections closed because they took nothing for too long.",
    HUB_TOPICS "imtt_hub_topics" Gauge "Topics that this gateway listens to.",
    HUB_HOLDS "imtt_hub_holds_total" Counter "Topics held back, by reason (hole or members).",
    HUB_WITHHELD "imtt_hub_withheld_total" Counter "Entries withheld because the members could not be learnt.",
    ENVELOPES "imtt_envelopes_total" Counter "Envelopes that arrived over the bus, by kind.",
    ENVELOPES_BAD "imtt_pubsub_malformed_total" Counter "Bytes on the bus that are no envelope of ours.",
    PROBE_AGE "imtt_pubsub_probe_age_seconds" Gauge "Time since this gateway last heard its own word over the bus.",
    PUBSUB_LAG "imtt_pubsub_lag_seconds" Seconds "From publishing a word to itself to hearing it over the bus.",
    PUBSUB_DEAF "imtt_pubsub_deaf_total" Counter "Times that the gateway heard nothing over a bus that took its words, and made a new link.",
    ECHO_MISSES "imtt_echo_misses_total" Counter "Entries that were acknowledged and not heard over the bus within 2 s.",
    DELIVERY_SECONDS "imtt_message_delivery_duration_seconds" Seconds "From commit to the write to a socket.",
    ACK_SECONDS "imtt_message_ack_duration_seconds" Seconds "From a message event's arrival to its ack.",
    DOOR_REQUESTS "imtt_door_requests_total" Counter "Requests of this gateway to api nodes, by call and result.",
    DOOR_SECONDS "imtt_door_request_duration_seconds" Seconds "The same, by call: how long each took.",
    API_NODES "imtt_api_nodes" Gauge "Api nodes that this gateway knows, by state (up or down).",
    REVOCATION_SECONDS "imtt_revocation_duration_seconds" Seconds "From the end of a session or account at an api to the closing of its connections here.",
    POOL_WAIT_SECONDS "imtt_db_pool_wait_seconds" Seconds "What a request waited for a connection to the database, by pool (read or write).",
    QUERY_SECONDS "imtt_db_query_duration_seconds" Seconds "Statements, by what they do and to which table.",
    LANE_DEPTH "imtt_lane_depth" Gauge "Drafts that wait in lanes, by side (gateway or api).",
    ACCEPTED "imtt_messages_accepted_total" Counter "Entries stored, by kind.",
    REPEATED "imtt_messages_repeated_total" Counter "Repeats answered with the place that was stored.",
    REJECTED "imtt_messages_rejected_total" Counter "Drafts refused, by code.",
    APPEND_SECONDS "imtt_append_duration_seconds" Seconds "Append batches, from begin to commit.",
    APPEND_BATCH "imtt_append_batch_drafts" Sizes "Drafts in an append batch.",
    APPEND_RETRIES "imtt_append_retries_total" Counter "Append batches run again, by cause.",
    PUBLISH_FAILED "imtt_publish_failures_total" Counter "Envelopes that the bus did not surely take.",
    HEADS_ANNOUNCED "imtt_heads_announced_total" Counter "Heads announced for entries that could not be published.",
    REDIS_UP "imtt_redis_up" Gauge "1 while the link to Redis stands, by link (publisher or subscriber).",
    RESUBSCRIBES "imtt_pubsub_resubscribes_total" Counter "Times that a lost subscriber link was back, with all its topics.",
    REDIS_FAILURES "imtt_redis_failures_total" Counter "Commands that Redis did not answer well or in time, by use (presence or limits).",
}

/// Bucket bounds of the histograms of seconds: 0.5 ms to 30 s.
const SECONDS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0];
/// Bucket bounds of the histograms of counts: powers of two to a full batch.
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
/// Bucket bounds of the histograms of bytes: from a short event to twice the default outbox.
const BYTES: [f64; 9] = [256.0, 1024.0, 4096.0, 16384.0, 32768.0, 65536.0, 131072.0, 262144.0, 524288.0];

/// How often recorded values are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Metrics are the process's, whatever number of nodes it holds: the first call installs them.
static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// Starts counting for this process, or finds that it was started, and gives what renders `/metrics`.
///
/// # Errors
/// When another recorder was installed, or a table entry is malformed.
pub fn install() -> Result<PrometheusHandle, Box<dyn std::error::Error + Send + Sync>> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let mut builder = PrometheusBuilder::new();
    for (name, kind, _) in TABLE {
        builder = match kind {
            Kind::Seconds => builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), &SECONDS)?,
            Kind::Sizes => builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), &SIZES)?,
            Kind::Bytes => builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), &BYTES)?,
            Kind::Counter | Kind::Gauge => builder,
        };
    }
    let handle = builder.install_recorder()?;
    keep_up(handle.clone())?;
    for (name, kind, help) in TABLE {
        match kind {
            Kind::Counter => describe_counter!(*name, *help),
            Kind::Gauge => describe_gauge!(*name, *help),
            Kind::Seconds | Kind::Sizes | Kind::Bytes => describe_histogram!(*name, *help),
        }
    }
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    *installed = Some(handle.clone());
    Ok(handle)
}

/// Every so often puts what was recorded into its buckets. Until then each value of a histogram is kept by itself, so that
/// a node whose metrics nobody reads would keep all of them.
fn keep_up(handle: PrometheusHandle) -> std::io::Result<()> {
    let keeping = move || {
        loop {
            #[allow(clippy::disallowed_methods, reason = "the thread is its own, and has no tasks")]
            std::thread::sleep(UPKEEP);
            handle.run_upkeep();
        }
    };
    std::thread::Builder::new().name("metrics".to_owned()).spawn(keeping).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_the_field() {
        for (name, kind, help) in TABLE {
            assert!(name.starts_with("imtt_") && help.ends_with('.'), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            assert!(*kind != Kind::Seconds || name.ends_with("_seconds"), "{name}");
            assert_eq!(name.ends_with("_bytes"), *kind == Kind::Bytes, "{name}");
        }
    }
}
