//! The table of all metrics: name, kind, which programs export it, what is known of its labels beforehand, and what it
//! says. Labels never hold an id of a user or a conversation. `docs/operations.md` lists the same; tests compare the two,
//! and both with what nodes export that run.

use super::Start::{Each, One, Pairs, Unknown};
use super::{ALL, DOOR, Kind, LINKS, Metric, SOCKETS, STORE};
use crate::close::Close;
use crate::door::Call;
use crate::error::Code;
use crate::rate;

macro_rules! metrics_table {
    ($($ident:ident $name:literal $kind:ident $on:ident $start:expr => $help:literal;)*) => {
        $(#[doc = $help] pub const $ident: &str = $name;)*

        /// The whole table.
        pub const TABLE: &[Metric] =
            &[$(Metric { name: $name, kind: Kind::$kind, on: $on, start: $start, help: $help }),*];
    };
}

metrics_table! {
    BUILD_INFO "imtt_build_info" Gauge ALL Unknown(&["version", "schema"]) =>
        "1, with the version that runs as a label, and on who has a database that of the tables it was made for.";
    TASKS "imtt_runtime_tasks" Gauge ALL One =>
        "Tasks of the runtime that have not ended.";
    RUNTIME_QUEUE "imtt_runtime_queue_depth" Gauge ALL One =>
        "Tasks that could run and wait in the runtime's shared queue.";
    RUNTIME_LAG "imtt_runtime_lag_seconds" Seconds ALL One =>
        "How much later than asked for the runtime wakes a task.";
    HTTP_SECONDS "imtt_http_request_duration_seconds" Seconds STORE Unknown(&["route", "method", "status"]) =>
        "REST requests, by route, method and status.";
    RATE_LIMITED "imtt_rate_limited_total" Counter ALL Each("rule", rules) =>
        "Requests and commands refused as too fast, by rule.";
    AUTH_FAILURES "imtt_auth_failures_total" Counter ALL Each("reason", auth_reasons) =>
        "Tokens and passwords refused, by reason.";
    ACCESS_DENIED "imtt_authz_denied_total" Counter STORE Each("operation", || words(&["group", "conversation"])) =>
        "Requests for what the user may not see or do, by operation.";
    BCRYPT_WAITING "imtt_bcrypt_queue_depth" Gauge STORE One =>
        "Password checks that wait or run.";
    WS_CONNECTIONS "imtt_ws_connections" Gauge SOCKETS One =>
        "Connections that are open on this gateway.";
    DRAINING "imtt_draining" Gauge SOCKETS One =>
        "1 while the gateway sends its clients away because it was told to stop.";
    WS_CONNECTS "imtt_ws_connects_total" Counter SOCKETS Each("result", connects) =>
        "Upgrades and attachments, by result.";
    WS_DISCONNECTS "imtt_ws_disconnects_total" Counter SOCKETS Pairs(("code", closes), ("side", || words(&["client", "gateway"]))) =>
        "Connections that ended, by close code and the side that began.";
    WS_EVENTS "imtt_ws_events_total" Counter SOCKETS Each("type", events) =>
        "Events received from clients, by type.";
    WS_ERRORS "imtt_ws_errors_total" Counter SOCKETS Each("code", codes) =>
        "`error` events sent, by code.";
    WS_WRITES "imtt_ws_writes_total" Counter SOCKETS One =>
        "Writes to sockets; deliveries divided by it is the coalescing.";
    WS_DELIVERIES "imtt_ws_deliveries_total" Counter SOCKETS One =>
        "Events put into an outbox.";
    WS_QUEUE_BYTES "imtt_ws_queue_bytes" Bytes SOCKETS One =>
        "What waited in an outbox when the socket could take it.";
    WS_SHED "imtt_ws_shed_total" Counter SOCKETS One =>
        "Ephemeral events not queued because the outbox was half full.";
    WS_RESYNCS "imtt_gap_resyncs_total" Counter SOCKETS Each("cause", || words(&["outbox", "hole", "held", "members"])) =>
        "Times that a client was told to compare, by cause.";
    SLOW_CONSUMERS "imtt_slow_consumers_total" Counter SOCKETS One =>
        "Connections closed because they took nothing for too long.";
    HUB_TOPICS "imtt_hub_topics" Gauge SOCKETS One =>
        "Topics that this gateway listens to.";
    HUB_HOLDS "imtt_hub_holds_total" Counter SOCKETS Each("reason", || words(&["hole", "members"])) =>
        "Topics held back, by reason (hole or members).";
    HUB_WITHHELD "imtt_hub_withheld_total" Counter SOCKETS One =>
        "Entries withheld because the members could not be learnt.";
    ENVELOPES "imtt_envelopes_total" Counter SOCKETS Each("kind", || words(&["entry", "ephemeral", "head", "control"])) =>
        "Envelopes that arrived over the bus, by kind.";
    ENVELOPES_BAD "imtt_pubsub_malformed_total" Counter SOCKETS One =>
        "Bytes on the bus that are no envelope of ours.";
    PROBE_AGE "imtt_pubsub_probe_age_seconds" Gauge SOCKETS One =>
        "Time since this gateway last heard its own word over the bus, or since it began if it never did.";
    PUBSUB_LAG "imtt_pubsub_lag_seconds" Seconds SOCKETS One =>
        "From publishing a word to itself to hearing it over the bus.";
    PUBSUB_DEAF "imtt_pubsub_deaf_total" Counter SOCKETS One =>
        "Times that the gateway heard nothing over a bus that took its words, and made a new link.";
    ECHO_MISSES "imtt_echo_misses_total" Counter SOCKETS One =>
        "Entries that were acknowledged and not heard over the bus within 2 s.";
    DELIVERY_SECONDS "imtt_message_delivery_duration_seconds" Seconds SOCKETS One =>
        "From an entry's commit to its being written to a receiver's socket; what is told again is not counted.";
    ACK_SECONDS "imtt_message_ack_duration_seconds" Seconds SOCKETS One =>
        "From a message event's arrival to its ack.";
    DOOR_REQUESTS "imtt_door_requests_total" Counter DOOR Pairs(("call", calls), ("result", door_results)) =>
        "Requests of this gateway to api nodes, by call and result.";
    DOOR_SECONDS "imtt_door_request_duration_seconds" Seconds DOOR Each("call", calls) =>
        "The same, by call: how long each took.";
    API_NODES "imtt_api_nodes" Gauge DOOR Each("state", || words(&["up", "down"])) =>
        "Api nodes that this gateway knows, by state (up or down).";
    REVOCATION_SECONDS "imtt_revocation_duration_seconds" Seconds SOCKETS One =>
        "From the end of a session or account at an api to the closing of its connections here.";
    CANARY_SECONDS "imtt_canary_roundtrip_seconds" Seconds SOCKETS One =>
        "From a canary's being sent to its arrival, through lane, commit, bus and hub, where it would be written to a socket.";
    CANARY_LAST "imtt_canary_last_success_timestamp_seconds" Gauge SOCKETS Unknown(&[]) =>
        "When a canary arrived last, in seconds since 1970, or when the first was to be sent.";
    CANARY_FAILED "imtt_canary_failures_total" Counter SOCKETS Each("step", || words(&["append", "bus"])) =>
        "Canaries that were not stored in time, or stored and not heard of, by step.";
    POOL_WAIT_SECONDS "imtt_db_pool_wait_seconds" Seconds STORE Each("pool", || words(&["read", "write"])) =>
        "What a request waited for a connection to the database, by pool (read or write).";
    QUERY_SECONDS "imtt_db_query_duration_seconds" Seconds STORE Unknown(&["query"]) =>
        "Statements, by what they do and to which table; those that go to the server together are one, named by the first.";
    LANE_DEPTH "imtt_lane_depth" Gauge ALL Each("side", || words(&["gateway", "api"])) =>
        "Drafts that wait in lanes, by side (gateway or api).";
    ACCEPTED "imtt_messages_accepted_total" Counter STORE Each("kind", kinds) =>
        "Entries stored, by kind.";
    REPEATED "imtt_messages_repeated_total" Counter STORE One =>
        "Repeats answered with the place that was stored.";
    REJECTED "imtt_messages_rejected_total" Counter STORE Each("code", codes) =>
        "Drafts refused, by code.";
    APPEND_SECONDS "imtt_append_duration_seconds" Seconds STORE One =>
        "Append batches, from begin to commit.";
    APPEND_BATCH "imtt_append_batch_drafts" Sizes STORE One =>
        "Drafts in an append batch.";
    APPEND_RETRIES "imtt_append_retries_total" Counter STORE Each("cause", || words(&["duplicate", "lock_wait", "deadlock", "busy", "lost"])) =>
        "Append batches run again, by cause.";
    PUBLISH_FAILED "imtt_publish_failures_total" Counter STORE One =>
        "Envelopes that the bus did not surely take.";
    HEADS_ANNOUNCED "imtt_heads_announced_total" Counter STORE One =>
        "Heads announced for entries that could not be published.";
    REDIS_UP "imtt_redis_up" Gauge LINKS Unknown(&["link"]) =>
        "1 while the link to Redis stands, by link (publisher or subscriber).";
    RESUBSCRIBES "imtt_pubsub_resubscribes_total" Counter DOOR One =>
        "Times that a lost subscriber link was back, with all its topics.";
    REDIS_FAILURES "imtt_redis_failures_total" Counter LINKS Each("use", || words(&["presence", "limits"])) =>
        "Commands that Redis did not answer well or in time, by use (presence or limits).";
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn codes() -> Vec<String> {
    Code::ALL.iter().map(|code| code.as_str().to_owned()).collect()
}

fn closes() -> Vec<String> {
    Close::ALL.iter().map(|close| close.code().to_string()).collect()
}

fn calls() -> Vec<String> {
    Call::ALL.iter().map(|call| call.name().to_owned()).collect()
}

/// What a request through the door can come to: an answer, or a fault of a node or of the way there.
fn door_results() -> Vec<String> {
    words(&[
        "ok",
        "put_off",
        "unreachable",
        "closed",
        "late",
        "unavailable",
        "failed",
        "refused",
        "unreadable",
    ])
}

/// Those of the table of limits, and two that are none of it.
fn rules() -> Vec<String> {
    let rules = rate::RULES.iter().map(|rule| rule.name.to_owned());
    rules.chain(words(&["bcrypt_queue", "command"])).collect()
}

fn auth_reasons() -> Vec<String> {
    words(&[
        "token",
        "no_token",
        "expired_token",
        "bad_token",
        "ended_session",
        "bad_refresh_token",
        "reused_refresh_token",
        "wrong_credentials",
        "wrong_password",
    ])
}

/// What an upgrade or an attachment can come to.
fn connects() -> Vec<String> {
    words(&["attached", "refused", "unavailable", "unauthorized", "bad_origin", "bad_request", "too_fast"])
}

fn events() -> Vec<String> {
    words(&["auth", "message", "read", "typing", "watch", "ping", "bad"])
}

fn kinds() -> Vec<String> {
    words(&["text", "image", "file", "member_joined", "member_left", "canary"])
}
