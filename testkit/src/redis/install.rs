//! Finding `redis-server` and its command line: nothing on disk, the loopback only.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::Door;

const FOLDERS: [&str; 4] = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/opt/homebrew/bin"];

pub(super) fn spawn(folder: &Path, port: u16, door: &Door) -> Child {
    let log = File::create(folder.join("log")).expect("a log in the server's folder");
    let errors = log.try_clone().expect("a second handle of the log");
    let mut command = Command::new(find());
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.arg("--dir").arg(folder);
    let port = port.to_string();
    match door {
        Door::Open => {
            command.args(["--port", &port]);
        }
        Door::Login(user, password) => {
            command.args(["--port", &port, "--user", "default", "off"]);
            command.args(["--user", user, "on", &format!(">{password}"), "~*", "&*", "+@all"]);
        }
        Door::Tls => {
            command.args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"]);
            for (option, file) in [("cert", "tls.crt"), ("key", "tls.key"), ("ca-cert", "ca.crt")] {
                command.arg(format!("--tls-{option}-file")).arg(folder.join(file));
            }
        }
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
