//! What a proxy was told, as all its connections see it at once, and what they count.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::{BOTH, Counts, Direction, Mode};

/// What the link is like now.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    /// By direction.
    pub(super) modes: [Mode; 2],
    pub(super) is_cut: bool,
    /// How often the open connections were cut; one that is older than the last time goes.
    pub(super) cuts: u64,
}

impl State {
    pub(super) fn mode(&self, direction: Direction) -> Mode {
        self.modes[direction as usize]
    }
}

/// One for the proxy and all its connections.
#[derive(Debug, Clone)]
pub(super) struct Control {
    state: Arc<watch::Sender<State>>,
    counts: Arc<Mutex<Counts>>,
}

impl Default for Control {
    fn default() -> Self {
        let state = State { modes: [Mode::Pass; BOTH.len()], is_cut: false, cuts: 0 };
        Self { state: Arc::new(watch::Sender::new(state)), counts: Arc::default() }
    }
}

impl Control {
    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        self.state.send_modify(change);
    }

    pub(super) fn now(&self) -> State {
        *self.state.borrow()
    }

    /// Waits until the state is such; at once, if it is.
    pub(super) async fn until(&self, is_such: impl Fn(&State) -> bool) -> State {
        let mut states = self.state.subscribe();
        let state = states.wait_for(|state| is_such(state)).await;
        *state.expect("the sender lives as long as we hold it")
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
