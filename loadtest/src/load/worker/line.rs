//! One connection: opened, held, and opened again when it ends, as the protocol tells clients to.

use super::hear::hear;
use super::ledger::Ledger;
use super::orders::{LineTask, To};
use super::shared::Shared;
use crate::load::measure::{Micros, sleep_until};
use crate::load::wire::{Dialled, Opcode, dial, put_frame};
use rand::Rng;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;
use tokio::time::sleep;

/// How often a connection is tried that never stood.
const TRIES: u32 = 6;
/// The longest wait before the next try.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Close codes from here on say: do not come back.
const STAY_AWAY: u16 = 4500;

/// A message without an answer.
#[derive(Debug, Clone, Copy)]
pub struct Unanswered {
    /// To whom.
    pub to: To,
    /// When it was to be sent.
    pub intended: Micros,
    /// When it was, the last time.
    pub sent: Micros,
}

/// How holding a connection ended.
pub enum End {
    /// It was cut off by order, and is to come back then.
    Cut(Micros),
    /// It ended without our doing, with this close code; 0 stands for none.
    Closed(u16),
    /// It did not come about.
    Refused(String),
}

/// A connection.
pub struct Line {
    /// Whose it is.
    pub task: LineTask,
    /// What it has.
    pub ledger: RefCell<Ledger>,
    /// What it said, and has no answer to.
    pub unanswered: RefCell<HashMap<u128, Unanswered>>,
    /// Conversations of which history is being fetched.
    pub fetching: RefCell<HashSet<i64>>,
    /// Whether `ready` came.
    pub is_attached: Cell<bool>,
    /// Whether it was cut off by order and has not everything again.
    pub is_absent: Cell<bool>,
    /// Set by an order to cut it off: when to come back.
    pub cut: Cell<Option<Micros>>,
    /// Wakes the task that holds it.
    pub poke: Notify,
    writer: RefCell<Option<Rc<OwnedWriteHalf>>>,
    /// What the socket did not take yet.
    backlog: RefCell<Vec<u8>>,
}

impl Line {
    /// Not opened yet.
    pub fn new(task: LineTask) -> Self {
        Self {
            task,
            ledger: RefCell::default(),
            unanswered: RefCell::default(),
            fetching: RefCell::default(),
            is_attached: Cell::new(false),
            is_absent: Cell::new(false),
            cut: Cell::new(None),
            poke: Notify::new(),
            writer: RefCell::default(),
            backlog: RefCell::default(),
        }
    }

    /// Sends a frame; into nothing, if there is no connection.
    pub fn send(&self, opcode: Opcode, payload: &[u8]) {
        let mut backlog = self.backlog.borrow_mut();
        let was_behind = !backlog.is_empty();
        put_frame(&mut backlog, opcode, payload);
        drop(backlog);
        if !was_behind {
            self.flush();
        }
    }

    /// Writes what the socket takes. A socket that is broken is found out about by whoever reads.
    pub fn flush(&self) {
        let mut backlog = self.backlog.borrow_mut();
        let Some(writer) = &*self.writer.borrow() else { return backlog.clear() };
        match writer.try_write(&backlog) {
            Ok(length) => drop(backlog.drain(..length)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => backlog.clear(),
        }
        if !backlog.is_empty() {
            self.poke.notify_one();
        }
    }

    /// The socket, if it has not taken all yet.
    pub fn behind(&self) -> Option<Rc<OwnedWriteHalf>> {
        if self.backlog.borrow().is_empty() { None } else { self.writer.borrow().clone() }
    }
}

/// Keeps a connection open to the end of the process.
pub async fn keep(shared: Rc<Shared>, line: Rc<Line>) {
    let (mut tries, mut ever) = (0, false);
    loop {
        let end = stand(&shared, &line).await;
        ever |= line.is_attached.get();
        tries = if line.is_attached.get() { 1 } else { tries + 1 };
        let trouble = match end {
            End::Cut(at) => {
                leave(&shared, &line);
                sleep_until(at).await;
                continue;
            }
            End::Closed(code) => {
                leave(&shared, &line);
                *shared.tally.borrow_mut().counts.closes.entry(code).or_default() += 1;
                if code >= STAY_AWAY {
                    if !ever {
                        shared.tried(Some(format!("a gateway closed it with {code}")));
                    }
                    return;
                }
                format!("a gateway closed it with {code}")
            }
            End::Refused(why) => why,
        };
        if !ever && tries >= TRIES {
            return shared.tried(Some(trouble));
        }
        sleep(wait(tries)).await;
    }
}

/// Longer each time, and never as long as everybody else.
fn wait(tries: u32) -> Duration {
    let longest = LONGEST_WAIT.min(Duration::from_millis(250) * 2_u32.saturating_pow(tries.min(8)));
    longest.mul_f64(rand::rng().random_range(0.5..1.0))
}

async fn stand(shared: &Rc<Shared>, line: &Rc<Line>) -> End {
    let address = shared.task.gateways[line.task.gateway];
    let Dialled { stream, rest } = match dial(address, line.task.source, &line.task.token).await {
        Ok(dialled) => dialled,
        Err(refused) => return End::Refused(format!("{address} does not let it in: {refused:?}")),
    };
    let (reader, writer) = stream.into_split();
    *line.writer.borrow_mut() = Some(Rc::new(writer));
    hear(shared, line, reader, rest).await
}

fn leave(shared: &Shared, line: &Line) {
    *line.writer.borrow_mut() = None;
    line.backlog.borrow_mut().clear();
    if line.is_attached.replace(false) {
        shared.tally.borrow_mut().counts.connected -= 1;
    }
}
