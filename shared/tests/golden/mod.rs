//! The golden files under `wire/`, and for each kind of event which of its variants has which.

use serde_json::Value;
use shared::event::{ClientEvent, Control, ServerEvent};
use std::collections::BTreeMap;
use std::path::Path;

/// The files of one folder, by name without `.json`.
pub fn files(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "json", "{}", path.display());
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    };
    entries.map(read).collect()
}

/// The same, parsed.
pub fn values(folder: &str) -> BTreeMap<String, Value> {
    let parsed = files(folder).into_iter().map(|(name, text)| {
        let value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{folder}/{name}.json: {error}"));
        (name, value)
    });
    parsed.collect()
}

/// Names every variant by its golden files. The match has no wildcard, so a new variant does not compile
/// before it is named here; and each name here must have a file.
macro_rules! variants {
    ($names:ident, $name_of:ident, $type:ident, $($variant:pat => $name:literal),* $(,)?) => {
        pub const $names: &[&str] = &[$($name),*];

        pub fn $name_of(event: &$type) -> &'static str {
            use $type::*;
            match event { $($variant => $name),* }
        }
    };
}

variants!(CLIENT, client_name, ClientEvent,
    Message(_) => "message",
    Auth { .. } => "auth",
    Read { .. } => "read",
    Typing { .. } => "typing",
    Watch { .. } => "watch",
    Ping { .. } => "ping",
);

variants!(SERVER, server_name, ServerEvent,
    Ready(_) => "ready",
    Message(_) => "message",
    Ack(_) => "ack",
    Error(_) => "error",
    Presence { .. } => "presence",
    Typing { .. } => "typing",
    Read { .. } => "read",
    View { .. } => "view",
    LoggedIn { .. } => "logged_in",
    Heads { .. } => "heads",
    Resync { .. } => "resync",
    Drain { .. } => "drain",
    Pong => "pong",
);

variants!(CONTROL, control_name, Control,
    SessionEnded { .. } => "session_ended",
    OtherSessionsEnded { .. } => "other_sessions_ended",
    AccountClosed => "account_closed",
    StatusChosen { .. } => "status_chosen",
    // What a newer release says, as far as an older one understands it.
    Unknown => "unknown",
);
