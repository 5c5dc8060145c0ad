//! The server's programs, and making a data folder that it accepts.
//!
//! MariaDB from a package is the default; a MySQL in the PATH does too. As root the server runs as the packages' user
//! `mysql` (both refuse root), as an ordinary user it runs as that user.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{User, geteuid};

use crate::installed::find;

/// The server, and what fills its data folder.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) server: PathBuf,
    /// `None` for a MySQL, which fills the folder itself.
    installer: Option<PathBuf>,
}

impl Program {
    pub(crate) fn find() -> Self {
        let mariadb = find("mariadbd").zip(find("mariadb-install-db"));
        if let Some((server, installer)) = mariadb {
            return Self { server, installer: Some(installer) };
        }
        let server = find("mysqld").expect(
            "no database server to test on: install mariadb-server (mariadbd and mariadb-install-db), \
             or name a running one in TEST_MYSQL_URL",
        );
        Self { server, installer: None }
    }
}

/// The command line of the server, except its port. Durable like the real one, small like a test's.
pub(crate) fn settings(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    let mut settings = vec![
        "--no-defaults".to_owned(),
        format!("--datadir={}", path("data")),
        format!("--socket={}", path("s")),
        format!("--pid-file={}", path("pid")),
        format!("--tmpdir={}", path("tmp")),
        "--bind-address=127.0.0.1".to_owned(),
        "--skip-name-resolve".to_owned(),
        "--character-set-server=utf8mb4".to_owned(),
        "--max-connections=500".to_owned(),
        "--innodb-flush-log-at-trx-commit=1".to_owned(),
        "--innodb-buffer-pool-size=64M".to_owned(),
        "--performance-schema=OFF".to_owned(),
        "--skip-log-bin".to_owned(),
        // A MySQL opens a second port otherwise; a MariaDB does not know the word, hence "loose".
        "--loose-mysqlx=OFF".to_owned(),
    ];
    settings.extend(server_user().map(|name| format!("--user={name}")));
    settings
}

/// Gives the folder to the user that the server will run as, with one for temporary tables in it: a server that starts
/// removes all that it finds where it keeps its own, and in a common folder those of the others too.
pub(crate) fn hand_over(folder: &Path) {
    let temporary = folder.join("tmp");
    fs::create_dir(&temporary).expect("a folder in our own");
    let Some(name) = server_user() else { return };
    let user = User::from_name(name).ok().flatten().expect("server_user looked it up");
    for folder in [folder, &temporary] {
        chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("root may give a folder away");
    }
}

/// Makes the system tables; root gets no password, and nobody else gets in.
pub(crate) fn fill(program: &Program, folder: &Path) {
    let mut command = match &program.installer {
        Some(installer) => {
            let mut command = Command::new(installer);
            command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
            command.arg(format!("--datadir={}", folder.join("data").display()));
            command.arg(format!("--tmpdir={}", folder.join("tmp").display()));
            command.args(server_user().map(|name| format!("--user={name}")));
            command
        }
        None => {
            let mut command = Command::new(&program.server);
            command.args(settings(folder)).arg("--initialize-insecure");
            command
        }
    };
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let said =
        || String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cannot fill a data folder for the private database server:\n{}",
        said()
    );
}

/// `None` when we are an ordinary user, who needs no other.
fn server_user() -> Option<&'static str> {
    if !geteuid().is_root() {
        return None;
    }
    let packaged = User::from_name("mysql").ok().flatten();
    Some(packaged.map_or("root", |_| "mysql"))
}
