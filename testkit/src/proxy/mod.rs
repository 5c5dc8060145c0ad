//! A TCP proxy that breaks the link that it stands in, in each way in which links break.
//!
//! Two directions, each with a [`Mode`] of its own that may be changed at any time, and counters, so that a test of a
//! fault can show that the fault took place. What it cannot do in user space: leave a SYN unanswered. While the way to
//! the server is broken, a new connection is accepted and mute; while the link is cut, it is accepted and reset.

mod connection;
mod control;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::control::Control;

const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(10);

/// The two ways through a link. The client is who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// Both, in the order of [`Counts`].
pub const BOTH: [Direction; 2] = [Direction::ToServer, Direction::ToClient];

/// What happens to the bytes of one direction, and to the news that a connection has ended, which goes the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They pass.
    Pass,
    /// They pass, each this much later; the throughput stays.
    Delay(Duration),
    /// They are swallowed while the connection stays open: a black hole. A connection that lost something is reset
    /// when the direction heals, for what follows would make no sense.
    Drop,
    /// They are held, and delivered when the direction heals: a partition that ends before TCP gives up.
    Stall,
}

/// What went through so far. Arrays are by direction: to the server, to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections accepted.
    pub connections: u64,
    /// Those that are open now.
    pub open: u64,
    /// Those that the proxy reset: cut, refused, or healed after a loss.
    pub reset: u64,
    /// Bytes read from the sender. What is neither passed nor dropped is under way, or held.
    pub taken: [u64; 2],
    /// Bytes delivered.
    pub passed: [u64; 2],
    /// Bytes swallowed.
    pub dropped: [u64; 2],
}

/// A proxy before one server. Dropping this closes it and all its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    control: Control,
    stop: CancellationToken,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1, before the server at `target`, which need not be there yet.
    ///
    /// # Panics
    /// When there is no port to listen on.
    pub async fn before(target: SocketAddr) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port on the loopback");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (control, stop) = (Control::default(), CancellationToken::new());
        tokio::spawn(accept(listener, target, control.clone(), stop.clone()));
        Self { address, control, stop }
    }

    /// Where clients connect instead of to the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets one direction.
    pub fn set(&self, direction: Direction, mode: Mode) {
        self.control.change(|state| state.modes[direction as usize] = mode);
    }

    /// Sets both directions.
    pub fn set_both(&self, mode: Mode) {
        self.control.change(|state| state.modes = [mode; 2]);
    }

    /// Bytes take this much longer, each way: a round trip takes twice as much longer.
    pub fn delay(&self, each_way: Duration) {
        self.set_both(Mode::Delay(each_way));
    }

    /// A black hole, both ways.
    pub fn drop_silently(&self) {
        self.set_both(Mode::Drop);
    }

    /// Half a link: what goes in this direction is swallowed, the other one passes.
    pub fn drop_one_way(&self, direction: Direction) {
        self.set(direction, Mode::Drop);
    }

    /// Nothing moves, and nothing is lost.
    pub fn stall(&self) {
        self.set_both(Mode::Stall);
    }

    /// Resets all connections, and every new one, until [`Self::heal`].
    pub fn cut(&self) {
        self.control.change(|state| state.is_cut = true);
    }

    /// Resets the connections that are open now; new ones pass.
    pub fn cut_open(&self) {
        self.control.change(|state| state.cuts += 1);
    }

    /// Everything passes again.
    pub fn heal(&self) {
        self.control.change(|state| {
            state.is_cut = false;
            state.modes = [Mode::Pass; 2];
        });
    }

    /// What went through so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.control.counts()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, control: Control, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let accepting = async {
        loop {
            // It fails for one connection, or because there are no more descriptors: the next one may succeed.
            let Ok((client, _)) = listener.accept().await else {
                sleep(PAUSE_AFTER_ERROR).await;
                continue;
            };
            let serving = connection::serve(client, target, control.clone());
            connections.spawn(stop.clone().run_until_cancelled_owned(serving));
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stop.cancelled() => {}
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}
