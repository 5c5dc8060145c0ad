//! How the program starts, and how it refuses to: one clear line a reason, and exit code 1.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use testkit::process::Program;

fn program(folder: &Path) -> Program {
    Program::at(env!("CARGO_BIN_EXE_im-tt"))
        .env("DATA_DIR", folder)
        .env("BCRYPT_COST", "4")
        .env("LOG", "error")
}

/// Runs a start that must fail, and gives back what it said.
async fn refused(program: Program) -> String {
    let (code, said) = program.run().await;
    assert_eq!(code, Some(1), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.iter().all(|line| line.starts_with("im-tt: ")), "only our own lines: {said}");
    said.trim_end().to_owned()
}

#[tokio::test]
async fn it_serves_answers_health_on_the_internal_port_and_ends_with_zero_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = program(folder.path()).start().await;
    let server = process.server();
    let alice = server.register("alice").await;
    let mut connection = alice.connect().await;
    process.terminate();
    let drain = connection.expect_event("drain").await;
    assert_eq!(drain["reconnect_in_ms"], 0);
    connection.expect_close(1012).await;
    assert_eq!(process.wait().await.code(), Some(0));
}

#[tokio::test]
async fn a_restart_keeps_accounts_sessions_and_the_secret_and_nothing_of_it_is_readable_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut process = program(&data).start().await;
    let alice = process.server().register("alice").await;
    process.terminate();
    process.wait().await;
    let process = program(&data).start().await;
    let me = process.server().dial().by_frame(&alice.token).connect().await;
    assert_eq!(me.ready["user_id"], alice.id);
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o077, 0);
    assert_eq!(fs::metadata(data.join("secret")).unwrap().permissions().mode() & 0o077, 0);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(program(folder.path()).env("LISTEN", &address)).await;
    assert!(said.contains(&format!("cannot listen on {address}")) && said.lines().count() == 1, "{said}");
}

#[tokio::test]
async fn a_data_folder_in_use_or_not_to_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let _first = program(folder.path()).start().await;
    let said = refused(program(folder.path())).await;
    assert!(said.ends_with("is in use by another im-tt") && said.lines().count() == 1, "{said}");

    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let said = refused(program(&file.join("data"))).await;
    assert!(said.contains("cannot be made") && said.lines().count() == 1, "{said}");
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = program(folder.path()).start().await;
    process.terminate();
    process.wait().await;
    let file = folder.path().join("im-tt.sqlite");
    let url = format!("sqlite://{}", file.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'from the future', TRUE, X'00', 0)";
    sqlx::query(newer).execute(&pool).await.unwrap();
    pool.close().await;
    let said = refused(program(folder.path())).await;
    assert!(said.contains("newer than this program") && said.lines().count() == 1, "{said}");
}

#[tokio::test]
async fn every_bad_value_is_reported_at_once_and_a_clusters_variable_names_the_node_binaries() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(
        program(folder.path())
            .env("LISTEN", "nowhere")
            .env("BCRYPT_COST", "99")
            .env("JWT_SECRET", "short")
            .env("LANES", "many")
            .env("REDIS_URL", "redis://127.0.0.1:6379"),
    )
    .await;
    for variable in ["LISTEN", "BCRYPT_COST", "JWT_SECRET", "LANES", "REDIS_URL"] {
        assert_eq!(said.matches(variable).count(), 1, "{variable} once in: {said}");
    }
    assert!(said.contains("`gateway` and `api`"), "{said}");
    assert!(!said.contains("short"), "a secret is not repeated: {said}");
}
