//! `imtt-rolling`: a rolling restart under load, as a program.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use loadtest::rolling::{HELP, Options, report, run};
use shared::time::Clock;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some("--help" | "-h") = words.first().map(String::as_str) {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    // Without a seed each run is another one.
    let options = match Options::read(words.into_iter(), Clock::system().now().0.unsigned_abs()) {
        Ok(options) => options,
        Err(why) => {
            println!("{why}\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match roll(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("the rolling restart could not be run: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether every promise was kept.
fn roll(options: &Options) -> anyhow::Result<bool> {
    println!("seed {}", options.seed);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(run(options, |line| println!("{line}")))?;
    println!("{}", report(&outcome));
    let broken = outcome.broken();
    broken.iter().for_each(|line| println!("BROKEN: {line}"));
    println!(
        "seed {}: {}",
        options.seed,
        if broken.is_empty() { "every promise was kept" } else { "BROKEN" }
    );
    Ok(broken.is_empty())
}
