//! What all clients of a campaign share: where the nodes are, the history that they write, and how far the logs are
//! known to have come.

use crate::history::Recorder;
use rand::Rng;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Stands in every content, so that a log that shows contents is found out.
pub const CANARY: &str = "imtt-canary-5e1f";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Longer than an api node lets anybody wait.
const ANSWER_LIMIT: Duration = Duration::from_secs(12);
/// How long somebody keeps a connection to an api for the next question. It is looked at as often, so after twice as long it
/// is closed.
pub const KEPT: Duration = Duration::from_secs(1);

/// The surroundings of all clients.
pub struct World {
    /// What happened.
    pub recorder: Recorder,
    /// `host:port` of the gateways.
    pub gateways: Vec<String>,
    /// `http://host:port` of the apis.
    pub apis: Vec<String>,
    /// What the nodes sign tokens with.
    pub jwt_secret: String,
    /// For REST.
    pub http: reqwest::Client,
    /// The highest acked place of each conversation. Never held over an await.
    acked: Mutex<HashMap<i64, i64>>,
    tries: AtomicU64,
    /// Every token that was given out: no log may have one. Never held over an await.
    tokens: Mutex<BTreeSet<String>>,
}

impl World {
    /// A world of these nodes, by their addresses `http://host:port`.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn of(
        recorder: Recorder,
        gateways: &[String],
        apis: &[String],
        jwt_secret: String,
    ) -> reqwest::Result<Self> {
        // No proxy: one in the environment would swallow calls to the loopback.
        let http =
            reqwest::Client::builder().no_proxy().timeout(ANSWER_LIMIT).pool_idle_timeout(KEPT).build()?;
        let gateways =
            gateways.iter().map(|address| address.trim_start_matches("http://").to_owned()).collect();
        Ok(Self {
            recorder,
            gateways,
            apis: apis.to_vec(),
            jwt_secret,
            http,
            acked: Mutex::default(),
            tries: AtomicU64::new(0),
            tokens: Mutex::default(),
        })
    }

    /// Any api node.
    pub fn any_api(&self, rng: &mut impl Rng) -> usize {
        rng.random_range(0..self.apis.len())
    }

    /// A send is tried.
    pub fn tried(&self) {
        self.tries.fetch_add(1, Ordering::Relaxed);
    }

    /// How many sends were tried so far.
    pub fn tries(&self) -> u64 {
        self.tries.load(Ordering::Relaxed)
    }

    /// A session was given these tokens.
    pub fn given(&self, tokens: [&str; 2]) {
        let mut given = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        given.extend(tokens.map(str::to_owned));
    }

    /// Every token that was given out.
    #[must_use]
    pub fn tokens(&self) -> BTreeSet<String> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A message was acked.
    pub fn acked(&self, conv: i64, seq: i64) {
        let mut acked = self.acked.lock().unwrap_or_else(PoisonError::into_inner);
        let head = acked.entry(conv).or_default();
        *head = seq.max(*head);
    }

    /// The highest acked places.
    #[must_use]
    pub fn heads(&self) -> HashMap<i64, i64> {
        self.acked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
