//! Opening a database: from nothing, together with others, newer than the program, half migrated; and what it
//! says about keeping what it commits.

use crate::support::Bench;
use api::store::durability::{self, Durability};
use api::store::sql::query;
use api::store::{Db, OpenError, PoolSizes, epoch, migrate, open};
use futures_util::future::join_all;
use std::collections::BTreeSet;
use std::path::Path;
use testkit::MariaDb;

fn names(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_engines_have_the_same_migrations_and_the_program_has_all_of_them() {
    assert_eq!(names("mysql"), names("sqlite"));
    for migrator in [&migrate::MYSQL, &migrate::SQLITE] {
        let embedded =
            migrator.iter().map(|m| format!("{:04}_{}.sql", m.version, m.description.replace(' ', "_")));
        assert_eq!(embedded.collect::<BTreeSet<_>>(), names("mysql"), "rebuild the crate api");
    }
}

/// MySQL's DDL is not transactional: a file with two statements could end between them.
#[test]
fn a_mysql_migration_is_one_statement() {
    for migration in migrate::MYSQL.iter() {
        assert_eq!(migration.sql.as_str().matches(';').count(), 1, "{}", migration.description);
    }
}

async fn opening_again_changes_nothing(bench: Bench) {
    let first = epoch::epoch(&mut bench.db.read().await.unwrap()).await.unwrap();
    assert_eq!(first.len(), 32);
    bench.user("alice").await;
    let again = bench.second_db().await;
    assert_eq!(epoch::epoch(&mut again.read().await.unwrap()).await.unwrap(), first);
    let row = query("SELECT COUNT(*) AS users FROM users").fetch_one(&mut again.read().await.unwrap()).await;
    assert_eq!(row.unwrap().get::<i64>("users").unwrap(), 1);
}

async fn each_database_has_an_epoch_of_its_own(bench: Bench) {
    let other = if bench.is_sqlite() { Bench::sqlite().await } else { Bench::mariadb().await };
    let mine = epoch::epoch(&mut bench.db.read().await.unwrap()).await.unwrap();
    assert_ne!(epoch::epoch(&mut other.db.read().await.unwrap()).await.unwrap(), mine);
}

async fn a_database_of_a_newer_version_is_refused_in_one_line(bench: Bench) {
    add_migration(&bench.db, 9_999).await;
    let refused = open(&bench.database, PoolSizes::default()).await.err().unwrap();
    assert!(matches!(refused, OpenError::Newer(9_999)), "{refused:?}");
    let line = refused.to_string();
    assert!(line.contains("newer than this program") && !line.contains('\n'), "{line}");
}

async fn a_migration_that_ended_in_the_middle_is_refused_in_one_line(bench: Bench) {
    query("UPDATE _sqlx_migrations SET success = 0 WHERE version = 8")
        .execute(&mut bench.db.write().await.unwrap())
        .await
        .unwrap();
    let refused = open(&bench.database, PoolSizes::default()).await.err().unwrap();
    assert!(matches!(refused, OpenError::Unfinished { version: 8, .. }), "{refused:?}");
    assert!(!refused.to_string().contains('\n'));
}

async fn tables_that_something_else_made_are_refused_in_one_line(bench: Bench) {
    query("UPDATE _sqlx_migrations SET checksum = ? WHERE version = 1")
        .bind(vec![7_u8; 48])
        .execute(&mut bench.db.write().await.unwrap())
        .await
        .unwrap();
    let refused = open(&bench.database, PoolSizes::default()).await.err().unwrap();
    assert!(matches!(refused, OpenError::Foreign(1)), "{refused:?}");
}

async fn add_migration(db: &Db, version: i64) {
    let insert = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                  VALUES (?, 'tomorrow', 1, ?, 0)";
    let bound = query(insert).bind(version).bind(vec![0_u8; 48]);
    bound.execute(&mut db.write().await.unwrap()).await.unwrap();
}

async fn every_commit_is_on_the_disk_when_it_is_answered(bench: Bench) {
    let durability = durability::of(&bench.db).await.unwrap();
    match &durability {
        Durability::Sqlite { synchronous, journal_mode } => {
            assert_eq!((*synchronous, journal_mode.as_str()), (2, "wal"));
        }
        Durability::MySql { flush, .. } => assert_eq!(*flush, 1),
    }
    assert!(durability.holds(), "{durability:?}");
}

#[test]
fn a_database_that_may_lose_a_commit_is_known_by_its_settings() {
    let mysql = |flush, log_bin, sync_binlog| Durability::MySql { flush, log_bin, sync_binlog }.holds();
    assert!(mysql(1, 0, 0) && mysql(1, 1, 1));
    assert!(!mysql(2, 0, 0) && !mysql(0, 1, 1) && !mysql(1, 1, 0) && !mysql(1, 1, 1000));
    let sqlite =
        |synchronous, mode: &str| Durability::Sqlite { synchronous, journal_mode: mode.to_owned() }.holds();
    assert!(sqlite(2, "wal") && sqlite(3, "wal") && !sqlite(1, "wal") && !sqlite(2, "memory"));
}

on_both_engines!(
    opening_again_changes_nothing,
    each_database_has_an_epoch_of_its_own,
    a_database_of_a_newer_version_is_refused_in_one_line,
    a_migration_that_ended_in_the_middle_is_refused_in_one_line,
    tables_that_something_else_made_are_refused_in_one_line,
    every_commit_is_on_the_disk_when_it_is_answered,
);

/// The driver's own lock lets everybody in on MariaDB: three of four nodes failed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_migrate_one_after_the_other() {
    let server = MariaDb::shared().await.database().await;
    let database = api::store::Database::MySql(server.url.clone());
    let opened = join_all((0..4).map(|_| open(&database, PoolSizes { read: 1, write: 1 }))).await;
    let mut epochs = BTreeSet::new();
    for db in opened {
        epochs.insert(epoch::epoch(&mut db.unwrap().read().await.unwrap()).await.unwrap());
    }
    assert_eq!(epochs.len(), 1, "and agree on the epoch");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_one_line() {
    let folder = tempfile::TempDir::new().unwrap();
    for database in [
        api::store::Database::Sqlite(folder.path().join("no such folder").join("x.db")),
        api::store::Database::MySql("mysql://nobody:secret@127.0.0.1:1/none".to_owned()),
        api::store::Database::MySql("this is no address".to_owned()),
    ] {
        let refused = open(&database, PoolSizes::default()).await.err().unwrap().to_string();
        assert!(refused.starts_with("the database cannot be opened:"), "{refused}");
        assert!(!refused.contains('\n') && !refused.contains("secret"), "{refused}");
    }
}
