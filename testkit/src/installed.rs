//! Finding the programs of servers. They lie in sbin, which an ordinary user's PATH often lacks.

use std::path::PathBuf;

const SERVER_FOLDERS: [&str; 6] =
    ["/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/// The program of that name.
#[allow(clippy::disallowed_methods, reason = "PATH says where programs are; it is no setting of ours")]
#[must_use]
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(SERVER_FOLDERS.iter().map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}
