//! The contract of the store: what every one of its functions promises, on SQLite and on a server, from the same
//! test bodies. Accounts and sessions have theirs in `store_users.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod conversations;
mod groups;
mod messages;
mod open;
mod reading;
mod rows;
mod together;
mod views;
