//! What a connection hears: everything it may, in order, and nothing it may not.

mod canary;
mod deaf;
mod echoes;
mod gaps;
mod holes;
mod last_entry;
mod members;
mod newer;
mod order;
mod slow_reader;
mod unknown_members;
