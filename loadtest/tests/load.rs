//! The load tool against an all-in-one: small, and whole. No test asks how fast anything was.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

use loadtest::load::report::Outcome;
use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_imtt-load");

fn load(words: &str, files: &[&str]) -> Output {
    Command::new(PROGRAM).args(words.split_whitespace()).args(files).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs it on an all-in-one that lies beside the tool: `cargo build --workspace` puts it there.
fn figures(words: &str) -> (Outcome, String) {
    let program = Path::new(PROGRAM).parent().unwrap().join("im-tt");
    assert!(program.is_file(), "no {}: `cargo build --workspace` makes it", program.display());
    let folder = tempfile::tempdir().unwrap();
    let (json, page) = (folder.path().join("load.json"), folder.path().join("load.html"));
    let files = ["--json", json.to_str().unwrap(), "--report", page.to_str().unwrap()];
    let output = load(&format!("{words} --start standalone --seconds 1 --warm-up 0.2"), &files);
    assert!(output.status.success(), "{}", said(&output));
    let json = std::fs::read_to_string(json).unwrap();
    let mut outcomes: Vec<Outcome> = serde_json::from_str(&json).unwrap();
    assert_eq!(outcomes.len(), 1);
    (outcomes.remove(0), std::fs::read_to_string(page).unwrap())
}

#[test]
fn pairs_who_write_to_each_other_hear_everything_once() {
    let (outcome, page) = figures("direct --users 8 --rate 100");
    assert_eq!(outcome.faults, Vec::<String>::new());
    assert!(outcome.counts.acked >= 100, "{:?}", outcome.counts);
    assert_eq!(outcome.counts.delivered + outcome.counts.fetched, 2 * outcome.counts.acked);
    assert!(outcome.ack.is_some() && outcome.delivery.is_some());
    assert_eq!(outcome.costs.len(), 1, "there is one process");
    assert!(page.contains("<svg") && page.contains("direct"));
}

#[test]
fn a_group_hears_its_publishers() {
    let (outcome, _) = figures("group --members 20 --publishers 2 --rate 50");
    assert_eq!(outcome.faults, Vec::<String>::new());
    assert_eq!(outcome.counts.delivered + outcome.counts.fetched, 22 * outcome.counts.acked);
}

#[test]
fn everybody_who_is_cut_off_comes_back_with_everything() {
    let (outcome, _) = figures("storm --connections 20 --members 10 --rate 50 --jitter-ms 200");
    assert_eq!(outcome.faults, Vec::<String>::new());
    assert!(outcome.figures.iter().any(|figure| figure.name.starts_with("with everything")));
}

#[test]
fn what_cannot_be_run_is_said_in_a_sentence_and_ends_with_2() {
    for (words, wanted) in [
        ("direct --rate many", "--rate many: that is no number"),
        ("walk", "there is no scenario walk"),
        ("direct --address 127.0.0.1:1", "registering"),
    ] {
        let output = load(words, &[]);
        assert_eq!(output.status.code(), Some(2), "{words}: {}", said(&output));
        assert!(said(&output).contains(wanted), "{words}: {}", said(&output));
    }
    let help = load("--help", &[]);
    assert!(help.status.success() && said(&help).contains("imtt-load"));
}
