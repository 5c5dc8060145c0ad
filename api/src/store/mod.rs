//! The durable truth: the SQL of every aggregate, written once for both engines.

pub mod db;
mod conn;
mod pool;
pub mod row;
pub mod sql;
mod together;
pub mod value;
mod dialect;
mod lists;
mod timing;
mod open;
pub mod migrate;
pub mod durability;
pub mod epoch;
pub mod users;
pub mod sessions;
pub mod accounts;
pub mod conversations;
pub mod messages;
pub mod groups;
pub mod members;
pub mod reads;
pub mod views;
pub mod heads;
pub mod inbox;

pub use conn::{Conn, Tx};
pub use db::{Db, Engine, PoolSizes, is_mysql_url};
pub use dialect::{Lock, Trouble};
pub(crate) use lists::LARGEST;
pub use migrate::schema;
pub use open::{Database, OpenError, open};
