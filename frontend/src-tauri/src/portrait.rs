//! Pictures of those who write, for notifications: systems take them only from files. The page draws them; here they are
//! kept as long as the app runs.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager, Url};

/// How a PNG begins.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The largest that is taken, in bytes.
const LARGEST: usize = 64 * 1024;
/// How many are kept; past it those before are forgotten.
const MOST: usize = 200;

/// Keeps one, and gives back what a notification calls it.
///
/// # Errors
/// When it is no PNG or too large, or there is no place for it.
#[tauri::command]
pub fn portrait_keep(app: AppHandle, bytes: Vec<u8>) -> Result<String, String> {
    let folder = folder(&app).map_err(|error| error.to_string())?;
    let file = keep(&folder, &bytes).map_err(|error| error.to_string())?;
    name(&file).ok_or_else(|| "its path has no name".into())
}

/// Forgets those of an earlier run: whoever was logged in then may not be here any more.
pub fn forget(app: &AppHandle) {
    let forgotten = folder(app).map_err(io::Error::other).and_then(|folder| clear(&folder));
    if let Err(error) = forgotten {
        log::warn!("the portraits of an earlier run are still there: {error}");
    }
}

fn folder(app: &AppHandle) -> tauri::Result<PathBuf> {
    Ok(app.path().app_cache_dir()?.join("portraits"))
}

/// The same picture is the same file, which systems that remember pictures by their file rely on.
fn keep(folder: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    if bytes.len() > LARGEST || !bytes.starts_with(SIGNATURE) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "that is no small PNG"));
    }
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let file = folder.join(format!("{:016x}.png", hasher.finish()));
    if !file.exists() {
        fs::create_dir_all(folder)?;
        if fs::read_dir(folder)?.count() >= MOST {
            clear(folder)?;
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, bytes)?;
    }
    Ok(file)
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// The freedesktop specification wants an address, the others a path.
fn name(file: &Path) -> Option<String> {
    if cfg!(any(windows, target_os = "macos")) {
        file.to_str().map(Into::into)
    } else {
        Url::from_file_path(file).ok().map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is not there yet, and is gone afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder =
                Self(std::env::temp_dir().join(format!("imtt-portraits-{name}-{}", std::process::id())));
            clear(&folder.0).unwrap();
            folder
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = clear(&self.0);
        }
    }

    fn png(content: &str) -> Vec<u8> {
        [SIGNATURE, content.as_bytes()].concat()
    }

    #[test]
    fn a_picture_is_kept_once_and_named_as_an_address() {
        let folder = Folder::new("once");
        let file = keep(&folder.0, &png("alice")).unwrap();
        assert_eq!(fs::read(&file).unwrap(), png("alice"));
        assert_eq!(keep(&folder.0, &png("alice")).unwrap(), file);
        assert_ne!(keep(&folder.0, &png("bob")).unwrap(), file);
        if cfg!(target_os = "linux") {
            assert_eq!(name(Path::new("/a b/c.png")).as_deref(), Some("file:///a%20b/c.png"));
        }
    }

    #[test]
    fn what_is_no_small_png_is_not_written() {
        let folder = Folder::new("bad");
        for bad in [Vec::new(), b"#!/bin/sh".to_vec(), png(&"x".repeat(LARGEST))] {
            assert_eq!(keep(&folder.0, &bad).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
        assert!(!folder.0.exists());
    }

    #[test]
    fn no_more_than_so_many_are_kept() {
        let folder = Folder::new("many");
        for number in 0..=MOST {
            keep(&folder.0, &png(&number.to_string())).unwrap();
        }
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
        assert!(keep(&folder.0, &png("0")).unwrap().exists());
    }
}
