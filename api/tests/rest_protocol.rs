//! `docs/protocol.md` says what the code does: its tables are the code's.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use rest_support::{Node, routes};
use shared::close::Close;
use shared::error::Code;
use shared::event::ClientEvent;
use shared::rate;

const PROTOCOL: &str = include_str!("../../docs/protocol.md");

/// The cells of the rows under a table's heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let after = PROTOCOL.split(heading).nth(1).unwrap_or_else(|| panic!("no table {heading}"));
    let rows = after.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells =
        |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
    rows.map(cells).collect()
}

#[test]
fn the_table_of_codes_is_the_codes() {
    let code =
        |code: &Code| vec![code.as_str().to_owned(), code.status().to_string(), code.message().to_owned()];
    assert_eq!(table("| code | status | means |"), Code::ALL.iter().map(code).collect::<Vec<_>>());
}

#[test]
fn the_table_of_close_codes_is_the_codes() {
    let listed: Vec<_> = table("| code | reason in the frame | what to do |");
    let close = |close: &Close| vec![close.code().to_string(), close.reason().to_owned()];
    let listed: Vec<_> = listed.into_iter().map(|row| row[..2].to_vec()).collect();
    assert_eq!(listed, Close::ALL.iter().map(close).collect::<Vec<_>>());
}

#[test]
fn the_table_of_rates_is_the_rules() {
    let rules = [
        rate::REGISTER,
        rate::LOGIN_ADDRESS,
        rate::LOGIN_ACCOUNT,
        rate::PASSWORD,
        rate::REFRESH,
        rate::FIND_USER,
        rate::SEND,
        rate::GROUPS,
        rate::REQUEST,
        rate::CONNECT,
    ];
    let rule = |rule: &rate::Rule| {
        let every = rule.every.as_millis();
        let every =
            if every.is_multiple_of(1000) { format!("{} s", every / 1000) } else { format!("{every} ms") };
        (rule.name.to_owned(), rule.burst.to_string(), every)
    };
    let listed = table("| rule | counted for | at once | then one every |");
    let listed: Vec<_> =
        listed.into_iter().map(|row| (row[0].clone(), row[2].clone(), row[3].clone())).collect();
    assert_eq!(listed, rules.iter().map(rule).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_table_of_calls_is_the_routers_and_marks_those_that_want_a_token() {
    let node = Node::start().await;
    let mut served = Vec::new();
    for route in routes(&node.service.router()) {
        let docs = route.path.starts_with("/api/docs") || route.path == "/api/openapi.json";
        if docs || !route.path.starts_with("/api/") {
            continue;
        }
        let open =
            ["about", "register", "login", "refresh", "logout"].iter().any(|end| route.path.ends_with(end));
        served.push(format!("{} {}{}", route.method, route.path, if open { "" } else { " 🔑" }));
    }
    let mut listed: Vec<String> =
        table("| call | takes | answers |").into_iter().map(|row| row[0].clone()).collect();
    served.sort();
    listed.sort();
    assert_eq!(listed, served);
}

#[test]
fn the_table_of_client_events_is_the_events() {
    let listed: Vec<String> =
        table("| event | fields | answered with |").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(listed, ClientEvent::TYPES);
}
