//! What every program of IM-TT has around it: its few arguments, its configuration out of the environment, the
//! runtime, and the signals that end it. The operating system is spoken to here, in clear lines and exit codes.

use crate::config::{BadConfig, Env};
use std::fmt::{Debug, Display};
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A program's name and what it is, for people.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// As it is called.
    pub name: &'static str,
    /// One line.
    pub is: &'static str,
}

/// The exit code for a command line or a configuration that was only asked to be looked at, and is wrong.
const WRONG: u8 = 2;

/// The exit code of a program that is told twice to stop: what it had not stored was not acknowledged either.
const AT_ONCE: i32 = 130;

impl About {
    /// The body of `main`: obeys the arguments, reads the configuration, and runs. `--check-config` says what
    /// is wrong, or how the configuration was understood, and starts nothing; secrets do not show.
    // Standard output and error are what a program speaks to people with.
    #[allow(clippy::print_stdout, clippy::print_stderr)]
    pub fn main<C: Debug, E: Display>(
        self,
        read: impl FnOnce(&Env) -> Result<C, BadConfig>,
        run: impl FnOnce(C) -> Result<(), E>,
    ) -> ExitCode {
        let Self { name, is } = self;
        let usage = format!(
            "{name}: {is}\nIt takes no arguments but --check-config, --help and --version; its configuration is the \
             environment, see .env.example."
        );
        let mut arguments = std::env::args().skip(1);
        let argument = arguments.next();
        let only_checks = match argument.as_deref() {
            None => false,
            Some("--check-config") => true,
            Some("--help" | "-h") => {
                println!("{usage}");
                return ExitCode::SUCCESS;
            }
            Some("--version" | "-V") => {
                println!("{name} {}", env!("CARGO_PKG_VERSION"));
                return ExitCode::SUCCESS;
            }
            Some(other) => {
                eprintln!("{name}: `{other}` is not known. {usage}");
                return ExitCode::from(WRONG);
            }
        };
        self.go(only_checks, read, run)
    }

    /// Something that it does instead, when `argument` is the only one: it has a configuration of its own. `None` when it
    /// was not asked for.
    pub fn errand<C: Debug, E: Display>(
        self,
        argument: &str,
        read: impl FnOnce(&Env) -> Result<C, BadConfig>,
        run: impl FnOnce(C) -> Result<(), E>,
    ) -> Option<ExitCode> {
        std::env::args().skip(1).eq([argument]).then(|| self.go(false, read, run))
    }

    /// Reads the configuration, and shows it or runs with it.
    #[allow(clippy::print_stdout, clippy::print_stderr)]
    fn go<C: Debug, E: Display>(
        self,
        only_checks: bool,
        read: impl FnOnce(&Env) -> Result<C, BadConfig>,
        run: impl FnOnce(C) -> Result<(), E>,
    ) -> ExitCode {
        let name = self.name;
        let config = match read(&Env::of_process()) {
            Ok(config) => config,
            Err(bad) => {
                bad.0.iter().for_each(|line| eprintln!("{name}: {line}"));
                return if only_checks { ExitCode::from(WRONG) } else { ExitCode::FAILURE };
            }
        };
        if only_checks {
            println!("{config:#?}");
            return ExitCode::SUCCESS;
        }
        match run(config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{name}: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}

/// Tells whoever started a program where it serves.
#[allow(clippy::print_stdout)]
pub fn announce(what: &str, address: SocketAddr) {
    println!("{what} serves http://{address}");
}

/// Runs a program's life on a runtime with a thread a core.
///
/// # Errors
/// What the life ended with, or that there can be no runtime.
pub fn live<E: From<std::io::Error>>(life: impl Future<Output = Result<(), E>>) -> Result<(), E> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(life)
}

/// The two ways to ask a program to stop: SIGTERM, and Ctrl-C.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes them over from the system, which would end the program.
    ///
    /// # Errors
    /// The system's.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the first one. From then on a second one ends the program at once.
    pub async fn told_to_stop(mut self) {
        self.next().await;
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(AT_ONCE);
        });
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
