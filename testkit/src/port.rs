//! A port that is free now, for servers that cannot be asked to choose one themselves, and one that stays ours.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;

use rand::Rng;

/// Below the ports that the system gives to outgoing connections: there a port that nobody listens on while its server
/// is down could be anybody's a moment later.
const STEADY: Range<u16> = 12_000..32_000;
const TRIES: usize = 1000;

/// A free TCP port of 127.0.0.1. Somebody else may take it before it is used: try again then.
///
/// # Panics
/// When the machine has no port left.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// A TCP port of 127.0.0.1 for a server that is killed and started again on it. No other [`SteadyPort`] of this
/// machine has the same number while this one lives, in whatever process: each holds the UDP port of its number, which
/// nobody else wants, and which the system frees however its owner ends.
#[derive(Debug)]
pub struct SteadyPort {
    number: u16,
    _claim: UdpSocket,
}

impl SteadyPort {
    /// Claims a port that nobody listens on.
    ///
    /// # Panics
    /// When a thousand random ones are all taken.
    #[must_use]
    pub fn claim() -> Self {
        (0..TRIES).find_map(|_| Self::try_claim()).expect("a free port on the loopback")
    }

    fn try_claim() -> Option<Self> {
        let number = rand::rng().random_range(STEADY);
        let claim = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _claim: claim })
    }

    /// The number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }
}
