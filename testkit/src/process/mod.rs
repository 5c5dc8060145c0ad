//! Our own program as a child process: the real binary, that can be asked to stop, or killed.
//!
//! It gets a clean environment, so that no variable of whoever runs the tests changes what is tested, and listens on
//! ports of the system's choosing; where, it says itself on its standard output.

mod output;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use self::output::Output;
use crate::guard::Guard;
use crate::people::Server;
use crate::wait::within;

const START_LIMIT: Duration = Duration::from_secs(60);
const EXIT_LIMIT: Duration = Duration::from_secs(60);
/// What a child keeps of the environment: where programs and scratch folders are.
pub(crate) const KEPT: [&str; 3] = ["PATH", "HOME", "TMPDIR"];

/// How to start the program. Cloned, it starts the same again: a restart on the same folder.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    environment: BTreeMap<String, OsString>,
}

/// The running program. Dropping this kills it; so does the end of the test process, however it comes.
#[derive(Debug)]
pub struct Process {
    /// `http://127.0.0.1:PORT`, as the program says itself.
    pub address: String,
    child: Child,
    output: Output,
    _guard: Guard,
}

impl Program {
    /// The binary at `path` (`env!("CARGO_BIN_EXE_im-tt")`), on free ports and otherwise with its defaults.
    #[must_use]
    pub fn at(path: impl AsRef<Path>) -> Self {
        let program =
            Self { path: path.as_ref().to_owned(), arguments: Vec::new(), environment: BTreeMap::new() };
        program.env("LISTEN", "127.0.0.1:0").env("INTERNAL_LISTEN", "127.0.0.1:0")
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Starts it and waits until it says where it serves.
    ///
    /// # Panics
    /// When it ends instead, or says nothing in a minute: with what it wrote.
    pub async fn start(&self) -> Process {
        let (mut child, output) = self.spawn();
        let guard = Guard::over(child.id().expect("not waited for yet"), None);
        let served = within(START_LIMIT, "the program to say where it serves", async || {
            let ended = child.try_wait().expect("a child can be asked");
            ended.map(Err).or_else(|| output.address().map(Ok))
        });
        match served.await {
            Ok(address) => Process { address, child, output, _guard: guard },
            // Its last words may still be in the pipe.
            Err(status) => panic!("the program ended with {status} and said:\n{}", output.complete().await),
        }
    }

    /// Runs it to its end, for starts that must fail. Gives back its exit code (`None`: a signal) and what it wrote.
    ///
    /// # Panics
    /// When it does not end in a minute.
    pub async fn run(&self) -> (Option<i32>, String) {
        let (mut child, output) = self.spawn();
        let Ok(status) = timeout(EXIT_LIMIT, child.wait()).await else {
            panic!("the program was to end, and runs; it said:\n{}", output.text());
        };
        (status.expect("a child can be waited for").code(), output.complete().await)
    }

    fn spawn(&self) -> (Child, Output) {
        let mut command = Command::new(&self.path);
        #[allow(clippy::disallowed_methods, reason = "handed on, not read")]
        let kept = KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.args(&self.arguments);
        command.env_clear().envs(kept).envs(&self.environment);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("{} does not start: {error}", self.path.display()));
        let output = Output::of(&mut child);
        (child, output)
    }
}

impl Process {
    /// The server that people talk to.
    #[must_use]
    pub fn server(&self) -> Server {
        Server::at(&self.address)
    }

    /// Its pid.
    ///
    /// # Panics
    /// When it has ended.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id().expect("the program still runs")
    }

    /// `kill -9`, and waits until it is gone.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("our own child can be killed");
    }

    /// SIGTERM: asks it to stop, and does not wait.
    ///
    /// # Panics
    /// When it has ended.
    pub fn terminate(&self) {
        let pid = Pid::from_raw(self.pid().try_into().expect("a pid is an i32"));
        kill(pid, Signal::SIGTERM).expect("our own child takes signals");
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it does not in a minute: with what it wrote.
    pub async fn wait(&mut self) -> ExitStatus {
        let Ok(status) = timeout(EXIT_LIMIT, self.child.wait()).await else {
            panic!("the program was to end, and runs; it said:\n{}", self.output.text());
        };
        status.expect("a child can be waited for")
    }

    /// What it wrote so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.text()
    }
}
