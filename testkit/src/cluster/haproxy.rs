//! HAProxy before the nodes, with the configuration that operators get; only the list of servers is this cluster's.

use std::fs;
use std::ops::Deref;
use std::path::Path;

use tokio::net::TcpStream;

use super::{Node, ready};
use crate::daemon::{Daemon, Recipe};
use crate::installed::find;
use crate::people::Server;
use crate::port::SteadyPort;

const SETTINGS: &str = include_str!("../../../deploy/haproxy/haproxy.cfg");

/// HAProxy, with all the verbs of [`Daemon`].
#[derive(Debug)]
pub struct HaProxy {
    /// `http://127.0.0.1:PORT`, where the whole cluster looks like one server.
    pub address: String,
    /// `http://127.0.0.1:PORT`, where it tells Prometheus of itself.
    pub stats: String,
    daemon: Daemon,
    port: u16,
    /// `None` when the port was asked for by number.
    _claim: Option<SteadyPort>,
    _stats: SteadyPort,
}

impl HaProxy {
    pub(super) async fn start(
        port: Option<u16>,
        nodes: (&[Node], &[Node]),
        folder: &Path,
        logs: &Path,
    ) -> Self {
        let program = find("haproxy").expect("haproxy is needed: install it");
        let claim = port.is_none().then(SteadyPort::claim);
        let port = port.or_else(|| claim.as_ref().map(SteadyPort::number)).expect("one or the other");
        let stats = SteadyPort::claim();
        let (settings, servers) = (folder.join("haproxy.cfg"), folder.join("servers.cfg"));
        fs::write(&settings, SETTINGS).expect("a file in our own folder");
        fs::write(&servers, list_of(nodes)).expect("a file in our own folder");
        let recipe = Recipe::new("haproxy", program, logs)
            .args(["-db".as_ref(), "-f".as_ref(), settings.as_os_str(), "-f".as_ref(), servers.as_os_str()])
            .env("IMTT_BIND", format!("127.0.0.1:{port}"))
            .env("IMTT_STATS_BIND", format!("127.0.0.1:{}", stats.number()));
        let haproxy = Self {
            address: format!("http://127.0.0.1:{port}"),
            stats: format!("http://127.0.0.1:{}", stats.number()),
            daemon: Daemon::new(recipe),
            port,
            _claim: claim,
            _stats: stats,
        };
        haproxy.start();
        haproxy.wait_ready().await;
        haproxy
    }

    /// Whether it listens.
    pub async fn is_ready(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).await.is_ok()
    }

    /// Waits until it listens.
    ///
    /// # Panics
    /// When it ends instead: with what it wrote.
    pub async fn wait_ready(&self) {
        ready::wait(&self.daemon, async || self.is_ready().await).await;
    }

    /// The server that people talk to.
    #[must_use]
    pub fn server(&self) -> Server {
        Server::at(&self.address)
    }
}

impl Deref for HaProxy {
    type Target = Daemon;

    fn deref(&self) -> &Daemon {
        &self.daemon
    }
}

/// As `deploy/haproxy/servers.cfg` has it.
fn list_of((gateways, apis): (&[Node], &[Node])) -> String {
    let section = |name: &str, nodes: &[Node]| {
        let servers = nodes.iter().map(|node| format!("    server {}\n", node.haproxy_server()));
        format!("backend {name} from {name}\n{}\n", servers.collect::<String>())
    };
    section("gateways", gateways) + &section("apis", apis)
}
