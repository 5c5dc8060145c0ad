//! The database server of a cluster: killed and started again, it comes back on the same data.

use std::fs;
use std::ops::Deref;
use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

use super::plan::random_secret;
use super::ready;
use crate::daemon::{Daemon, Recipe};
use crate::mariadb::install::{self, Program};
use crate::port::SteadyPort;

/// MariaDB, with all the verbs of [`Daemon`].
#[derive(Debug)]
pub struct ClusterMariaDb {
    /// What an api has as its `DATABASE_URL`, but for the port when there are proxies.
    pub url: String,
    /// The same database as the server's root: for `SET GLOBAL` and the like.
    pub admin_url: String,
    password: String,
    root_password: String,
    daemon: Daemon,
    port: SteadyPort,
}

impl ClusterMariaDb {
    /// Fills a data folder in `folder`, starts the server and makes the database: some 3 s together.
    pub(super) async fn start(folder: &Path, logs: &Path) -> Self {
        let (program, port) = (Program::find(), SteadyPort::claim());
        let folder = folder.join("mariadb");
        fs::create_dir(&folder).expect("a folder in our own");
        install::hand_over(&folder);
        install::fill(&program, &folder);
        let recipe = Recipe::new("mariadb", &program.server, logs).args(install::settings(&folder));
        let daemon = Daemon::new(recipe.arg(format!("--port={}", port.number())));
        daemon.start();

        // Fresh from the installer its root has no password. Nobody else may use that for long.
        let fresh = format!("mysql://root@127.0.0.1:{}/mysql", port.number());
        ready::wait(&daemon, async || answers(&fresh).await).await;
        let (password, root_password) = (random_secret(), random_secret());
        make_database(&fresh, &password, &root_password).await.expect("a fresh server obeys its root");
        let url = |user: &str, password: &str| {
            format!("mysql://{user}:{password}@127.0.0.1:{}/imtt", port.number())
        };
        let (url, admin_url) = (url("imtt", &password), url("root", &root_password));
        Self { url, admin_url, password, root_password, daemon, port }
    }

    /// Whether it answers.
    pub async fn is_ready(&self) -> bool {
        answers(&self.url).await
    }

    /// Waits until it answers.
    ///
    /// # Panics
    /// When it ends instead, or does not answer in a minute: with what it wrote.
    pub async fn wait_ready(&self) {
        ready::wait(&self.daemon, async || self.is_ready().await).await;
    }

    pub(super) fn passwords(&self) -> [(&'static str, String); 2] {
        [
            ("the password of DATABASE_URL", self.password.clone()),
            ("the database's root password", self.root_password.clone()),
        ]
    }

    pub(super) fn port(&self) -> u16 {
        self.port.number()
    }
}

impl Deref for ClusterMariaDb {
    type Target = Daemon;

    fn deref(&self) -> &Daemon {
        &self.daemon
    }
}

async fn answers(url: &str) -> bool {
    match MySqlConnection::connect(url).await {
        Ok(mut connection) => connection.ping().await.is_ok(),
        Err(_) => false,
    }
}

/// The passwords are hexadecimal: nothing in them needs quoting.
async fn make_database(url: &str, password: &str, root_password: &str) -> Result<(), sqlx::Error> {
    let mut root = MySqlConnection::connect(url).await?;
    root.execute("CREATE DATABASE imtt CHARACTER SET utf8mb4 COLLATE utf8mb4_bin").await?;
    root.execute(AssertSqlSafe(format!("CREATE USER imtt@'%' IDENTIFIED BY '{password}'"))).await?;
    root.execute("GRANT ALL ON imtt.* TO imtt@'%'").await?;
    // One by this machine's name is there too, and out of use: the server looks no names up.
    let roots = "SELECT CAST(Host AS CHAR) FROM mysql.user
        WHERE User = 'root' AND Host IN ('localhost', '127.0.0.1', '::1')";
    for host in sqlx::query_scalar::<_, String>(roots).fetch_all(&mut root).await? {
        let set = format!("ALTER USER root@'{host}' IDENTIFIED BY '{root_password}'");
        root.execute(AssertSqlSafe(set)).await?;
    }
    root.close().await
}
