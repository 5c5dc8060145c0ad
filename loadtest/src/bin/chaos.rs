//! `imtt-chaos`: the fault campaign, as a program.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use loadtest::campaign::{HELP, Options, report, run};
use loadtest::check::{Rules, check};
use loadtest::history;
use loadtest::nemesis::Kind;
use shared::time::Clock;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("--help" | "-h") => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Some("--list") => {
            Kind::ALL.iter().for_each(|kind| println!("{kind}"));
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    // Without a seed each run is another one.
    let options = match Options::read(words.into_iter(), Clock::system().now().0.unsigned_abs()) {
        Ok(options) => options,
        Err(why) => {
            println!("{why}\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match campaign(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("the campaign could not be run: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether every promise was kept.
fn campaign(options: &Options) -> anyhow::Result<bool> {
    if let Some(file) = &options.check {
        let (events, ending) = history::read(file)?;
        let verdict = check(&events, &ending, &Rules::default());
        println!("{}", report(&verdict, &events));
        return Ok(verdict.holds());
    }
    println!("seed {}", options.seed);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(run(options, |line| println!("{line}")))?;
    println!("{}", report(&outcome.verdict, &outcome.events));
    let holds = outcome.verdict.holds();
    println!("seed {}: {}", options.seed, if holds { "every promise was kept" } else { "BROKEN" });
    Ok(holds)
}
