//! `im-tt`, the all-in-one: gateway, api, SQLite and an in-process bus in one process. This file is only the
//! door to the operating system: the environment in, one clear line and an exit code out.

mod config;
mod door;
mod folder;
mod run;

use config::Config;
use shared::config::Env;
use std::process::ExitCode;

const USAGE: &str = "im-tt: a chat server in one process.\n\
    It takes no arguments but --help and --version; its configuration is the environment, see .env.example.";

// Standard output and error are what this program speaks to people with.
#[allow(clippy::print_stdout, clippy::print_stderr)]
fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--help" | "-h") => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Some("--version" | "-V") => {
            println!("im-tt {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            eprintln!("im-tt: `{other}` is not known. {USAGE}");
            return ExitCode::from(2);
        }
    }
    match Config::read(&Env::of_process()) {
        Ok(config) => match run::run(config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("im-tt: {error:#}");
                ExitCode::FAILURE
            }
        },
        Err(bad) => {
            bad.0.iter().for_each(|line| eprintln!("im-tt: {line}"));
            ExitCode::FAILURE
        }
    }
}
