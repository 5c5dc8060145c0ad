//! `api`, the node of a cluster that owns accounts, groups and history.

use api::config::Settings;
use api::run;
use shared::program::{self, About};
use std::process::ExitCode;

fn main() -> ExitCode {
    let about = About { name: "api", is: "an api node of IM-TT: accounts, groups and history." };
    about.main(Settings::read, |settings| program::live(run::live(settings)))
}
