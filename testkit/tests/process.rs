//! A child process of ours, played by a shell script: what it says, how it ends, and that it never stays behind.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use std::fs;

use testkit::{Program, eventually};

/// The script comes as a variable: a file written here could not be run while another test forks with it open.
fn program(script: &str) -> Program {
    Program::at(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program.sh")).env("SCRIPT", script)
}

#[tokio::test]
async fn it_is_known_by_the_address_that_it_says() {
    let program = program("echo starting; echo \"serves http://127.0.0.1:$PORT/\"; exec sleep 600");
    let mut process = program.env("PORT", "4711").start().await;
    assert_eq!(process.address, "http://127.0.0.1:4711");
    process.kill().await;
}

#[tokio::test]
async fn it_sees_its_own_variables_and_none_of_ours() {
    let program = program("echo \"$LISTEN|$DATA_DIR|$CARGO_MANIFEST_DIR\"; exit 1");
    let (code, output) = program.env("DATA_DIR", "/somewhere").run().await;
    assert_eq!((code, output.as_str()), (Some(1), "127.0.0.1:0|/somewhere|"));
}

#[tokio::test]
async fn it_can_be_asked_to_stop() {
    let program =
        program("trap 'echo drained; exit 0' TERM; echo http://127.0.0.1:1; while :; do sleep 0.01; done");
    let mut process = program.start().await;
    process.terminate();
    assert_eq!(process.wait().await.code(), Some(0));
    eventually("its last words", async || process.output().contains("drained").then_some(())).await;
}

#[tokio::test]
async fn dropping_it_kills_it() {
    let program = program("echo http://127.0.0.1:1; exec sleep 600");
    let process = program.start().await;
    let stat = format!("/proc/{}/stat", process.pid());
    assert!(fs::exists(&stat).unwrap(), "the premise: it runs");
    drop(process);
    eventually("the process to go", async || (!fs::exists(&stat).unwrap()).then_some(())).await;
}

#[tokio::test]
#[should_panic(expected = "no such folder")]
async fn one_that_ends_instead_of_serving_fails_with_its_words() {
    let program = program("echo 'no such folder' >&2; exit 1");
    drop(program.start().await);
}
