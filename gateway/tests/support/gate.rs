//! A gate for one kind of call: it counts, and by a test's order refuses callers or keeps them waiting.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

#[derive(Debug, Default)]
pub struct Gate {
    state: watch::Sender<State>,
}

#[derive(Debug, Default)]
struct State {
    calls: usize,
    waiting: usize,
    /// Calls from this one on are kept waiting.
    closed_from: Option<usize>,
    refuses: bool,
}

impl Gate {
    /// Closes it behind the next `through` calls.
    pub fn close_after(&self, through: usize) {
        self.state.send_modify(|state| state.closed_from = Some(state.calls + through));
    }

    pub fn open(&self) {
        self.state.send_modify(|state| state.closed_from = None);
    }

    pub fn refuse(&self, refuses: bool) {
        self.state.send_modify(|state| state.refuses = refuses);
    }

    pub fn calls(&self) -> usize {
        self.state.borrow().calls
    }

    /// Counts a call and gives its number, if it is to be served.
    pub fn enter(&self) -> Option<usize> {
        let number = self.calls();
        self.state.send_modify(|state| state.calls += 1);
        (!self.state.borrow().refuses).then_some(number)
    }

    /// Passes when the gate is open for this call.
    pub async fn pass(&self, number: usize) {
        self.state.send_modify(|state| state.waiting += 1);
        let _leaving = Leaving(self);
        let is_open = |state: &State| state.closed_from.is_none_or(|from| number < from);
        drop(self.state.subscribe().wait_for(is_open).await);
    }

    /// Waits until somebody is kept waiting.
    ///
    /// # Panics
    /// When nobody comes in 10 s.
    pub async fn is_waited_at(&self) {
        let mut state = self.state.subscribe();
        let waited_at = state.wait_for(|state| state.waiting > 0 && state.closed_from.is_some());
        timeout(Duration::from_secs(10), waited_at).await.expect("somebody comes to the gate").unwrap();
    }
}

/// A caller that gives up while it waits no longer waits.
struct Leaving<'a>(&'a Gate);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.state.send_modify(|state| state.waiting -= 1);
    }
}
