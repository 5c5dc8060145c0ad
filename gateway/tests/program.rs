//! The program `gateway` before it starts: what it says of its configuration.

use testkit::{Program, eventually};

/// The least that it needs.
const LEAST: [(&str, &str); 4] = [
    ("REDIS_URL", "redis://somebody:hunter2@127.0.0.1:1"),
    ("API_URLS", "http://api:8081"),
    ("JWT_SECRET", "a secret of at least thirty-two bytes"),
    ("INTERNAL_SECRET", "another secret of thirty-two bytes"),
];

fn program(variables: &[(&str, &str)]) -> Program {
    told(variables).argument("--check-config")
}

fn told(variables: &[(&str, &str)]) -> Program {
    let program = Program::at(env!("CARGO_BIN_EXE_gateway"));
    variables.iter().fold(program, |program, (name, value)| program.env(name, *value))
}

#[tokio::test]
async fn what_is_missing_is_said_all_at_once_and_nothing_is_started() {
    let (code, said) = program(&[("LANES", "none")]).run().await;
    assert_eq!(code, Some(2), "{said}");
    for name in ["REDIS_URL", "API_URLS", "JWT_SECRET", "INTERNAL_SECRET", "LANES"] {
        assert_eq!(
            said.lines().filter(|line| line.starts_with(&format!("gateway: {name}: "))).count(),
            1,
            "{said}"
        );
    }
}

#[tokio::test]
async fn an_origin_that_no_browser_says_and_a_list_of_no_apis_are_refused() {
    for (name, value) in [
        ("ALLOWED_ORIGINS", "chat.example.org"),
        ("ALLOWED_ORIGINS", "*"),
        ("API_URLS", ","),
        ("API_URLS", " ,, "),
    ] {
        let (code, said) = program(&LEAST).env(name, value).run().await;
        assert_eq!(code, Some(2), "{name}={value}: {said}");
        assert!(said.starts_with(&format!("gateway: {name}: ")) && said.lines().count() == 1, "{said}");
    }
}

#[tokio::test]
async fn a_good_configuration_is_shown_without_its_secrets() {
    let (code, said) = program(&LEAST).run().await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("DRAIN") || said.contains("drain: 30s"), "{said}");
    for secret in ["hunter2", "thirty-two"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[tokio::test]
async fn limits_that_are_off_are_warned_about() {
    let process = told(&LEAST).env("RATE_LIMITS", "off").start().await;
    eventually("the warning", async || process.output().contains("RATE_LIMITS is off").then_some(())).await;
}
