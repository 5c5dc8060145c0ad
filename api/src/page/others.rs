//! The builds of other nodes, for pages that came from those: while releases serve side by side, and for a day after, a page
//! finds its files at whichever node it asks. Each node puts its own build on the shelf, and takes from there what it lacks.
//! [ADR 12](../../../docs/adr/0012-a-page-finds-its-files-anywhere.md).
//!
//! What lies there becomes script in browsers, so it counts only with the proof that a node put it there.

use super::build::{Build, NAME_LENGTH};
use super::piece::Piece;
use bytes::Bytes;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use shared::config::Secret;
use shared::door::{from_frames, to_frames};
use shared::shelf::{Shelf, ShelfAway};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How often the own build is looked for: a Redis that was started anew has nothing.
const RENEWED_EVERY: Duration = Duration::from_secs(5);

/// How long a request waits for those that ask before it.
const PATIENCE: Duration = Duration::from_secs(2);

/// So many other builds are held: the release before, and one more.
const HELD: usize = 2;

const PURPOSE: &[u8] = b"im-tt build of the web client, version 1";
const PROOF: usize = 32;

type Files = Arc<BTreeMap<String, Piece>>;

/// The way to them.
pub struct Others {
    shelf: Arc<dyn Shelf>,
    /// Of all nodes of the cluster.
    keyed: Hmac<Sha256>,
    /// By name, the newest last. Guards one moment; never held over an await.
    held: Mutex<Vec<(String, Files)>>,
    /// One asks for all who wait: a page asks for a hundred files at once.
    asking: tokio::sync::Mutex<()>,
}

impl Others {
    /// `secret`: what all nodes of the cluster know, and nobody else.
    pub fn new(shelf: Arc<dyn Shelf>, secret: &Secret) -> Self {
        let key = keyed(secret.expose()).chain_update(PURPOSE).finalize().into_bytes();
        Self { shelf, keyed: keyed(&key), held: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    /// Sees to it that the build lies on the shelf.
    ///
    /// # Errors
    /// [`ShelfAway`].
    pub async fn share(&self, build: &Build) -> Result<(), ShelfAway> {
        if self.shelf.renew(&build.name).await? {
            return Ok(());
        }
        let frames: Vec<Bytes> = build
            .files
            .iter()
            .flat_map(|(name, piece)| [name.clone().into(), piece.plain().clone()])
            .collect();
        let frames = to_frames(&frames);
        let proof = self.proof(&build.name, &frames).finalize().into_bytes();
        self.shelf.put(&build.name, &[&proof[..], &frames].concat().into()).await
    }

    /// Does so for ever.
    pub async fn keep_sharing(&self, build: &Build) {
        loop {
            sleep(RENEWED_EVERY).await;
            if let Err(error) = self.share(build).await {
                tracing::debug!(%error, "other nodes cannot be given the files of this one's page");
            }
        }
    }

    /// The files of a build, if a node has put it on the shelf.
    pub async fn find(&self, build: &str) -> Option<Files> {
        // Whatever else is asked for is no reason to ask anybody.
        if build.len() != NAME_LENGTH || !build.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        if let Some(files) = self.holds(build) {
            return Some(files);
        }
        let _turn = timeout(PATIENCE, self.asking.lock()).await.ok()?;
        if let Some(files) = self.holds(build) {
            return Some(files);
        }
        let found = self.shelf.find(build).await.inspect_err(|error| {
            tracing::warn!(%error, "the files of another node's page cannot be had");
        });
        let files = Arc::new(self.read(build, &found.ok()??)?);
        self.hold(build, files.clone());
        Some(files)
    }

    /// What lies on the shelf, if it is a node's.
    fn read(&self, build: &str, bytes: &Bytes) -> Option<BTreeMap<String, Piece>> {
        let proof = bytes.get(..PROOF)?;
        let frames = bytes.slice(PROOF..);
        if self.proof(build, &frames).verify_slice(proof).is_err() {
            tracing::warn!(
                build,
                "what is said to be the files of another node's page is not: JWT_SECRET differs, or Redis is written to by others"
            );
            return None;
        }
        let frames = from_frames(frames).ok()?;
        let files = frames.chunks_exact(2).map(|pair| {
            let name = String::from_utf8_lossy(&pair[0]).into_owned();
            (name.clone(), Piece::new(&name, pair[1].clone()))
        });
        Some(files.collect())
    }

    fn proof(&self, build: &str, frames: &[u8]) -> Hmac<Sha256> {
        self.keyed.clone().chain_update(build).chain_update(frames)
    }

    fn holds(&self, build: &str) -> Option<Files> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|(name, _)| name == build).map(|(_, files)| files.clone())
    }

    fn hold(&self, build: &str, files: Files) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() == HELD {
            held.remove(0);
        }
        held.push((build.to_owned(), files));
    }
}

/// At start only: HMAC takes a key of any length, which the library's signature does not say.
#[allow(clippy::expect_used)]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}
