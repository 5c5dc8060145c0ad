//! Scratch folders named after the process that made them, so that a later one can tell which are left behind.
//!
//! `tempfile` cleans up when a guard drops, which a killed process never does; these are swept by the next start.

use std::fs;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use uuid::Uuid;

const PREFIX: &str = "imtt-testkit";

/// A fresh folder in the system's temporary one. Whoever asked for it removes it.
#[derive(Debug)]
pub(crate) struct OwnedFolder(PathBuf);

impl OwnedFolder {
    /// Makes one, and removes those of the same kind whose process is gone.
    pub(crate) fn create(kind: &str) -> Self {
        sweep(kind);
        let id = Uuid::new_v4().simple().to_string();
        let name = format!("{PREFIX}-{kind}-{}-{}", std::process::id(), &id[..8]);
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

fn sweep(kind: &str) {
    let prefix = format!("{PREFIX}-{kind}-");
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix(&prefix).and_then(|rest| rest.split('-').next()?.parse().ok());
        if owner.is_some_and(is_gone) {
            // Another process may be sweeping the same folder; whoever is second finds nothing, and that is fine.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn is_gone(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH)
}
