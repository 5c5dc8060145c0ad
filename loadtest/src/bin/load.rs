//! `imtt-load`: the load tool, as a program. Called as `imtt-load worker` it is one of its own workers.
//! `imtt-load peers` compares, with workers and a floor that are this program, too.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "that is what it is for")]

use anyhow::{Context, Result};
use loadtest::load::measure::raise_open_files;
use loadtest::load::options::{HELP, Options};
use loadtest::load::peers::PeersOptions;
use loadtest::load::report::{Outcome, goals, page, table};
use loadtest::load::{peers, run, worker};
use std::fs;
use std::process::ExitCode;

/// It could not be run, or not as it was asked for.
const NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    // For this process, and for all that it starts.
    let _ = raise_open_files();
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("--help" | "-h") => {
            println!("{HELP}\n\n{}", peers::HELP);
            return ExitCode::SUCCESS;
        }
        Some("worker") => return ended(worker::live().map(|()| true)),
        Some(peers::worker::WORD) => return ended(peers::worker::live().map(|()| true)),
        Some(peers::floor::WORD) => return ended(floor(words.get(1)).map(|()| true)),
        Some(peers::WORD) => return compare(words),
        _ => {}
    }
    match Options::read(words.into_iter()) {
        Ok(options) => ended(load(&options)),
        Err(why) => {
            eprintln!("imtt-load: {why}\n\n{HELP}");
            ExitCode::from(NOT_RUN)
        }
    }
}

fn ended(outcome: Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("imtt-load: {error:#}");
            ExitCode::from(NOT_RUN)
        }
    }
}

/// Whether every promise was kept.
fn load(options: &Options) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let say = |line| println!("{line}");
    let (outcomes, floors) = runtime.block_on(async {
        let played = async {
            let outcomes = run::run(options, say).await?;
            let floors = peers::floors(options, &outcomes, say).await;
            Ok((outcomes, floors))
        };
        tokio::select! {
            played = played => played,
            // Leaving like this ends what was started.
            _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        }
    })?;
    println!("{}", table(&outcomes));
    let judged = goals::judge(&outcomes, floors);
    println!("{}", goals::text(&judged));
    if let Some(file) = &options.json {
        let json = serde_json::to_string_pretty(&outcomes)?;
        fs::write(file, json).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    if let Some(file) = &options.report {
        fs::write(file, page(&outcomes, &judged))
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(outcomes.iter().all(Outcome::holds))
}

fn compare(words: Vec<String>) -> ExitCode {
    match PeersOptions::read(words.into_iter().skip(1)) {
        Ok(options) => ended(compared(&options)),
        Err(why) => {
            eprintln!("imtt-load: {why}\n\n{}", peers::HELP);
            ExitCode::from(NOT_RUN)
        }
    }
}

/// Whether everybody delivered everything.
fn compared(options: &PeersOptions) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let comparison = runtime.block_on(async {
        tokio::select! {
            comparison = peers::run(options, |line| println!("{line}")) => Ok(comparison),
            // Leaving like this ends what was started.
            _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        }
    })?;
    println!("{}", peers::table(&comparison));
    let json = serde_json::to_string_pretty(&comparison)?;
    for (file, text) in [(&options.load.json, json), (&options.load.report, peers::page(&comparison))] {
        if let Some(file) = file {
            fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        }
    }
    Ok(comparison.holds())
}

fn floor(port: Option<&String>) -> Result<()> {
    let port = port.context("the floor wants a port")?.parse().context("a port is a number")?;
    peers::floor::serve(port).context("the floor does not serve")
}
