//! What watches the system, watched: Prometheus' rules, their alerts, the runbook and Grafana's dashboards fit together, and
//! every query in them has an answer from a cluster that lives. `make watch-check` runs all of it.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod deeds;
mod expression;
mod files;
mod live;
mod prometheus;
mod stage;
mod standing;
