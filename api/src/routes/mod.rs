//! The REST calls, a folder a resource and a file a call: what it takes, what it answers, what it does. Which
//! path leads to which, and who may take it, stands in `router.rs`.

pub mod about;
pub mod auth;
pub mod users;
pub mod messages;
pub mod groups;
pub mod conversations;
