//! What a connection may say, and what it is told when it may not.

mod errors;
mod frames;
mod pace;
mod reading;
mod typing;
