//! What a cluster is to be like, and what its nodes' environments are made of.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rand::RngCore;

use super::FrontPlan;

const SECRET_BYTES: usize = 32;

/// Whom to start. `ClusterPlan { gateways: 3, proxies: true, ..ClusterPlan::default() }`.
#[derive(Debug, Clone)]
pub struct ClusterPlan {
    /// How many gateways.
    pub gateways: usize,
    /// How many apis.
    pub apis: usize,
    /// Whether each link between two processes goes through a proxy of its own: [`super::Cluster::link`].
    pub proxies: bool,
    /// What stands before the nodes, if anything does.
    pub front: Option<FrontPlan>,
    /// The port of 127.0.0.1 that it listens on; without one, any that is free.
    pub port: Option<u16>,
    /// The folder of the binaries `gateway` and `api`. Without one, that which this program itself was built into: the
    /// profile's folder in `target`. `cargo build --workspace` puts them there; `cargo test -p testkit` does not.
    pub binaries: Option<PathBuf>,
    /// Variables for all nodes. They go before those of [`Self::default`], and before everything that the cluster would
    /// choose itself.
    pub environment: BTreeMap<String, String>,
    /// Where the logs go; without a folder, to one that goes with the cluster.
    pub logs: Option<PathBuf>,
}

impl Default for ClusterPlan {
    /// Two of each, nothing between them, and what makes tests fast: cheap password hashes, no rate limits, a drain
    /// that is over in half a second. No canaries: what is stored is what a test's people said.
    fn default() -> Self {
        let environment = [
            ("BCRYPT_COST", "4"),
            ("RATE_LIMITS", "off"),
            ("DRAIN_MS", "500"),
            ("LOG", "info"),
            ("CANARY_MS", "0"),
        ];
        Self {
            gateways: 2,
            apis: 2,
            proxies: false,
            front: None,
            port: None,
            binaries: None,
            environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            logs: None,
        }
    }
}

impl ClusterPlan {
    /// Sets a variable of all nodes.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// The folder of the binaries.
    #[must_use]
    pub fn binaries(&self) -> PathBuf {
        self.binaries.clone().unwrap_or_else(own_folder)
    }
}

/// Test programs lie in `deps`, one below the binaries.
fn own_folder() -> PathBuf {
    let program = std::env::current_exe().expect("a program knows where it lies");
    let folder = program.parent().expect("a file lies in a folder");
    let above = folder.ends_with("deps").then(|| folder.parent()).flatten();
    above.unwrap_or(folder).to_owned()
}

/// A secret for this run only, in hexadecimal.
pub(super) fn random_secret() -> String {
    let mut bytes = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
