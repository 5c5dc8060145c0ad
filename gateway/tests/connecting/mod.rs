//! How a connection begins.

mod attach;
mod tokens;
mod too_many;
