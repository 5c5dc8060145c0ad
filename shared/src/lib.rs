//! What both kinds of IM-TT node are made of, in the order in which a message meets it: its names and
//! wire, the lane it waits in, the envelope it crosses the bus in, and what every node has beside that.
//! No SQL and no socket lives here.

pub mod ids;
pub mod time;
pub mod event;
pub mod draft;
pub mod lane;
pub mod door;
pub mod envelope;
pub mod topic;
pub mod redis;
pub mod bus;
pub mod presence;
pub mod rate;
pub mod shelf;
pub mod token;
pub mod close;
pub mod error;
pub mod config;
pub mod telemetry;
pub mod metrics;
pub mod serve;
pub mod node;
pub mod program;
