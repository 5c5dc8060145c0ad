//! `api` with a web client that differs in one file, so that it is another build: what an update looks like to a browser.
//! For the test of that.

use api::config::Settings;
use api::page::Build;
use api::run;
use shared::program::{self, About};
use std::process::ExitCode;

fn main() -> ExitCode {
    let build = || Build::load_with(&[("another.txt", "another build\n")]);
    let about = About { name: "api", is: "an api node for a test." };
    about.main(Settings::read, |settings| program::live(run::live(settings, build())))
}
