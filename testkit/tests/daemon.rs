//! A child that is killed, stopped and started again, and never stays behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

use std::fs;
use std::path::Path;
use std::process::Stdio;

use nix::sys::signal::Signal;
use testkit::daemon::{Daemon, Recipe};
use testkit::eventually;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

fn daemon(script: &str, folder: &Path) -> Daemon {
    Daemon::new(Recipe::new("child", "/bin/sh", folder).args(["-c", script]).env("GREETING", "hello"))
}

async fn until_it_says(daemon: &Daemon, words: &str) {
    eventually(format!("it to say {words}"), async || daemon.output().contains(words).then_some(())).await;
}

/// The letter of the kernel: S and R run, T is stopped.
fn state_of(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[tokio::test]
async fn a_killed_one_starts_again_the_same_with_the_same_log() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon("echo $GREETING, life $$; exec sleep 600", folder.path());
    assert_eq!((daemon.pid(), daemon.starts()), (None, 0));
    daemon.start();
    let first = daemon.pid().unwrap();
    until_it_says(&daemon, &format!("hello, life {first}")).await;

    daemon.kill().await;
    assert_eq!((daemon.pid(), daemon.last_end()), (None, "signal 9".to_owned()));
    assert_eq!(state_of(first), None, "it is gone, not a zombie");

    daemon.start();
    let second = daemon.pid().unwrap();
    until_it_says(&daemon, &format!("hello, life {second}")).await;
    assert!(daemon.output().contains(&format!("life {first}")), "the log has both lives");
    assert_eq!(daemon.starts(), 2);
}

#[tokio::test]
async fn one_that_is_asked_to_stop_says_how_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let daemon =
        daemon("trap 'echo drained; exit 3' TERM; echo up; while :; do sleep 0.01; done", folder.path());
    daemon.start();
    until_it_says(&daemon, "up").await;
    assert_eq!(daemon.terminate().await, Some(3));
    assert!(daemon.output().contains("drained"));
}

#[tokio::test]
async fn one_that_ends_by_itself_is_noticed_and_takes_no_signal() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon("exit 7", folder.path());
    daemon.start();
    assert_eq!(daemon.ended().await.unwrap().code(), Some(7));
    assert!(!daemon.signal(Signal::SIGCONT));
    daemon.kill().await;
}

#[tokio::test]
async fn a_stopped_one_stands_still_until_it_may_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon("exec sleep 600", folder.path());
    daemon.start();
    let pid = daemon.pid().unwrap();
    daemon.stop();
    eventually("it to stand still", async || (state_of(pid) == Some('T')).then_some(())).await;
    assert!(daemon.is_running());
    daemon.cont();
    eventually("it to go on", async || (state_of(pid) == Some('S')).then_some(())).await;
    daemon.stop();
    daemon.restart().await;
    assert_ne!(daemon.pid(), Some(pid), "a stopped one can be killed");
}

#[tokio::test]
async fn dropping_it_kills_it() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon("exec sleep 600", folder.path());
    daemon.start();
    let pid = daemon.pid().unwrap();
    drop(daemon);
    assert_eq!(state_of(pid), None);
}

/// Not a test of its own: the process that the next test starts, and kills.
#[tokio::test]
#[ignore = "started by it_dies_with_the_process_that_started_it"]
async fn hold_a_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon("exec sleep 600", folder.path());
    daemon.start();
    daemon.restart().await;
    println!("held {}", daemon.pid().unwrap());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn it_dies_with_the_process_that_started_it() {
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "hold_a_daemon", "--nocapture"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    let pid = loop {
        let line = lines.next_line().await.unwrap().expect("the holder says whom it holds");
        if let Some((_, pid)) = line.split_once("held ") {
            break pid.parse().unwrap();
        }
    };
    assert!(state_of(pid).is_some(), "the premise: it runs");
    holder.kill().await.unwrap();
    eventually("it to go with its process", async || matches!(state_of(pid), None | Some('Z')).then_some(()))
        .await;
}
