//! `imtt-load`: the load tool, as a program. Called as `imtt-load worker` it is one of its own workers.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "that is what it is for")]

use anyhow::{Context, Result};
use loadtest::load::measure::raise_open_files;
use loadtest::load::options::{HELP, Options};
use loadtest::load::report::{Outcome, goals, page, table};
use loadtest::load::{run, worker};
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
    let outcomes = runtime.block_on(async {
        tokio::select! {
            outcomes = run::run(options, |line| println!("{line}")) => outcomes,
            // Leaving like this ends what was started.
            _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        }
    })?;
    println!("{}", table(&outcomes));
    let judged = goals::judge(&outcomes, goals::Floors::default());
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
