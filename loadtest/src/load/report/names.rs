//! Names of figures that are looked for by name.

/// Messages acknowledged in a second.
pub const MESSAGES: &str = "messages acknowledged a second";
/// Resident memory by which the gateways have grown, for each connection, in KiB.
pub const GATEWAY_MEMORY: &str = "memory of gateways a connection";
/// Seconds until 99 % of those that were cut off had everything again.
pub const BACK: &str = "with everything, 99 % after";
/// Statements of the database while they came back, by those of the steady load before.
pub const QUERIES: &str = "the one by the other";
/// Seconds from a program's start until it served.
pub const SERVED: &str = "served after";
/// Megabytes that an all-in-one holds to which nobody is connected.
pub const IDLE_MEMORY: &str = "memory with nobody connected";
