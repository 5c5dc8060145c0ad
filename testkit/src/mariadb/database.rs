//! One database for one test.
//!
//! Made and dropped over a connection of its own: every test has its own runtime, and a pool shared between them would
//! hang with the first runtime that ends.

use std::thread;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(5);

/// A fresh database; dropping this drops it, as far as that is possible.
#[derive(Debug)]
pub struct Database {
    /// What the program takes as its `DATABASE_URL`.
    pub url: String,
    name: String,
    server: String,
}

impl Database {
    pub(super) async fn create(server: &str) -> Self {
        let name = format!("imtt_{}", Uuid::new_v4().simple());
        let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        if let Err(error) = run(server, create).await {
            panic!("cannot create a database for the test: {error}");
        }
        Self { url: with_database(server, &name), name, server: server.to_owned() }
    }

    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    /// From a thread of its own, since `drop` cannot await and the test's runtime may be ending. A database that stays
    /// behind because a transaction is open on it costs disk only until its server goes.
    fn drop(&mut self) {
        let server = self.server.clone();
        let drop_it = format!("DROP DATABASE IF EXISTS {}", self.name);
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            // The timer is made inside the runtime: outside there is none to make it with.
            runtime
                .block_on(async { tokio::time::timeout(PATIENCE, run(&server, drop_it)).await })
                .unwrap_or_else(|late| Err(sqlx::Error::Io(std::io::Error::from(late))))
        });
        drop(dropping.join());
    }
}

async fn run(server: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = MySqlConnection::connect(server).await?;
    connection.execute("SET SESSION lock_wait_timeout = 1").await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}

/// Puts `name` where a MySQL URL has its database, keeping user, password and options.
fn with_database(server: &str, name: &str) -> String {
    let (address, options) = match server.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (server, String::new()),
    };
    let (scheme, rest) = address.split_once("://").expect("a URL such as mysql://root@127.0.0.1:3306");
    let authority = rest.split('/').next().unwrap_or(rest);
    format!("{scheme}://{authority}/{name}{options}")
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_goes_where_the_url_has_its_path() {
        for (server, expected) in [
            ("mysql://root@127.0.0.1:3307", "mysql://root@127.0.0.1:3307/db"),
            ("mysql://root@127.0.0.1:3307/", "mysql://root@127.0.0.1:3307/db"),
            ("mysql://u:p@h:1/old?ssl-mode=REQUIRED", "mysql://u:p@h:1/db?ssl-mode=REQUIRED"),
            ("mysql://u:p@h:1?ssl-mode=REQUIRED", "mysql://u:p@h:1/db?ssl-mode=REQUIRED"),
        ] {
            assert_eq!(with_database(server, "db"), expected);
        }
    }
}
