//! `imtt-load`: the load tool, as a program. Called as `imtt-load worker` or `imtt-load peers-worker` it is one of its own
//! workers, and as `imtt-load floor PORT` what peers are compared with.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "that is what it is for")]

use anyhow::{Context, Result};
use loadtest::load::measure::raise_open_files;
use loadtest::load::options::{HELP, Options};
use loadtest::load::peers::PeersOptions;
use loadtest::load::report::{Outcome, page, table};
use loadtest::load::{peers, run, worker};
use serde::Serialize;
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
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some("worker") => return ended(worker::live().map(|()| true)),
        Some(peers::worker::WORD) => return ended(peers::worker::live().map(|()| true)),
        Some(peers::floor::WORD) => return ended(floor(words.get(1)).map(|()| true)),
        Some(peers::WORD) => return read(PeersOptions::read(words.into_iter().skip(1)), compare),
        _ => {}
    }
    read(Options::read(words.into_iter()), load)
}

/// Does what was asked for, if that was understood.
fn read<T>(options: Result<T, String>, run: impl FnOnce(&T) -> Result<bool>) -> ExitCode {
    match options {
        Ok(options) => ended(run(&options)),
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
    let outcomes = block_on(run::run(options, |line| println!("{line}")))??;
    println!("{}", table(&outcomes));
    keep(options, &outcomes, || page(&outcomes))?;
    Ok(outcomes.iter().all(Outcome::holds))
}

/// Whether everybody who was compared delivered everything.
fn compare(options: &PeersOptions) -> Result<bool> {
    let comparison = block_on(peers::run(options, |line| println!("{line}")))?;
    println!("{}", peers::table(&comparison));
    keep(&options.load, &comparison, || peers::page(&comparison))?;
    Ok(comparison.holds())
}

fn floor(port: Option<&String>) -> Result<()> {
    let port = port.context("the floor wants a port")?.parse().context("a port is a number")?;
    peers::floor::serve(port).context("the floor does not serve")
}

/// Leaving by Ctrl-C ends what was started.
fn block_on<T>(run: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            came = run => Ok(came),
            _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        }
    })
}

/// Writes the files that were asked for.
fn keep(options: &Options, figures: &impl Serialize, page: impl FnOnce() -> String) -> Result<()> {
    if let Some(file) = &options.json {
        let json = serde_json::to_string_pretty(figures)?;
        fs::write(file, json).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    if let Some(file) = &options.report {
        fs::write(file, page()).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}
