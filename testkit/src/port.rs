//! A port that is free now, for servers that cannot be asked to choose one themselves.

use std::net::{Ipv4Addr, TcpListener};

/// A free TCP port of 127.0.0.1. Somebody else may take it before it is used: try again then.
///
/// # Panics
/// When the machine has no port left.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback");
    listener.local_addr().expect("a bound socket has an address").port()
}
