//! `im-tt`, the all-in-one: gateway, api, SQLite and an in-process bus in one process.

mod config;
mod door;
mod folder;
mod run;

use config::Config;
use shared::program::{self, About};
use std::process::ExitCode;

fn main() -> ExitCode {
    let about = About { name: "im-tt", is: "a chat server in one process." };
    about.main(Config::read, |config| program::live(run::live(config)))
}
