//! `api --migrate`, and a node whose database user may change rows but no tables.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

use api::store::{self, Database, OpenError, PoolSizes};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};
use testkit::{MariaDb, Program};

fn migrate(url: &str) -> Program {
    Program::at(env!("CARGO_BIN_EXE_api")).argument("--migrate").env("DATABASE_URL", url)
}

/// The same database as somebody who may do with its rows what an api does, and nothing to its tables.
async fn as_one_who_only_serves(database: &testkit::Database) -> String {
    let (name, user) = (database.name(), &database.name()[..20]);
    let mut admin = MySqlConnection::connect(&database.url).await.unwrap();
    for statement in [
        format!("CREATE USER {user}@'%' IDENTIFIED BY 'only-serves'"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {name}.* TO {user}@'%'"),
    ] {
        admin.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    let (_, host) = database.url.split_once('@').unwrap();
    format!("mysql://{user}:only-serves@{host}")
}

async fn open(url: &str) -> Result<store::Db, OpenError> {
    store::open(&Database::MySql(url.to_owned()), PoolSizes::default()).await
}

#[tokio::test]
async fn who_may_not_change_tables_serves_once_somebody_else_has_migrated() {
    let database = MariaDb::shared().await.database().await;
    let serving = as_one_who_only_serves(&database).await;
    // The premise: it cannot do it itself. A node waits in this case, and says what for.
    let early = open(&serving).await.err().expect("there are no tables yet");
    assert!(matches!(early, OpenError::Behind), "{early:?}");

    // The second time there is nothing to do.
    for _ in 0..2 {
        let (code, said) = migrate(&database.url).run().await;
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("the database is up to date"), "{said}");
    }
    open(&serving).await.expect("nothing is left to be changed").close().await;
}

#[tokio::test]
async fn a_newer_or_foreign_database_is_refused_to_who_only_serves_as_well() {
    let database = MariaDb::shared().await.database().await;
    let serving = as_one_who_only_serves(&database).await;
    assert_eq!(migrate(&database.url).run().await.0, Some(0));
    let mut admin = MySqlConnection::connect(&database.url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of another release', TRUE, '', 0)";
    admin.execute(newer).await.unwrap();
    let refused = open(&serving).await.err().expect("it is newer");
    assert!(matches!(refused, OpenError::Newer(9_999)), "{refused:?}");
    let (code, said) = migrate(&database.url).run().await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("newer than this program"), "{said}");
}

#[tokio::test]
async fn it_asks_for_the_database_alone() {
    let (code, said) = Program::at(env!("CARGO_BIN_EXE_api")).argument("--migrate").run().await;
    assert_eq!(code, Some(1), "{said}");
    let problems: Vec<&str> = said.lines().filter(|line| line.starts_with("api: ")).collect();
    assert!(matches!(problems[..], [only] if only.starts_with("api: DATABASE_URL: ")), "{said}");
}
