//! ⑤ ⑥ The door over HTTP with both its real sides: the gateway's client, and the api's internal port on a real
//! database. How the client goes about nodes that fail is tested in the gateway, before nodes that do so exactly.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod calls;
mod ending;
mod proxy;
mod secret;
mod support;
