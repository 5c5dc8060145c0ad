//! An api node: accounts, groups and history; the only crate with SQL. A request passes the router, the edge
//! and auth, and reaches its call in `routes`; a message goes on to append, from there or through the door.

pub mod config;
pub mod app;
pub mod error;
pub mod router;
pub mod edge;
pub mod auth;
pub mod access;
pub mod routes;
pub mod openapi;
pub mod page;
pub mod door;
pub mod append;
pub mod reads;
pub mod tell;
pub mod store;
pub mod run;

pub use app::{App, Parts};
pub use config::Config;
pub use router::router;
