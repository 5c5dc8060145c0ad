//! The data folder: one process at a time, and the secret that nobody has to think of.

use anyhow::{Context, Result, bail};
use rand::Rng;
use shared::config::{MIN_SECRET_BYTES, Secret};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A data folder that is ours as long as this lives.
pub struct Folder {
    path: PathBuf,
    /// Held to the end: the operating system gives the lock back even after `kill -9`.
    _lock: File,
}

impl Folder {
    /// Makes the folder, if it is not there, and locks it.
    ///
    /// # Errors
    /// It cannot be made or written to, or another process has it.
    pub fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("the data folder {shown} cannot be made"))?;
        let lock = private()
            .create(true)
            .open(path.join("lock"))
            .with_context(|| format!("the data folder {shown} cannot be written to"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!("the data folder {shown} is in use by another im-tt"),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("the data folder {shown} cannot be locked"))
            }
        }
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.path.join("im-tt.sqlite")
    }

    /// The secret that tokens are signed with: made at the first start, readable by its owner only.
    ///
    /// # Errors
    /// The file cannot be written or read, or holds no secret.
    pub fn secret(&self) -> Result<Secret> {
        let file = self.path.join("secret");
        if !file.exists() {
            self.make_secret(&file).with_context(|| format!("{} cannot be written", file.display()))?;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let text = text.trim();
        if text.len() < MIN_SECRET_BYTES {
            bail!("{} holds no secret of {MIN_SECRET_BYTES} bytes or more", file.display());
        }
        Ok(Secret::new(text.as_bytes().to_vec()))
    }

    /// Written aside and renamed, so that a crash leaves either no secret or a whole one.
    fn make_secret(&self, file: &Path) -> std::io::Result<()> {
        let aside = self.path.join("secret.new");
        let secret: [u8; 32] = rand::rng().random();
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut written = private().create(true).truncate(true).open(&aside)?;
        writeln!(written, "{hex}")?;
        written.sync_all()?;
        fs::rename(&aside, file)?;
        File::open(&self.path)?.sync_all()
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_has_one_owner_at_a_time_and_its_secret_stays() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("deep/data");
        let folder = Folder::open(&path).unwrap();
        let taken = Folder::open(&path).err().unwrap().to_string();
        assert!(taken.ends_with("is in use by another im-tt"), "{taken}");
        let secret = folder.secret().unwrap();
        assert!(folder.secret().unwrap() == secret);
        let mode = fs::metadata(path.join("secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(folder);
        assert!(Folder::open(&path).unwrap().secret().unwrap() == secret);
    }

    #[test]
    fn a_folder_that_cannot_be_made_says_so() {
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Folder::open(&file.join("data")).err().unwrap().to_string().contains("cannot be made"));
    }
}
