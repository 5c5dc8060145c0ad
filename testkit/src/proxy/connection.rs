//! One connection through the proxy: dialled, pumped both ways, and ended or reset.
//!
//! What was read waits in a short queue with the time at which it is due, and only when it is due the mode decides what
//! becomes of it: so a delay costs no throughput, and the end of a connection keeps its place behind the bytes.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::control::{Control, State};
use super::{BOTH, Direction, Mode};

/// What one direction may hold, in chunks; past it we do not read on, and the sender's own buffers fill.
const QUEUE: usize = 256;
const CHUNK_BYTES: usize = 16 * 1024;

struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
}

/// What both pumps of a connection share.
struct Link<'a> {
    control: &'a Control,
    /// By direction: something was swallowed that the other end will miss.
    lost: [AtomicBool; BOTH.len()],
}

/// Serves one client until both sides have ended, or the proxy was told to reset it.
pub(super) async fn serve(client: TcpStream, target: SocketAddr, control: Control) {
    control.count(|counts| {
        counts.connections += 1;
        counts.open += 1;
    });
    let _open = Open(&control);
    let link = Link { control: &control, lost: Default::default() };
    let born = control.now().cuts;
    let mut client = client;
    let reset = tokio::select! {
        biased;
        () = link.must_reset(born) => true,
        reached = link.reach(target, &mut client) => !reached,
    };
    if reset {
        control.count(|counts| counts.reset += 1);
        // The server's end was reset with the future that held it.
        drop(client.set_zero_linger());
    }
}

impl Link<'_> {
    /// Dials the server and pumps; `false` when it could not be dialled.
    async fn reach(&self, target: SocketAddr, client: &mut TcpStream) -> bool {
        if !self.dial_passes().await {
            return std::future::pending().await;
        }
        let Ok(mut server) = dial(target).await else { return false };
        // Small writes go on as they came: whether to gather them is for the two ends to say.
        drop(client.set_nodelay(true));
        drop(server.set_nodelay(true));
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        tokio::join!(
            self.pump(Direction::ToServer, from_client, to_server),
            self.pump(Direction::ToClient, from_server, to_client),
        );
        #[allow(deprecated, reason = "none at all cannot block, which is what it is deprecated for")]
        drop(server.set_linger(None));
        true
    }

    /// A SYN goes the way of the bytes: it waits, or is lost. `false`: it was lost.
    async fn dial_passes(&self) -> bool {
        let passes = self.is_passed(Direction::ToServer).await;
        if !passes {
            self.lose(Direction::ToServer, 0);
        }
        passes
    }

    async fn pump(&self, direction: Direction, from: ReadHalf<'_>, to: WriteHalf<'_>) {
        let (queue, queued) = mpsc::channel(QUEUE);
        tokio::join!(self.take(direction, from, queue), self.give(direction, to, queued));
    }

    /// Reads until the end or an error, which is the end too.
    async fn take(&self, direction: Direction, mut from: ReadHalf<'_>, queue: mpsc::Sender<Chunk>) {
        let mut buffer = vec![0; CHUNK_BYTES];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            self.control.count(|counts| counts.taken[direction as usize] += read as u64);
            let due = match self.control.now().mode(direction) {
                Mode::Delay(delay) => Instant::now() + delay,
                Mode::Pass | Mode::Drop | Mode::Stall => Instant::now(),
            };
            if queue.send(Chunk { due, bytes: buffer[..read].to_vec() }).await.is_err() {
                return;
            }
        }
    }

    /// Writes what is due, as the mode of that moment has it, and in the end passes on the end.
    async fn give(&self, direction: Direction, mut to: WriteHalf<'_>, mut queued: mpsc::Receiver<Chunk>) {
        while let Some(Chunk { due, bytes }) = queued.recv().await {
            sleep_until(due).await;
            let length = bytes.len() as u64;
            if !self.is_passed(direction).await {
                self.lose(direction, length);
                continue;
            }
            if to.write_all(&bytes).await.is_err() {
                // Who is gone is missed on its own way: the other pump reads the end there.
                return;
            }
            self.control.count(|counts| counts.passed[direction as usize] += length);
        }
        if self.is_passed(direction).await {
            // One that is gone already needs no word.
            drop(to.shutdown().await);
        } else {
            self.lose(direction, 0);
            std::future::pending::<()>().await;
        }
    }

    /// Waits out a stall. `false`: it is to be swallowed.
    async fn is_passed(&self, direction: Direction) -> bool {
        let state = self.control.until(|state| state.mode(direction) != Mode::Stall).await;
        state.mode(direction) != Mode::Drop
    }

    fn lose(&self, direction: Direction, bytes: u64) {
        self.lost[direction as usize].store(true, Ordering::Relaxed);
        self.control.count(|counts| counts.dropped[direction as usize] += bytes);
    }

    /// Waits until this connection, made after `born` cuts, can go on no longer.
    async fn must_reset(&self, born: u64) {
        let lost = |direction: Direction| self.lost[direction as usize].load(Ordering::Relaxed);
        let is_broken = |state: &State| {
            let healed = |direction: &Direction| !matches!(state.mode(*direction), Mode::Drop);
            let broken = BOTH.iter().filter(|direction| healed(direction)).any(|direction| lost(*direction));
            state.is_cut || state.cuts > born || broken
        };
        self.control.until(is_broken).await;
    }
}

/// The server's end of a connection: born so that dropping it resets it, at any moment, that of the dial included.
async fn dial(target: SocketAddr) -> io::Result<TcpStream> {
    let socket = if target.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_zero_linger()?;
    socket.connect(target).await
}

/// Counts a connection as open for as long as this lives.
struct Open<'a>(&'a Control);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.count(|counts| counts.open -= 1);
    }
}
