//! All of it, small, as one calls it.

use crate::PROGRAM;
use loadtest::load::peers::{Comparison, Work};
use std::fs;
use std::process::{Command, Output};

const SMALL: &str =
    "peers --runs 1 --seconds 1 --warm-up 0.2 --members 20 --rate 50 --connections 30 --works sparse,idle";

fn peers(words: &str) -> (Output, Option<Comparison>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (json, page) = (folder.path().join("peers.json"), folder.path().join("peers.html"));
    let output = Command::new(PROGRAM)
        .args(words.split_whitespace())
        .args(["--json", json.to_str().unwrap(), "--report", page.to_str().unwrap()])
        .output()
        .unwrap();
    let comparison = fs::read(json).ok().map(|json| serde_json::from_slice(&json).unwrap());
    (output, comparison, fs::read_to_string(page).unwrap_or_default())
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn floor_and_ours_are_compared_and_whoever_is_not_here_is_skipped() {
    let (output, comparison, page) = peers(&format!("{SMALL} --peers floor,ours,ws --folder nowhere"));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let comparison = comparison.unwrap();
    assert_eq!(comparison.samples.len(), 2 * 2, "two of them, two works");
    assert!(comparison.samples.iter().all(|sample| sample.measured.faults.is_empty()));
    for row in &comparison.rows {
        let works: Vec<Work> = row.figures.iter().map(|median| median.work).collect();
        assert_eq!(works, [Work::Sparse, Work::Idle], "{row:?}");
    }
    assert_eq!(comparison.skipped.len(), 1);
    assert!(said(&output).contains("SKIPPED ws") && page.contains("Skipped: ws") && page.contains("<svg"));
}

#[test]
fn a_peer_that_does_not_come_up_fails_the_run_and_is_heard_why() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("node_modules")).unwrap();
    fs::write(folder.path().join("ws.mjs"), "throw new Error(`no such luck`);").unwrap();
    let folder = folder.path().display();
    let (output, comparison, _) = peers(&format!("{SMALL} --works sparse --peers ws --folder {folder}"));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let faults = &comparison.unwrap().samples[0].measured.faults;
    assert!(
        faults[0].contains("node-a does not come up") && faults[0].contains("no such luck"),
        "{faults:?}"
    );
}

#[test]
fn what_cannot_be_understood_ends_with_2() {
    let (output, comparison, _) = peers("peers --peers irc");
    assert_eq!((output.status.code(), comparison.is_none()), (Some(2), true));
    assert!(said(&output).contains("there is no irc"));
}
