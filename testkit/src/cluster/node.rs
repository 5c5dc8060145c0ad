//! A gateway or an api: a daemon that has two addresses and says whether it is ready.

use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use reqwest::Client;

use super::ready;
use crate::daemon::{Daemon, Recipe};
use crate::people::Server;
use crate::port::SteadyPort;

const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// The two ports that a node keeps through all its lives.
#[derive(Debug)]
pub(super) struct Ports {
    public: SteadyPort,
    pub(super) internal: SteadyPort,
}

impl Ports {
    pub(super) fn claim() -> Self {
        Self { public: SteadyPort::claim(), internal: SteadyPort::claim() }
    }
}

/// A node of a cluster, with all the verbs of [`Daemon`].
#[derive(Debug)]
pub struct Node {
    /// `http://127.0.0.1:PORT`, for clients: REST of an api, `/api/ws` of a gateway.
    pub address: String,
    /// `http://127.0.0.1:PORT`, for health, metrics, and what nodes ask each other.
    pub internal: String,
    daemon: Daemon,
    ports: Ports,
    http: Client,
}

impl Node {
    /// Starts as the binary of this folder from the next time on: another release.
    ///
    /// # Panics
    /// When there is no such binary.
    pub fn release(&self, folder: &Path) {
        let program = self.name().split('-').next().expect("a name has a kind");
        let binary = super::binary(folder, program);
        self.alter(|recipe| recipe.program(binary));
    }

    /// Whether `/readyz` says so.
    pub async fn is_ready(&self) -> bool {
        let asked = self.http.get(format!("{}/readyz", self.internal)).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    }

    /// Waits until it is ready.
    ///
    /// # Panics
    /// When it ends instead, or is not ready in a minute: with what it wrote.
    pub async fn wait_ready(&self) {
        ready::wait(&self.daemon, async || self.is_ready().await).await;
    }

    /// What it counts, as Prometheus reads it; `None` when it does not answer.
    pub async fn metrics(&self) -> Option<String> {
        let answer = self.http.get(format!("{}/metrics", self.internal)).send().await.ok()?;
        answer.text().await.ok()
    }

    /// The server that people talk to.
    #[must_use]
    pub fn server(&self) -> Server {
        Server::at(&self.address)
    }

    /// The numbers of its two ports: the public one, the internal one.
    pub(super) fn ports(&self) -> (u16, u16) {
        (self.ports.public.number(), self.ports.internal.number())
    }
}

impl Deref for Node {
    type Target = Daemon;

    fn deref(&self) -> &Daemon {
        &self.daemon
    }
}

/// A node that lacks its environment yet.
pub(super) struct NodeRecipe {
    recipe: Recipe,
    ports: Ports,
}

impl NodeRecipe {
    pub(super) fn new(name: &str, program: &Path, ports: Ports, logs: &Path) -> Self {
        let listen = |port: &SteadyPort| format!("127.0.0.1:{}", port.number());
        let recipe = Recipe::new(name, program, logs)
            .env("NODE_NAME", name)
            .env("LISTEN", listen(&ports.public))
            .env("INTERNAL_LISTEN", listen(&ports.internal));
        Self { recipe, ports }
    }

    pub(super) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.recipe = self.recipe.env(name, value.into());
        self
    }

    /// Not started yet.
    pub(super) fn build(self) -> Node {
        let address = |port: &SteadyPort| format!("http://127.0.0.1:{}", port.number());
        // No proxy: one in the environment would swallow calls to the loopback.
        let http = Client::builder().no_proxy().timeout(ANSWER_LIMIT).build().expect("an HTTP client");
        Node {
            address: address(&self.ports.public),
            internal: address(&self.ports.internal),
            daemon: Daemon::new(self.recipe),
            ports: self.ports,
            http,
        }
    }
}
