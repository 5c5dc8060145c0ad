//! How a connection ends, and that nothing of it is left.

mod drain;
mod heartbeat;
mod nothing_left;
mod sessions;
