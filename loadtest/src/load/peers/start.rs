//! Starting what is compared with us: each with nothing of its own to remember, on ports of 127.0.0.1.

use super::contender::Contender;
use super::floor;
use super::manner::Manner;
use crate::load::system::{Process, Source, System};
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use testkit::daemon::{Daemon, Recipe};
use testkit::installed::find;
use testkit::port::SteadyPort;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

const START_LIMIT: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(20);

/// A peer that serves. Dropping this ends it.
pub struct Peer {
    /// How one speaks there.
    pub manner: Manner,
    /// Its nodes: one publishes on the first, and listens on the last.
    pub nodes: Vec<SocketAddr>,
    /// Its processes, the nodes' before all others, to be measured.
    pub system: System,
    _daemons: Vec<Daemon>,
    _ports: Vec<SteadyPort>,
    _folder: TempDir,
}

/// Why it cannot be started here; nothing if it can.
#[must_use]
pub fn missing(contender: Contender, folder: &Path) -> Option<String> {
    let program = |name: &str| find(name).is_none().then(|| format!("there is no {name}"));
    match contender {
        Contender::Floor | Contender::Ours => None,
        Contender::Nats => program("nats-server"),
        Contender::Ws | Contender::UWebSockets | Contender::SocketIo => program("node").or_else(|| {
            let packages = folder.join("node_modules");
            let words = "its packages are not installed: npm ci in";
            (!packages.is_dir()).then(|| format!("{words} {}", folder.display()))
        }),
    }
}

/// Starts it.
///
/// # Errors
/// It does not come up: with what it said.
pub async fn start(contender: Contender, folder: &Path) -> Result<Peer> {
    let start = Start { daemons: Vec::new(), ports: Vec::new(), folder: tempfile::tempdir()? };
    let node_program = |name: &str| (Manner::Plain, folder.join(format!("{name}.mjs")));
    let (manner, program) = match contender {
        Contender::Floor => return start.floor().await,
        Contender::Nats => return start.nats().await,
        Contender::Ours => bail!("ours is started by its own scenarios"),
        Contender::SocketIo => (Manner::SocketIo, folder.join("socketio.mjs")),
        Contender::Ws | Contender::UWebSockets => node_program(contender.word()),
    };
    start.on_node(manner, &program).await
}

struct Start {
    daemons: Vec<Daemon>,
    ports: Vec<SteadyPort>,
    folder: TempDir,
}

impl Start {
    async fn floor(mut self) -> Result<Peer> {
        let port = self.claim();
        let program = std::env::current_exe().context("a program knows where it lies")?;
        let floor = Recipe::new(floor::WORD, program, self.folder.path());
        self.run(floor.arg(floor::WORD).arg(port.to_string()), port).await?;
        self.serves(Manner::Plain, vec![local(port)])
    }

    async fn nats(mut self) -> Result<Peer> {
        let (port, own) = (self.claim(), self.claim());
        let settings = self.folder.path().join("nats.conf");
        let websocket = format!("websocket {{ listen: \"127.0.0.1:{port}\", no_tls: true }}");
        fs::write(&settings, format!("listen: \"127.0.0.1:{own}\"\n{websocket}\n"))?;
        let program = find("nats-server").context("there is no nats-server")?;
        let nats = Recipe::new("nats", program, self.folder.path()).arg("-c").arg(settings);
        self.run(nats, port).await?;
        self.serves(Manner::Nats, vec![local(port)])
    }

    /// Two nodes, and Redis between them.
    async fn on_node(mut self, manner: Manner, program: &Path) -> Result<Peer> {
        let node = find("node").context("there is no node")?;
        let redis = self.claim();
        let mut nodes = Vec::new();
        let server = Recipe::new(
            "redis",
            find("redis-server").context("there is no redis-server")?,
            self.folder.path(),
        )
        .args(["--bind", "127.0.0.1", "--port", &redis.to_string(), "--save", "", "--appendonly", "no"])
        .arg("--dir")
        .arg(self.folder.path());
        self.run(server, redis).await?;
        for name in ["node-a", "node-b"] {
            let port = self.claim();
            let recipe = Recipe::new(name, &node, self.folder.path()).arg(program).args([
                "--port",
                &port.to_string(),
                "--redis",
                &format!("redis://127.0.0.1:{redis}"),
            ]);
            self.run(recipe, port).await?;
            nodes.push(local(port));
        }
        // The nodes' processes come first.
        self.daemons.rotate_left(1);
        self.serves(manner, nodes)
    }

    fn claim(&mut self) -> u16 {
        let port = SteadyPort::claim();
        let number = port.number();
        self.ports.push(port);
        number
    }

    /// Starts a server, and waits until one can connect to it.
    async fn run(&mut self, recipe: Recipe, port: u16) -> Result<()> {
        let daemon = Daemon::new(recipe);
        daemon.start();
        let until = Instant::now() + START_LIMIT;
        while TcpStream::connect(local(port)).await.is_err() {
            if !daemon.is_running() || Instant::now() > until {
                bail!("{} does not come up; it said:\n{}", daemon.name(), daemon.output());
            }
            sleep(LOOK).await;
        }
        self.daemons.push(daemon);
        Ok(())
    }

    fn serves(self, manner: Manner, nodes: Vec<SocketAddr>) -> Result<Peer> {
        let process = |daemon: &Daemon| {
            let pid =
                daemon.pid().with_context(|| format!("{} has ended: {}", daemon.name(), daemon.output()))?;
            anyhow::Ok(Process { name: daemon.name().to_owned(), source: Source::Pid(pid) })
        };
        let processes = self.daemons.iter().map(process).collect::<Result<_>>()?;
        let Self { daemons: _daemons, ports: _ports, folder: _folder } = self;
        Ok(Peer { manner, nodes, system: System::watched(processes)?, _daemons, _ports, _folder })
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
