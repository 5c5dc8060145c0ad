//! A child process that is killed, stopped and started again: the same program, arguments, variables and log, until it is
//! altered.
//!
//! All verbs take `&self`, so that a test, a fault campaign and a supervisor may share one. Whether it still runs is
//! asked of the system each time, under the lock under which it is signalled: no signal ever meets a stranger who was
//! given the pid of the dead.

mod recipe;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub use self::recipe::Recipe;
use crate::guard::Guard;
use crate::wait::within;

/// How long an end is waited for: longer than any node drains.
const END_LIMIT: Duration = Duration::from_secs(60);

/// The child process, running or not. Dropping this kills it; so does the end of our process, however it comes.
#[derive(Debug)]
pub struct Daemon {
    name: String,
    log: PathBuf,
    /// Guards the only handle on the child; never held over an await.
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    recipe: Recipe,
    running: Option<Running>,
    last_end: Option<ExitStatus>,
    starts: u32,
}

/// In this order: the guard must outlive the child that it stands over.
#[derive(Debug)]
struct Running {
    child: Child,
    _guard: Guard,
}

impl Daemon {
    /// Not started yet.
    #[must_use]
    pub fn new(recipe: Recipe) -> Self {
        let (name, log) = (recipe.name().to_owned(), recipe.log().to_owned());
        let state = State { recipe, running: None, last_end: None, starts: 0 };
        Self { name, log, state: Mutex::new(state) }
    }

    /// `gateway-2`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Starts it, and does not wait until it serves.
    ///
    /// # Panics
    /// When it runs already, or its program cannot be started.
    pub fn start(&self) {
        self.with(|state| {
            assert!(state.running.is_none(), "{} runs already", self.name());
            let child = state.recipe.spawn();
            let guard = Guard::over(child.id(), None);
            state.running = Some(Running { child, _guard: guard });
            state.starts += 1;
        });
    }

    /// Changes how it is started the next time: another program, or other variables. Its name and its log stay.
    pub fn alter(&self, change: impl FnOnce(Recipe) -> Recipe) {
        self.with(|state| state.recipe = change(state.recipe.clone()));
    }

    /// Its pid, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.with(|state| state.running.as_ref().map(|running| running.child.id()))
    }

    /// Whether it runs; one that is stopped by [`Self::stop`] does.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.pid().is_some()
    }

    /// How often it was started.
    #[must_use]
    pub fn starts(&self) -> u32 {
        self.with(|state| state.starts)
    }

    /// SIGKILL, and waits until it is gone. Nothing, if it does not run.
    pub async fn kill(&self) {
        self.signal(Signal::SIGKILL);
        self.ended().await;
    }

    /// SIGTERM: asks it to stop, and waits until it has. Gives back its exit code (`None`: a signal ended it).
    ///
    /// # Panics
    /// When it was never started, or does not end in a minute: with what it wrote.
    pub async fn terminate(&self) -> Option<i32> {
        self.signal(Signal::SIGTERM);
        self.ended().await.expect("it was started once").code()
    }

    /// SIGSTOP: it stays there with all its connections open, and does nothing.
    pub fn stop(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// SIGCONT: it goes on, and does not know how long it stood still.
    pub fn cont(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Sends any signal. Gives back whether there was somebody to take it.
    pub fn signal(&self, signal: Signal) -> bool {
        self.with(|state| {
            let Some(running) = &state.running else { return false };
            let pid = running.child.id().try_into().expect("a pid is an i32");
            kill(Pid::from_raw(pid), signal).is_ok()
        })
    }

    /// Kills it if it runs, and starts it again.
    pub async fn restart(&self) {
        self.kill().await;
        self.start();
    }

    /// Waits until it does not run, and gives back how it ended last (`None`: it was never started).
    ///
    /// # Panics
    /// When it does not end in a minute: with what it wrote.
    pub async fn ended(&self) -> Option<ExitStatus> {
        let limit = tokio::time::timeout(END_LIMIT, async {
            within(END_LIMIT * 2, "a child to end", async || (!self.is_running()).then_some(())).await;
        });
        let Ok(()) = limit.await else {
            panic!("{} was to end, and runs; it said:\n{}", self.name(), self.output())
        };
        self.with(|state| state.last_end)
    }

    /// How it ended last, in words: `exit code 0`, `signal 9`.
    #[must_use]
    pub fn last_end(&self) -> String {
        match self.with(|state| state.last_end) {
            None => "did not end".to_owned(),
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("exit code {code}"),
                (None, signal) => format!("signal {}", signal.unwrap_or_default()),
            },
        }
    }

    /// What it wrote so far, in all its lives: both streams.
    #[must_use]
    pub fn output(&self) -> String {
        let log = self.log();
        fs::read(log)
            .map_or_else(|error| format!("(no log: {error})"), |bytes| String::from_utf8_lossy(&bytes).into())
    }

    /// The file that it writes to.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Every look at the state first takes note of an end.
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &mut state.running
            && let Some(status) = running.child.try_wait().expect("a child can be asked")
        {
            state.running = None;
            state.last_end = Some(status);
        }
        look(&mut state)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &mut state.running {
            // One that has ended meanwhile cannot be killed, and waiting for it takes no time either way.
            drop(running.child.kill());
            drop(running.child.wait());
        }
    }
}
