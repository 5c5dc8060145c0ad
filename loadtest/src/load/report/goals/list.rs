//! The goals. Nothing else is here: who wants other ones changes these numbers.

/// Microseconds of CPU of all servers for a delivery to a large quiet group, by those of the floor.
pub const SPARSE_BY_FLOOR: f64 = 1.10;
/// The same in a busy group.
pub const DENSE_BY_FLOOR: f64 = 0.5;
/// KiB of resident memory of the gateways for a connection that is idle, in this many groups of this many.
pub const IDLE_KIB: f64 = 4.0;
/// Groups of each such connection.
pub const IDLE_GROUPS: usize = 10;
/// Members of each such group.
pub const IDLE_MEMBERS: usize = 100;
/// Microseconds of CPU of all servers for a message between two users, durable and acknowledged …
pub const MESSAGE_MICROS: f64 = 60.0;
/// … while at least so many a second pass.
pub const MESSAGE_RATE: f64 = 10_000.0;
/// Such messages a second, sustained.
pub const SUSTAINED: f64 = 20_000.0;
/// Milliseconds until 99 of 100 messages are acknowledged, and until they have arrived …
pub const P99_MS: f64 = 15.0;
/// … with so many a second.
pub const P99_RATE: f64 = 2000.0;
/// Seconds until 99 % of those that were cut off have everything again …
pub const BACK_SECONDS: f64 = 10.0;
/// … of so many …
pub const BACK_CONNECTIONS: f64 = 10_000.0;
/// … with so many times the statements of the database that the steady load has.
pub const BACK_QUERIES: f64 = 3.0;
/// Percent by which a delivery at a gateway gets dearer with each doubling of gateways …
pub const SLOPE: f64 = 2.0;
/// … up to so many.
pub const SLOPE_GATEWAYS: usize = 16;
/// Seconds until an all-in-one serves.
pub const READY_SECONDS: f64 = 0.3;
/// Megabytes that it holds with nobody connected.
pub const IDLE_MEGABYTES: f64 = 40.0;
