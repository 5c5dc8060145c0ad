//! One kind of question to the api: counted, and by a test's order refused or answered late.

use tokio::sync::watch;

/// What a gateway may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Append,
    Attach,
    Rosters,
    Entries,
    Sums,
    Read,
    Watchable,
    MayType,
}

/// A gate for each.
#[derive(Default)]
pub struct Gates([Gate; 8]);

impl Gates {
    pub fn of(&self, call: Call) -> &Gate {
        &self.0[call as usize]
    }
}

#[derive(Debug, Default)]
pub struct Gate {
    state: watch::Sender<State>,
}

#[derive(Debug, Default)]
struct State {
    calls: usize,
    waiting: usize,
    is_closed: bool,
    refuses: bool,
}

impl Gate {
    pub fn close(&self) {
        self.state.send_modify(|state| state.is_closed = true);
    }

    pub fn open(&self) {
        self.state.send_modify(|state| state.is_closed = false);
    }

    pub fn refuse(&self, refuses: bool) {
        self.state.send_modify(|state| state.refuses = refuses);
    }

    pub fn calls(&self) -> usize {
        self.state.borrow().calls
    }

    /// Counts a call; says whether it is to be served.
    pub fn enter(&self) -> bool {
        self.state.send_modify(|state| state.calls += 1);
        !self.state.borrow().refuses
    }

    /// Passes when the gate is open.
    pub async fn pass(&self) {
        self.state.send_modify(|state| state.waiting += 1);
        let _leaving = Leaving(self);
        drop(self.state.subscribe().wait_for(|state| !state.is_closed).await);
    }

    pub async fn is_waited_at(&self) {
        drop(self.state.subscribe().wait_for(|state| state.waiting > 0 && state.is_closed).await);
    }
}

/// A caller that gives up while it waits no longer waits.
struct Leaving<'a>(&'a Gate);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.state.send_modify(|state| state.waiting -= 1);
    }
}
