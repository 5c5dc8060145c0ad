//! A Redis of our own: a real server on a port of its own, that can be killed, stopped in its tracks and started
//! again empty. It keeps nothing on disk, and nothing of it outlives the tests.
//!
//! Channels know no prefix and no database, so whoever tests the bus starts one for each test; it takes some 50 ms.

mod certificates;
mod install;

use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use ::redis::{Client, FromRedisValue, RedisResult, TlsCertificates};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::folder::OwnedFolder;
use crate::guard::Guard;
use crate::port::free_port;
use crate::wait::within;

const START_LIMIT: Duration = Duration::from_secs(30);
const TRIES: usize = 3;

/// A private server. Dropping this kills it; so does the end of the test process, however it comes.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    door: Door,
    folder: PathBuf,
    running: Option<Running>,
}

/// How one gets in.
#[derive(Debug)]
enum Door {
    Open,
    /// By user and password.
    Login(String, String),
    Tls,
}

#[derive(Debug)]
struct Running {
    child: Child,
    _guard: Guard,
}

impl RedisServer {
    /// Starts one that lets everybody in.
    ///
    /// # Panics
    /// When there is no server to start, or it does not come up: with its log.
    pub async fn start() -> Self {
        Self::start_with(Door::Open).await
    }

    /// Starts one where only this user, by this password, may do anything.
    ///
    /// # Panics
    /// As [`RedisServer::start`].
    pub async fn start_for(user: &str, password: &str) -> Self {
        Self::start_with(Door::Login(user.to_owned(), password.to_owned())).await
    }

    /// Starts one that speaks TLS only, by a certificate of [`RedisServer::authority`].
    ///
    /// # Panics
    /// As [`RedisServer::start`], or without `openssl`.
    pub async fn start_tls() -> Self {
        Self::start_with(Door::Tls).await
    }

    async fn start_with(door: Door) -> Self {
        let folder = OwnedFolder::create("redis").path().to_owned();
        if matches!(door, Door::Tls) {
            certificates::make(&folder);
        }
        let mut server = Self { port: 0, door, folder, running: None };
        for _ in 0..TRIES {
            // Somebody may take the port between our look and its start.
            server.port = free_port();
            if server.run().await {
                return server;
            }
        }
        panic!("the private Redis does not start:\n{}", server.log());
    }

    /// Where it is, as the program takes it in `REDIS_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        let port = self.port;
        match &self.door {
            Door::Open => format!("redis://127.0.0.1:{port}"),
            Door::Login(user, password) => format!("redis://{user}:{password}@127.0.0.1:{port}"),
            Door::Tls => format!("rediss://127.0.0.1:{port}"),
        }
    }

    /// The file with the certificate of the authority that its own is from, if it speaks TLS.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// Its port on the loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `kill -9`, and waits until it is gone. Killing what is not there is no fault.
    pub fn kill(&mut self) {
        drop(self.running.take());
    }

    /// Starts it again on its port, empty. One that runs is killed first.
    ///
    /// # Panics
    /// When it does not come up: with its log.
    pub async fn restart(&mut self) {
        self.kill();
        for _ in 0..TRIES {
            if self.run().await {
                return;
            }
        }
        panic!("the private Redis does not start again:\n{}", self.log());
    }

    /// SIGSTOP: it stands still, and its connections stay open and silent, as in a half-dead network.
    pub fn stop(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// SIGCONT: it goes on where it stood.
    pub fn cont(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Runs one command on a connection of its own.
    ///
    /// # Panics
    /// When the server is not there, or refuses.
    pub async fn command<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let answered = self.try_command(words).await;
        answered.unwrap_or_else(|error| panic!("{words:?} on the private Redis: {error}"))
    }

    async fn try_command<T: FromRedisValue>(&self, words: &[&str]) -> RedisResult<T> {
        let client = match self.door {
            Door::Tls => {
                let authority = fs::read(self.authority()).expect("made before the server started");
                let known = TlsCertificates { client_tls: None, root_cert: Some(authority) };
                Client::build_with_tls(self.url(), known)?
            }
            Door::Open | Door::Login(..) => Client::open(self.url())?,
        };
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = ::redis::Cmd::new();
        for word in words {
            command.arg(*word);
        }
        command.query_async(&mut connection).await
    }

    /// Takes `by` off the time that every key under `pattern` has left; what has no more is gone. Keys that never
    /// expire stay.
    ///
    /// # Panics
    /// As [`RedisServer::command`].
    pub async fn age(&self, pattern: &str, by: Duration) {
        const AGE: &str = r"
            for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
                local left = redis.call('PTTL', key)
                if left >= 0 then redis.call('PEXPIRE', key, left - tonumber(ARGV[2])) end
            end";
        let by = by.as_millis().to_string();
        self.command::<()>(&["EVAL", AGE, "0", pattern, &by]).await;
    }

    fn signal(&self, signal: Signal) {
        let running = self.running.as_ref().expect("the private Redis runs");
        let pid = Pid::from_raw(running.child.id().try_into().expect("a pid is an i32"));
        kill(pid, signal).expect("our own child takes signals");
    }

    /// `false` when it ended by itself.
    async fn run(&mut self) -> bool {
        let mut child = install::spawn(&self.folder, self.port, &self.door);
        let guard = Guard::over(child.id(), None);
        let up = within(START_LIMIT, "the private Redis to answer", async || {
            if child.try_wait().expect("a child can be asked").is_some() {
                return Some(false);
            }
            self.is_ours(child.id()).await.then_some(true)
        });
        let is_up = up.await;
        self.running = Some(Running { child, _guard: guard });
        is_up
    }

    /// Whether it is our server that answers there, and not a stranger on the same port.
    async fn is_ours(&self, pid: u32) -> bool {
        let told: RedisResult<String> = self.try_command(&["INFO", "server"]).await;
        told.is_ok_and(|told| told.lines().any(|line| line == format!("process_id:{pid}")))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_else(|error| format!("(no log: {error})"))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        // A folder that stays is swept by the next start.
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails for one that ended by itself, and then there is nothing to do but to reap it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
