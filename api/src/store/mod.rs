//! The durable truth: the SQL of every aggregate, written once for both engines.

pub mod db;
pub mod sql;

pub use db::{Conn, Db, Engine, PoolSizes, Tx};
