//! What all connections of a worker share. One thread: cells, no locks, and nothing borrowed over an await.

use super::line::Line;
use super::orders::{Came, Task};
use crate::load::measure::{Histogram, Micros, Spread};
use crate::load::worker::Speech;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The buffer that all connections read into, one at a time.
const SCRATCH: usize = 64 * 1024;

/// The surroundings of all connections.
pub struct Shared {
    /// What the worker is there for.
    pub task: Task,
    /// The connections.
    pub lines: Vec<Rc<Line>>,
    /// Where is read to. Borrowed only while what was read is looked at.
    pub scratch: RefCell<Box<[u8]>>,
    /// What was counted.
    pub tally: RefCell<Tally>,
    /// Connections that were tried.
    pub tried: Cell<u64>,
    /// And those of them that failed.
    pub failed: Cell<u64>,
    /// Connections that stood and have ended.
    pub ended: Cell<u64>,
    /// Why one failed or ended: the last time.
    pub trouble: RefCell<Option<String>>,
}

/// What was counted, all connections together.
#[derive(Debug, Default)]
pub struct Tally {
    /// What is measured, and until when.
    pub speech: Option<Speech>,
    delivered: u64,
    delivered_measured: u64,
    delivery: Histogram,
    late: Histogram,
}

impl Shared {
    /// The surroundings for a task.
    #[must_use]
    pub fn of(task: Task) -> Rc<Self> {
        let listeners = task.listen.iter().flat_map(|(address, count)| vec![(*address, true); *count]);
        let publisher = task.publish.map(|address| (address, false));
        let line = |(address, listens)| Rc::new(Line::new(task.manner, address, listens));
        Rc::new(Self {
            lines: listeners.chain(publisher).map(line).collect(),
            scratch: RefCell::new(vec![0; SCRATCH].into()),
            tally: RefCell::default(),
            tried: Cell::new(0),
            failed: Cell::new(0),
            ended: Cell::new(0),
            trouble: RefCell::default(),
            task,
        })
    }

    /// Those that listen.
    pub fn listeners(&self) -> impl Iterator<Item = &Rc<Line>> {
        self.lines.iter().filter(|line| line.listens)
    }

    /// A connection was tried, and failed or not.
    pub fn tried(&self, trouble: Option<String>) {
        self.tried.set(self.tried.get() + 1);
        if trouble.is_some() {
            self.failed.set(self.failed.get() + 1);
            *self.trouble.borrow_mut() = trouble;
        }
    }

    /// A connection that stood has ended.
    pub fn ended(&self, why: String) {
        self.ended.set(self.ended.get() + 1);
        *self.trouble.borrow_mut() = Some(why);
    }

    /// What came, if so many were published.
    #[must_use]
    pub fn came(&self, said: u64) -> Came {
        let mut came = self.tally.borrow_mut().told();
        for line in self.listeners() {
            let counter = *line.counter.borrow();
            came.wrong += u64::from(!counter.is_right(said));
            came.jumped += counter.jumped;
            came.repeated += counter.repeated;
            came.altered += counter.altered;
            came.missing += said.saturating_sub(counter.next);
        }
        came.ended = self.ended.get();
        came.trouble = self.trouble.borrow().clone();
        came
    }
}

impl Tally {
    /// A message is sent that was due then.
    pub fn sent(&mut self, due: Micros, now: Micros) {
        if self.is_measured(due) {
            self.late.record(now.saturating_sub(due));
        }
    }

    /// A message came; `due` says when it was to be sent, if it is a delivery.
    pub fn came(&mut self, due: Option<Micros>, now: Micros) {
        let Some(due) = due else { return };
        self.delivered += 1;
        self.delivered_measured += u64::from(self.is_measured(now));
        if self.is_measured(due) {
            self.delivery.record(now.saturating_sub(due));
        }
    }

    /// How late messages were sent.
    pub fn late(&mut self) -> Spread {
        self.late.drain()
    }

    /// How many have come.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    fn told(&mut self) -> Came {
        let (delivered, delivered_measured) = (self.delivered, self.delivered_measured);
        Came { delivered, delivered_measured, delivery: self.delivery.drain(), ..Came::default() }
    }

    fn is_measured(&self, at: Micros) -> bool {
        self.speech.is_some_and(|speech| (speech.measured..speech.until).contains(&at))
    }
}
