//! In-process presence does what every presence must.

use shared::presence::Presence;
use shared::presence::memory::MemoryPresence;
use shared::time::{Clock, Timestamp};
use std::sync::Arc;
use std::time::Duration;

fn world() -> (impl AsyncFn() -> Arc<dyn Presence>, impl AsyncFn(Duration)) {
    let clock = Clock::manual(Timestamp(0));
    let presence = Arc::new(MemoryPresence::new(clock.clone()));
    (async move || presence.clone() as Arc<dyn Presence>, async move |by| clock.advance(by))
}

testkit::presence_contract!(world());
