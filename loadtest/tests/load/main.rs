//! The load tool against an all-in-one: small, and whole. No test asks how fast anything was.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod liar;

use liar::Lie;
use loadtest::load::report::{Outcome, names};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use testkit::Program;
use testkit::port::SteadyPort;

const PROGRAM: &str = env!("CARGO_BIN_EXE_imtt-load");

fn load(words: &str, files: &[&str]) -> Output {
    Command::new(PROGRAM).args(words.split_whitespace()).args(files).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The all-in-one, which lies beside the tool: `cargo build --workspace` puts it there.
fn all_in_one() -> PathBuf {
    let program = Path::new(PROGRAM).parent().unwrap().join("im-tt");
    assert!(program.is_file(), "no {}: `cargo build --workspace` makes it", program.display());
    program
}

/// Runs one scenario; gives back what came of it and the page, if it could be run.
fn figures(words: &str) -> (Option<i32>, Outcome, String) {
    let folder = tempfile::tempdir().unwrap();
    let (json, page) = (folder.path().join("load.json"), folder.path().join("load.html"));
    let files = ["--json", json.to_str().unwrap(), "--report", page.to_str().unwrap()];
    let output = load(&format!("{words} --seconds 1 --warm-up 0.2"), &files);
    let json = std::fs::read_to_string(json).unwrap_or_else(|_| panic!("{}", said(&output)));
    let mut outcomes: Vec<Outcome> = serde_json::from_str(&json).unwrap();
    assert_eq!(outcomes.len(), 1);
    (output.status.code(), outcomes.remove(0), std::fs::read_to_string(page).unwrap())
}

/// The same on an all-in-one that it starts; no promise may be broken.
fn kept(words: &str) -> (Outcome, String) {
    all_in_one();
    let (code, outcome, page) = figures(&format!("{words} --start standalone"));
    assert_eq!((code, &outcome.faults), (Some(0), &Vec::new()));
    (outcome, page)
}

/// Pairs who write to each other through a proxy that lies.
async fn through(lie: Lie) -> (Option<i32>, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    let internal = SteadyPort::claim();
    let program = Program::at(all_in_one())
        .env("INTERNAL_LISTEN", format!("127.0.0.1:{}", internal.number()))
        .env("DATA_DIR", folder.path())
        .env("BCRYPT_COST", "4")
        .env("RATE_LIMITS", "off");
    let process = program.start().await;
    let server = process.address.trim_start_matches("http://").parse().unwrap();
    let liar = liar::before(server, lie).await;
    let metrics = format!("http://127.0.0.1:{}/metrics", internal.number());
    let words = format!("direct --users 4 --rate 60 --address {liar} --metrics {metrics}");
    let (code, outcome, _) = tokio::task::spawn_blocking(move || figures(&words)).await.unwrap();
    (code, outcome)
}

#[test]
fn pairs_who_write_to_each_other_hear_everything_once() {
    let (outcome, page) = kept("direct --users 8 --rate 100");
    assert!(outcome.counts.acked >= 100, "{:?}", outcome.counts);
    assert_eq!(outcome.counts.delivered + outcome.counts.fetched, 2 * outcome.counts.acked);
    assert!(outcome.ack.is_some() && outcome.delivery.is_some());
    assert_eq!(outcome.costs.len(), 1, "there is one process");
    assert!(page.contains("<svg") && page.contains("direct"));
}

#[test]
fn a_group_hears_its_publishers() {
    let (outcome, _) = kept("group --members 20 --publishers 2 --rate 50");
    assert_eq!(outcome.counts.delivered + outcome.counts.fetched, 22 * outcome.counts.acked);
}

#[test]
fn everybody_who_is_cut_off_comes_back_with_everything() {
    let (outcome, _) = kept("storm --connections 20 --members 10 --rate 50 --jitter-ms 200");
    assert!(outcome.figure(names::BACK).is_some(), "{:?}", outcome.figures);
}

#[test]
fn whoever_is_idle_hears_in_the_end_and_as_much_as_possible_is_taken() {
    let (outcome, _) = kept("idle --connections 20 --members 10 --in-groups 2");
    assert_eq!(outcome.counts.acked, 4, "one message to each group");
    assert!(outcome.figure(names::GATEWAY_MEMORY).is_some(), "{:?}", outcome.figures);
    let (outcome, page) = kept("ingest --users 4 --in-flight 2");
    assert!(outcome.counts.acked_measured > 0);
    assert!(page.contains("durable messages, sustained"), "what was measured stands beside what is wanted");
}

#[test]
fn the_all_in_one_is_looked_at_and_found_to_work() {
    let (outcome, page) = kept("all-in-one");
    for name in [names::SERVED, names::IDLE_MEMORY] {
        assert!(outcome.figure(name).is_some_and(|value| value > 0.0), "{name}: {:?}", outcome.figures);
    }
    assert!(outcome.counts.acked > 0 && page.contains("from its start until it serves"));
}

#[tokio::test]
async fn a_system_that_runs_is_asked_by_rest_alone() {
    let (code, outcome) = through(Lie::None).await;
    assert_eq!((code, &outcome.faults), (Some(0), &Vec::new()));
    assert_eq!(outcome.counts.fetched, 0);
    assert_eq!(outcome.costs.len(), 1, "whose metrics were named");
}

#[tokio::test]
async fn what_a_line_loses_is_fetched_and_counted() {
    let (code, outcome) = through(Lie::Lose).await;
    assert_eq!((code, &outcome.faults), (Some(0), &Vec::new()));
    assert!(outcome.counts.holes > 0 && outcome.counts.fetched > 0, "{:?}", outcome.counts);
}

#[tokio::test]
async fn a_message_that_comes_twice_or_is_another_one_fails_the_run() {
    for (lie, wanted) in [(Lie::Double, "came twice"), (Lie::Alter, "that are not the")] {
        let (code, outcome) = through(lie).await;
        assert_eq!(code, Some(1), "{lie:?}");
        assert!(outcome.faults.iter().any(|fault| fault.contains(wanted)), "{:?}", outcome.faults);
    }
}

#[test]
fn what_cannot_be_run_is_said_in_a_sentence_and_ends_with_2() {
    for (words, wanted) in [
        ("direct --rate many", "--rate many: that is no number"),
        ("walk", "there is no scenario walk"),
        ("direct --address 127.0.0.1:1", "registering"),
        ("direct --start standalone --binaries nowhere", "there is no nowhere/im-tt"),
        ("idle --binaries nowhere", "there is no nowhere/gateway"),
    ] {
        let output = load(words, &[]);
        assert_eq!(output.status.code(), Some(2), "{words}: {}", said(&output));
        assert!(said(&output).contains(wanted), "{words}: {}", said(&output));
    }
    let help = load("--help", &[]);
    assert!(help.status.success() && said(&help).contains("imtt-load"));
}

/// With real gateways, and so with MariaDB and Redis.
#[test]
fn more_gateways_get_the_same_work_each() {
    let words = "scale --steps 1,3 --runs 2 --members 4 --rate 40 --json";
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("load.json");
    let output = load(words, &[json.to_str().unwrap(), "--seconds", "1", "--warm-up", "0.2"]);
    assert!(output.status.success(), "{}", said(&output));
    let outcomes: Vec<Outcome> = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let scaling = outcomes[0].scaling.as_ref().expect("it is about that");
    let [one, three] = scaling.steps.as_slice() else { panic!("{scaling:?}") };
    assert_eq!((one.gateways, three.gateways), (1, 3));
    assert!(one.delivery.median > 0.0 && three.delivery.median > 0.0, "{scaling:?}");
    // To those who listen, and to the publisher.
    let counts = &outcomes[0].counts;
    let (each, all) = (counts.acked / 2, counts.delivered + counts.fetched);
    assert_eq!(all, each * (4 + 1) + each * (3 * 4 + 1), "{counts:?}");
}
