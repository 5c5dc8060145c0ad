//! How a daemon is started: the same way each time.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::process::KEPT;

/// Program, arguments, variables, log.
#[derive(Debug, Clone)]
pub struct Recipe {
    name: String,
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: BTreeMap<String, OsString>,
    log: PathBuf,
}

impl Recipe {
    /// Without arguments and with an empty environment, but for where programs and scratch folders are. Its log is
    /// NAME.log in `folder`.
    #[must_use]
    pub fn new(name: &str, program: impl Into<PathBuf>, folder: &Path) -> Self {
        Self {
            name: name.to_owned(),
            program: program.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            log: folder.join(format!("{name}.log")),
        }
    }

    /// Another program in its place.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// In a process group of its own: a Ctrl-C at the terminal is for us, and we say what ends when.
    pub(super) fn spawn(&self) -> Child {
        #[allow(clippy::disallowed_methods, reason = "handed on, not read")]
        let kept = KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().envs(kept).envs(&self.environment);
        command.stdin(Stdio::null()).stdout(self.open_log()).stderr(self.open_log()).process_group(0);
        command.spawn().unwrap_or_else(|error| panic!("{} does not start: {error}", self.program.display()))
    }

    fn open_log(&self) -> File {
        let log = File::options().create(true).append(true).open(&self.log);
        log.unwrap_or_else(|error| panic!("cannot write to {}: {error}", self.log.display()))
    }
}
