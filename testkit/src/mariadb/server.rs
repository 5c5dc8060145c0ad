//! Starting a private server: own folder, own socket, own port, and a guard that ends it with this process.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sqlx::{Connection, MySqlConnection};

use super::install::{self, Program};
use crate::folder::OwnedFolder;
use crate::guard::Guard;
use crate::port::free_port;
use crate::wait::within;

const START_LIMIT: Duration = Duration::from_secs(60);
const TRIES: usize = 3;

/// A server that dies with this process, and its folder with it.
#[derive(Debug)]
pub(super) struct PrivateServer {
    port: u16,
    _child: Child,
    _guard: Guard,
}

impl PrivateServer {
    /// Fills an empty data folder and starts a server on it, some 3 s together.
    pub(super) async fn start() -> Self {
        let program = Program::find();
        let folder = OwnedFolder::create("mariadb");
        install::hand_over(folder.path());
        install::fill(&program, folder.path());
        for _ in 0..TRIES {
            if let Some(server) = Self::start_once(&program, folder.path()).await {
                return server;
            }
        }
        panic!("the private database server does not start:\n{}", log_of(folder.path()));
    }

    pub(super) fn url(&self) -> String {
        url(self.port)
    }

    /// `None` when the server ended by itself: somebody may have taken the port between our look and its start.
    async fn start_once(program: &Program, folder: &Path) -> Option<Self> {
        let port = free_port();
        let mut child = spawn(program, folder, port);
        let guard = Guard::over(child.id(), Some(folder));
        let up = within(START_LIMIT, "the private database server to answer", async || {
            if child.try_wait().expect("a child can be asked").is_some() {
                return Some(false);
            }
            answers_from(&url(port), folder).await.then_some(true)
        });
        up.await.then_some(Self { port, _child: child, _guard: guard })
    }
}

fn url(port: u16) -> String {
    format!("mysql://root@127.0.0.1:{port}")
}

fn spawn(program: &Program, folder: &Path, port: u16) -> Child {
    let log = File::create(folder.join("log")).expect("a log in the server's folder");
    let errors = log.try_clone().expect("a second handle of the log");
    Command::new(&program.server)
        .args(install::settings(folder))
        .arg(format!("--port={port}"))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .expect("the database server was found a moment ago")
}

/// Whether it is our server that answers there, and not a stranger on the same port.
async fn answers_from(url: &str, folder: &Path) -> bool {
    let Ok(mut connection) = MySqlConnection::connect(url).await else {
        return false;
    };
    let socket: Result<String, _> = sqlx::query_scalar("SELECT @@socket").fetch_one(&mut connection).await;
    socket.is_ok_and(|socket| Path::new(&socket).starts_with(folder))
}

fn log_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_else(|error| format!("(no log: {error})"))
}
