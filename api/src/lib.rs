//! An api node: accounts, groups and history; the only crate with SQL.

pub mod store;
