//! `api`, the node of a cluster that owns accounts, groups and history.

use api::config::{Migration, Settings};
use api::page::Build;
use api::run;
use shared::program::{self, About};
use std::process::ExitCode;

fn main() -> ExitCode {
    let about = About {
        name: "api",
        is: "an api node of IM-TT: accounts, groups and history.\nWith --migrate it only brings the database's tables \
             up to date, and ends: it needs DATABASE_URL for that, and no more.",
    };
    let migrated = about.errand("--migrate", Migration::read, |told| program::live(run::migrate(told)));
    migrated.unwrap_or_else(|| {
        about.main(Settings::read, |settings| program::live(run::live(settings, Build::load())))
    })
}
