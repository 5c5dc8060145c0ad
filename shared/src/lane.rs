//! Lanes: queues whose turns append in order. A conversation always falls into the same lane, a lane runs one
//! batch at a time, and whatever queued while it ran is the next batch. No timer: at low load a batch is one
//! draft and nothing waits. One type serves both sides of the append (⑤ in gateways, ⑥ in apis).

use crate::draft::ConversationKey;
use futures_util::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How much the lanes take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How many lanes.
    pub lanes: usize,
    /// How many items wait in one lane at most.
    pub queue: usize,
    /// How many items make a batch at most.
    pub batch: usize,
}

/// The largest batch, on both sides of the append.
pub const MAX_BATCH: usize = 256;

/// A lane took no more: the item comes back, and whoever asked is told `unavailable`.
#[derive(Debug)]
pub struct Full<T>(pub T);

/// A set of lanes and the tasks that run them. Dropping it, or cancelling `stop`, lets the tasks finish what
/// is queued and end.
pub struct Lanes<T> {
    queues: Vec<mpsc::Sender<T>>,
}

impl<T: Send + 'static> Lanes<T> {
    /// Starts the lanes on `tasks`. `run` is given the lane's number and a batch, in order of arrival; the
    /// next batch of that lane starts when the future it returned is done. A batch that panics is lost (its
    /// items are dropped, and with them their replies), the lane goes on.
    pub fn start<F, Fut>(bounds: Bounds, tasks: &TaskTracker, stop: &CancellationToken, run: F) -> Self
    where
        F: Fn(usize, Vec<T>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let queues = (0..bounds.lanes.max(1)).map(|lane| {
            let (push, queue) = mpsc::channel(bounds.queue);
            tasks.spawn(turn(lane, queue, bounds.batch, stop.clone(), run.clone()));
            push
        });
        Self { queues: queues.collect() }
    }

    /// Puts an item at the end of its conversation's lane.
    ///
    /// # Errors
    /// The item, when the lane is full or its node is stopping: nothing waits here.
    pub fn push(&self, key: ConversationKey, item: T) -> Result<(), Full<T>> {
        let lane = lane_of(key, self.queues.len());
        self.queues[lane].try_send(item).map_err(|refused| Full(refused.into_inner()))
    }

    /// How many items wait, over all lanes.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.queues.iter().map(|queue| queue.max_capacity() - queue.capacity()).sum()
    }
}

/// One lane's life: a batch, and the next one.
async fn turn<T, F, Fut>(
    lane: usize,
    mut queue: mpsc::Receiver<T>,
    batch_max: usize,
    stop: CancellationToken,
    run: F,
) where
    F: Fn(usize, Vec<T>) -> Fut,
    Fut: Future<Output = ()>,
{
    loop {
        let mut batch = Vec::new();
        let taken = tokio::select! {
            biased;
            // Looked at first: a lane that never runs empty must notice it too.
            () = stop.cancelled(), if !queue.is_closed() => {
                queue.close();
                continue;
            }
            taken = queue.recv_many(&mut batch, batch_max) => taken,
        };
        if taken == 0 {
            return;
        }
        if AssertUnwindSafe(run(lane, batch)).catch_unwind().await.is_err() {
            tracing::error!(lane, "a batch panicked; its drafts are unanswered");
        }
    }
}

/// The lane of a conversation: the same in every node and version, so that gateways send a conversation to
/// the same api node and batches meet no row lock.
#[must_use]
pub fn lane_of(key: ConversationKey, lanes: usize) -> usize {
    let hash = match key {
        ConversationKey::Group(group) => mix(mix(1) ^ group.0.cast_unsigned()),
        ConversationKey::Pair(low, high) => mix(mix(mix(2) ^ low.0.cast_unsigned()) ^ high.0.cast_unsigned()),
    };
    usize::try_from(hash % lanes.max(1) as u64).unwrap_or(0)
}

/// A fixed 64-bit mixing function: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
#[must_use]
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{GroupId, UserId};
    use std::sync::{Arc, Mutex};
    use tokio::sync::Semaphore;

    const ONE_LANE: Bounds = Bounds { lanes: 1, queue: 4, batch: 3 };
    const KEY: ConversationKey = ConversationKey::Group(GroupId(1));

    #[tokio::test]
    async fn what_queued_while_a_batch_ran_is_the_next_batch_in_order_and_a_full_lane_gives_back() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let gate = Arc::new(Semaphore::new(0));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (hold, log) = (gate.clone(), seen.clone());
        let lanes = Lanes::start(ONE_LANE, &tasks, &stop, move |_, batch: Vec<u32>| {
            let (hold, log) = (hold.clone(), log.clone());
            async move {
                log.lock().unwrap().push(batch);
                hold.acquire().await.unwrap().forget();
            }
        });
        lanes.push(KEY, 0).unwrap();
        while seen.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        for item in 1..=4 {
            lanes.push(KEY, item).unwrap();
        }
        assert_eq!(lanes.push(KEY, 5).unwrap_err().0, 5);
        gate.add_permits(10);
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        assert_eq!(*seen.lock().unwrap(), [vec![0], vec![1, 2, 3], vec![4]]);
        assert!(lanes.push(KEY, 6).is_err(), "a stopped lane takes nothing");
    }

    #[tokio::test]
    async fn a_lane_outlives_a_batch_that_panics() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let (done, mut finished) = mpsc::channel(4);
        let lanes = Lanes::start(ONE_LANE, &tasks, &stop, move |_, batch: Vec<u32>| {
            let done = done.clone();
            async move {
                assert_ne!(batch[0], 13, "this batch is to panic");
                done.send(batch[0]).await.unwrap();
            }
        });
        lanes.push(KEY, 13).unwrap();
        while lanes.depth() > 0 {
            tokio::task::yield_now().await;
        }
        lanes.push(KEY, 14).unwrap();
        assert_eq!(finished.recv().await, Some(14));
    }

    #[test]
    fn lanes_are_what_they_were_in_the_first_release() {
        let pair = ConversationKey::Pair(UserId(1), UserId(2));
        assert_eq!(
            [lane_of(KEY, 16), lane_of(pair, 16), lane_of(pair, 1)],
            [LANE_OF_GROUP_1, LANE_OF_PAIR, 0]
        );
    }

    const LANE_OF_GROUP_1: usize = 14;
    const LANE_OF_PAIR: usize = 12;
}
