//! A gateway node: sockets in, sockets out; no SQL. The modules stand in the order in which a message meets
//! them: ① upgrade, ② connection and attach, ③ commands, ④ ⑤ sends, echoes, lookup and api, ⑧ ⑨ probe and
//! hub.

pub mod upgrade;
pub mod websocket;
pub mod connection;
pub mod attach;
pub mod commands;
pub mod sends;
pub mod echoes;
pub mod lookup;
pub mod api;
pub mod probe;
pub mod canary;
pub mod hub;
pub mod presence;
pub mod shutdown;
pub mod config;
pub mod node;
pub mod run;
