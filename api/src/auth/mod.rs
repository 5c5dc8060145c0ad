//! Who somebody is: names, passwords, sessions and their tokens. What they may see is `access.rs`'s business.

pub mod names;
pub mod passwords;
pub mod refresh_token;
pub mod sessions;
pub mod cookie;
pub mod viewer;
pub mod controls;
