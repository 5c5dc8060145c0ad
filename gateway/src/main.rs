//! `gateway`, the node of a cluster that holds the sockets.

use gateway::config::Settings;
use gateway::run;
use shared::program::{self, About};
use std::process::ExitCode;

fn main() -> ExitCode {
    let about = About { name: "gateway", is: "a gateway node of IM-TT: it holds clients' connections." };
    about.main(Settings::read, |settings| program::live(run::live(settings)))
}
