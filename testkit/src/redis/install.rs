//! Finding `redis-server` and its command line: nothing on disk, the loopback only.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const FOLDERS: [&str; 4] = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/opt/homebrew/bin"];

pub(super) fn spawn(folder: &Path, port: u16, login: Option<&(String, String)>) -> Child {
    let log = File::create(folder.join("log")).expect("a log in the server's folder");
    let errors = log.try_clone().expect("a second handle of the log");
    let mut command = Command::new(find());
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.arg("--dir").arg(folder);
    if let Some((user, password)) = login {
        command.args(["--user", "default", "off"]);
        command.args(["--user", user, "on", &format!(">{password}"), "~*", "&*", "+@all"]);
    }
    command.stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
    command.spawn().expect("redis-server was found a moment ago")
}

#[allow(clippy::disallowed_methods, reason = "PATH says where programs are; it is no setting of ours")]
fn find() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(FOLDERS.iter().map(PathBuf::from));
    let mut programs = folders.map(|folder| folder.join("redis-server"));
    programs.find(|program| program.is_file()).expect("no Redis to test on: install redis-server")
}
