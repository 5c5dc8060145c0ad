//! The wire is what the golden files say: each is read into its type and written back to the same JSON, and no
//! event is without one. The client's tests read the same files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

mod golden;

use golden::{CLIENT, CONTROL, SERVER, client_name, control_name, server_name, values};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::error::Code;
use shared::event::{BadEvent, ClientEvent, Control, ServerEvent};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// Reads and writes every file of a folder, and looks whether each variant has one.
fn check<T: DeserializeOwned + Serialize + Debug>(
    folder: &str,
    names: &[&str],
    name_of: fn(&T) -> &'static str,
) {
    let mut seen = BTreeSet::new();
    for (file, value) in values(folder) {
        let event: T =
            serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{folder}/{file}: {error}"));
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            value,
            "{folder}/{file} is written back as it was read"
        );
        assert_eq!(file.split('-').next(), Some(name_of(&event)), "{folder}/{file} is named after its event");
        seen.insert(name_of(&event));
    }
    let without: Vec<_> = names.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(without.is_empty(), "no golden file in {folder}/ for {without:?}");
}

#[test]
fn every_client_event_has_golden_files_and_survives_them() {
    check::<ClientEvent>("client", CLIENT, client_name);
    assert_eq!(CLIENT, ClientEvent::TYPES, "what a client may send is what `decode` knows");
}

#[test]
fn every_server_event_has_golden_files_and_survives_them() {
    check::<ServerEvent>("server", SERVER, server_name);
}

#[test]
fn every_control_has_golden_files_and_survives_them() {
    check::<Control>("control", CONTROL, control_name);
}

#[test]
fn a_client_event_is_read_from_the_text_of_a_frame() {
    for (file, text) in golden::files("client") {
        let event = ClientEvent::decode(&text).unwrap_or_else(|bad| panic!("{file}: {bad:?}"));
        assert!(file.starts_with(client_name(&event)));
    }
}

#[test]
fn fields_of_a_newer_release_are_passed_over() {
    let newer = |mut value: Value| {
        value["a_field_of_the_next_release"] = json!({"deep": [1, null, "x"]});
        value
    };
    for (file, value) in values("client") {
        let text = newer(value.clone()).to_string();
        assert_eq!(ClientEvent::decode(&text), ClientEvent::decode(&value.to_string()), "{file}");
    }
    for (file, value) in values("server") {
        let [old, new] =
            [value.clone(), newer(value)].map(|v| serde_json::from_value::<ServerEvent>(v).unwrap());
        assert_eq!(old, new, "{file}");
    }
    for (file, value) in values("control") {
        let [old, new] = [value.clone(), newer(value)].map(|v| serde_json::from_value::<Control>(v).unwrap());
        assert_eq!(old, new, "{file}");
    }
}

#[test]
fn a_control_of_a_newer_release_is_passed_over() {
    let newer = json!({"control": "moon_phase", "phase": 3});
    assert_eq!(serde_json::from_value::<Control>(newer).unwrap(), Control::Unknown);
}

#[test]
fn what_is_no_event_has_its_code() {
    let code = |text: &str| ClientEvent::decode(text).unwrap_err().code;
    for text in [
        "",
        "{",
        "hello",
        "{\"event_type\":\"ping\"} x",
        "[]",
        "[{\"event_type\":\"ping\"}]",
        "null",
        "7",
        "\"ping\"",
    ] {
        assert_eq!(code(text), Code::BadJson, "{text}");
    }
    for text in [
        r#"{}"#,
        r#"{"event_type":"pong"}"#,
        r#"{"event_type":"Ping"}"#,
        r#"{"event_type":5}"#,
        r#"{"type":"ping"}"#,
    ] {
        assert_eq!(code(text), Code::UnknownEvent, "{text}");
    }
}

#[test]
fn a_field_that_is_missing_or_of_the_wrong_type_is_a_bad_request_unless_a_file_goes_without_it() {
    let files = values("client");
    for (file, value) in &files {
        for field in value.as_object().unwrap().keys().filter(|field| *field != "event_type") {
            let mut without = value.clone();
            without.as_object_mut().unwrap().remove(field);
            let has_file =
                |other: &Value| other["event_type"] == value["event_type"] && other.get(field).is_none();
            let expected = if files.values().any(has_file) { Ok(()) } else { Err(Code::BadRequest) };
            assert_eq!(code_of(&without), expected, "{file} without {field}");

            let mut wrong = value.clone();
            wrong[field] = json!({"not": "this"});
            assert_eq!(code_of(&wrong), Err(Code::BadRequest), "{file} with a wrong {field}");
        }
    }
}

fn code_of(event: &Value) -> Result<(), Code> {
    ClientEvent::decode(&event.to_string()).map(|_| ()).map_err(|bad| bad.code)
}

#[test]
fn a_message_that_cannot_be_read_is_refused_by_the_name_its_sender_gave_it() {
    for (text, code) in [
        (r#"{"event_type":"message","client_message_id":"mine"}"#, Code::BadRequest),
        (r#"{"event_type":"massage","client_message_id":"mine"}"#, Code::UnknownEvent),
    ] {
        let refused = BadEvent { code, client_message_id: Some("mine".to_owned()) };
        assert_eq!(ClientEvent::decode(text), Err(refused));
    }
    let nameless = r#"{"event_type":"message","client_message_id":7}"#;
    assert_eq!(ClientEvent::decode(nameless).unwrap_err().client_message_id, None);
}

#[test]
fn a_number_is_no_string_and_a_string_no_number() {
    for text in [
        r#"{"event_type":"message","receiver_id":"2","content":"hi"}"#,
        r#"{"event_type":"message","receiver_id":2.5,"content":"hi"}"#,
        r#"{"event_type":"message","receiver_id":99999999999999999999,"content":"hi"}"#,
        r#"{"event_type":"message","receiver_id":2,"content":5}"#,
        r#"{"event_type":"read","conversation_id":1,"seq":true}"#,
        r#"{"event_type":"watch","user_ids":2}"#,
        r#"{"event_type":"watch","user_ids":["2"]}"#,
    ] {
        assert_eq!(ClientEvent::decode(text).unwrap_err().code, Code::BadRequest, "{text}");
    }
}

#[test]
fn ids_are_whole_numbers_and_names_and_times_are_strings() {
    for folder in ["client", "server", "control"] {
        for (file, value) in values(folder) {
            for (field, value) in value.as_object().unwrap() {
                assert!(has_its_type(field, value), "{folder}/{file}: {field} is {value}");
            }
        }
    }
}

/// Of every field that the wire knows; a new one is to be added here.
fn has_its_type(field: &str, value: &Value) -> bool {
    let is_number = |value: &Value| value.as_i64().is_some_and(|n| (0..1 << 53).contains(&n));
    match field {
        "client_message_id" | "connection_id" | "event_type" | "control" | "content" | "message_type"
        | "token" | "epoch" | "code" | "message" | "status" | "device" => value.is_string(),
        "created_at" => value.as_str().is_some_and(is_time),
        "user_ids" | "conversations" => value.as_array().is_some_and(|ids| ids.iter().all(is_number)),
        "heads" => value.as_object().unwrap().iter().all(|(id, head)| {
            let numbers = head.as_array().unwrap();
            id.parse::<i64>().is_ok() && numbers.len() == 3 && numbers.iter().all(is_number)
        }),
        "view" => {
            let view = value.as_object().unwrap();
            ["pinned", "muted"].iter().all(|field| view[*field].is_boolean())
                && ["hidden_seq", "unread_seq", "version"].iter().all(|field| is_number(&view[*field]))
        }
        "receiver_id" | "group_id" | "kept" => value.is_null() || is_number(value),
        "user_id" | "conversation_id" | "message_id" | "session_id" | "seq" | "sum" | "views"
        | "heartbeat_ms" | "retry_after_ms" | "reconnect_in_ms" => is_number(value),
        _ => false,
    }
}

/// `2026-03-01T09:30:00.250Z` and nothing shorter: clients compare times as text.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00.000Z"
}
