//! The load while it runs.

use crate::workload::{People, Workload};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Everybody talks until this is stopped.
pub(crate) struct Load {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Load {
    /// So many messages a second. `stays`: nobody goes away.
    pub fn start(people: &Arc<People>, rate: f64, seed: u64, stays: bool) -> Self {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let load = Workload { people: people.clone(), rate, stays };
        tasks.spawn(load.run(StdRng::seed_from_u64(seed), stop.clone()));
        tasks.close();
        Self { stop, tasks }
    }

    /// Nobody says anything new.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}
