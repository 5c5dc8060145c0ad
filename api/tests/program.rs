//! The program `api` before it starts: what it says of its configuration.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

use testkit::Program;

fn program(variables: &[(&str, &str)]) -> Program {
    let program = Program::at(env!("CARGO_BIN_EXE_api")).argument("--check-config");
    variables.iter().fold(program, |program, (name, value)| program.env(name, *value))
}

#[tokio::test]
async fn what_is_missing_is_said_all_at_once_and_nothing_is_started() {
    let (code, said) =
        program(&[("BCRYPT_COST", "99"), ("REDIS_URL", "http://no.redis:hunter2@here")]).run().await;
    assert_eq!(code, Some(2), "{said}");
    for name in ["REDIS_URL", "DATABASE_URL", "JWT_SECRET", "INTERNAL_SECRET", "BCRYPT_COST"] {
        assert_eq!(
            said.lines().filter(|line| line.starts_with(&format!("api: {name}: "))).count(),
            1,
            "{said}"
        );
    }
    assert!(!said.contains("hunter2"), "{said}");
}

#[tokio::test]
async fn a_good_configuration_is_shown_without_its_secrets() {
    let good = program(&[
        ("REDIS_URL", "redis://somebody:hunter2@127.0.0.1:1"),
        ("DATABASE_URL", "mysql://somebody:hunter2@127.0.0.1:1/chat"),
        ("JWT_SECRET", "a secret of at least thirty-two bytes"),
        ("INTERNAL_SECRET", "another secret of thirty-two bytes"),
    ]);
    let (code, said) = good.run().await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("bcrypt_cost: 12"), "{said}");
    for secret in ["hunter2", "thirty-two"] {
        assert!(!said.contains(secret), "{said}");
    }
}
