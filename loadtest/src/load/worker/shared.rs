//! What all connections of a worker share. One thread: cells, no locks, and nothing borrowed over an await.

use super::line::Line;
use super::orders::{Away, Task, To};
use super::tally::Tally;
use crate::load::measure::{Histogram, Micros, micros};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The buffer that all connections read into, one at a time.
const SCRATCH: usize = 64 * 1024;
/// Requests of history under way.
const FETCHES: usize = 32;
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// The surroundings of all connections.
pub struct Shared {
    /// What the worker is there for.
    pub task: Task,
    /// When it began.
    pub began: Micros,
    /// The connections.
    pub lines: Vec<Rc<Line>>,
    /// What was counted.
    pub tally: RefCell<Tally>,
    /// Between whom conversations are, as far as that is known.
    pub targets: RefCell<HashMap<i64, To>>,
    /// Where is read to. Borrowed only while what was read is looked at.
    pub scratch: RefCell<Box<[u8]>>,
    /// For REST.
    pub http: reqwest::Client,
    /// Bounds the requests of history.
    pub fetches: Semaphore,
    /// Connections that were tried.
    pub tried: Cell<usize>,
    /// And those that failed for good.
    pub failed: Cell<usize>,
    /// Why a connection could not be made: the last time.
    pub trouble: RefCell<Option<String>>,
    /// Connections that were cut off and are to come back.
    pub absent: RefCell<Absent>,
}

/// Those that were cut off.
#[derive(Default)]
pub struct Absent {
    /// When.
    pub since: Micros,
    /// How many are not back with everything.
    pub count: usize,
    attached: Histogram,
    whole: Histogram,
}

impl Absent {
    /// One more is cut off.
    pub fn cut(&mut self, now: Micros) {
        self.since = now;
        self.count += 1;
    }

    /// One of them is attached again.
    pub fn attached(&mut self, now: Micros) {
        self.attached.record(now.saturating_sub(self.since));
    }

    /// One of them has everything.
    pub fn whole(&mut self, now: Micros) {
        self.whole.record(now.saturating_sub(self.since));
        self.count = self.count.saturating_sub(1);
    }

    /// How it went.
    pub fn told(&mut self) -> Away {
        let (attached, whole) = (self.attached.drain(), self.whole.drain());
        Away { attached, whole, missing: std::mem::take(&mut self.count) as u64 }
    }
}

impl Shared {
    /// The surroundings for a task.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn of(mut task: Task) -> reqwest::Result<Self> {
        // No proxy: one in the environment would swallow calls to the loopback.
        let http = reqwest::Client::builder().no_proxy().timeout(ANSWER_LIMIT).build()?;
        let lines = std::mem::take(&mut task.lines).into_iter().map(Line::new).map(Rc::new).collect();
        let targets = task.groups.iter().map(|(group, conversation)| (*conversation, To::Group(*group)));
        Ok(Self {
            began: micros(),
            lines,
            tally: RefCell::default(),
            targets: RefCell::new(targets.collect()),
            scratch: RefCell::new(vec![0; SCRATCH].into()),
            http,
            fetches: Semaphore::new(FETCHES),
            tried: Cell::new(0),
            failed: Cell::new(0),
            trouble: RefCell::default(),
            absent: RefCell::default(),
            task,
        })
    }

    /// A conversation is between these.
    pub fn learn(&self, conversation: i64, to: To) {
        self.targets.borrow_mut().entry(conversation).or_insert(to);
    }

    /// A connection was tried for the first time, and failed or not.
    pub fn tried(&self, trouble: Option<String>) {
        self.tried.set(self.tried.get() + 1);
        if trouble.is_some() {
            self.failed.set(self.failed.get() + 1);
            *self.trouble.borrow_mut() = trouble;
        }
    }
}
