//! Waiting until a daemon serves, and no longer than it lives.

use std::time::Duration;

use crate::daemon::Daemon;
use crate::wait::within;

/// A database that recovers after a kill is the slowest of them.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn wait(daemon: &Daemon, mut is_ready: impl AsyncFnMut() -> bool) {
    let waiting = within(LIMIT * 2, "a daemon to be ready", async || {
        if !daemon.is_running() {
            return Some(false);
        }
        is_ready().await.then_some(true)
    });
    match tokio::time::timeout(LIMIT, waiting).await {
        Ok(true) => {}
        Ok(false) => panic!("{} ended ({}) and said:\n{}", daemon.name(), daemon.last_end(), daemon.output()),
        Err(_) => panic!("{} is not ready after {LIMIT:?} and said:\n{}", daemon.name(), daemon.output()),
    }
}
