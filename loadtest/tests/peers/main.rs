//! The comparison with peers: the floor, the workers that check what comes, and the whole of it with whoever needs nothing
//! installed. No test asks how fast anything was.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod floor;
mod liar;
mod raw;
mod whole;
mod worker;

const PROGRAM: &str = env!("CARGO_BIN_EXE_imtt-load");
