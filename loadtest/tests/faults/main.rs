//! The faults that have names: each a story of people on different gateways, with real processes that are killed,
//! stopped and cut off from each other. The campaign in `src/` finds what nobody thought of; these say what was.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod apis;
mod conversations;
mod database;
mod members;
mod redis;
mod sessions;
mod starts;
mod town;
