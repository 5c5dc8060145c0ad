//! The proxy before the nodes, with the configuration that operators get; only the list of servers and where it listens are
//! this cluster's.

mod haproxy;
mod nginx;
mod tls;

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use tokio::net::TcpStream;

use self::tls::{Certificate, Tunnel};
use super::{Node, ready};
use crate::daemon::{Daemon, Recipe};
use crate::people::Server;
use crate::port::SteadyPort;

/// Which proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrontKind {
    /// With `deploy/haproxy`.
    HaProxy,
    /// With `deploy/nginx`.
    Nginx,
}

/// What is to stand before the nodes.
#[derive(Debug, Clone, Copy)]
pub struct FrontPlan {
    /// Which proxy.
    pub kind: FrontKind,
    /// Whether it is reached by TLS, as the example of `deploy` has it. Clients here speak none: what they reach as
    /// [`Front::address`] is then a tunnel that does, and that knows the proxy's certificate.
    pub tls: bool,
    /// Whether the times after which it gives up something idle are a second, but for those of open WebSockets.
    pub impatient: bool,
}

impl FrontPlan {
    /// This proxy without TLS.
    #[must_use]
    pub fn of(kind: FrontKind) -> Self {
        Self { kind, tls: false, impatient: false }
    }
}

/// The proxy, with all the verbs of [`Daemon`].
#[derive(Debug)]
pub struct Front {
    /// `http://127.0.0.1:PORT`, where the whole cluster looks like one server.
    pub address: String,
    /// `http://127.0.0.1:PORT`, where HAProxy tells Prometheus of itself.
    pub stats: String,
    daemon: Daemon,
    port: u16,
    _stats: SteadyPort,
    _tunnel: Option<Tunnel>,
    /// `None` when the port was asked for by number.
    _claim: Option<SteadyPort>,
}

/// What a proxy is configured with.
struct Site<'a> {
    plan: FrontPlan,
    gateways: &'a [Node],
    apis: &'a [Node],
    /// For its files.
    folder: PathBuf,
    logs: &'a Path,
    port: u16,
    stats: u16,
    certificate: Option<Certificate>,
}

impl Front {
    pub(super) async fn start(
        plan: FrontPlan,
        port: Option<u16>,
        (gateways, apis): (&[Node], &[Node]),
        folder: &Path,
        logs: &Path,
    ) -> Self {
        let claim = port.is_none().then(SteadyPort::claim);
        let port = port.or_else(|| claim.as_ref().map(SteadyPort::number)).expect("one or the other");
        let stats = SteadyPort::claim();
        let folder = folder.join("front");
        fs::create_dir(&folder).expect("a folder in our own");
        let certificate = plan.tls.then(|| Certificate::make(&folder));
        let site = Site { plan, gateways, apis, folder, logs, port, stats: stats.number(), certificate };
        let recipe = match plan.kind {
            FrontKind::HaProxy => haproxy::recipe(&site),
            FrontKind::Nginx => nginx::recipe(&site),
        };
        let tunnel = match &site.certificate {
            Some(certificate) => Some(Tunnel::start(certificate, port, &site.folder, logs).await),
            None => None,
        };
        let address = tunnel.as_ref().map_or(port, Tunnel::port);
        let front = Self {
            address: format!("http://127.0.0.1:{address}"),
            stats: format!("http://127.0.0.1:{}", stats.number()),
            _stats: stats,
            daemon: Daemon::new(recipe),
            port,
            _tunnel: tunnel,
            _claim: claim,
        };
        front.start();
        front.wait_ready().await;
        front
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

impl Deref for Front {
    type Target = Daemon;

    fn deref(&self) -> &Daemon {
        &self.daemon
    }
}

impl Site<'_> {
    /// Puts a file beside the others, and gives back where it is.
    fn write(&self, name: &str, content: &str) -> PathBuf {
        let file = self.folder.join(name);
        fs::write(&file, content).expect("a file in our own folder");
        file
    }

    /// The settings with each of these replaced, if the plan says so. All of them must be there.
    fn impatient(&self, settings: &str, shorter: &[(&str, &str)]) -> String {
        if !self.plan.impatient {
            return settings.to_owned();
        }
        shorter.iter().fold(settings.to_owned(), |settings, (long, short)| {
            assert!(settings.contains(long), "the settings have no `{long}`");
            settings.replace(long, short)
        })
    }

    fn recipe(&self, name: &str) -> Recipe {
        let program = crate::installed::find(name).unwrap_or_else(|| panic!("{name} is needed: install it"));
        Recipe::new(name, program, self.logs)
    }
}
