//! Lanes under random load: several tasks push drafts of several conversations, and whatever the interleaving, each
//! conversation keeps its order, nothing is lost or run twice, and no bound is passed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use proptest::prelude::*;
use shared::draft::ConversationKey;
use shared::ids::{GroupId, UserId};
use shared::lane::{Bounds, Full, Lanes, lane_of};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What one task pushes, in order: keys, and whether it lets others run after each.
type Pushes = Vec<(u8, bool)>;

/// Pushed by a task, as its n-th.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    key: ConversationKey,
    task: usize,
    nth: usize,
}

/// Batches in the order in which they ran, with their lane.
type Log = Arc<Mutex<Vec<(usize, Vec<Item>)>>>;

fn key(number: u8) -> ConversationKey {
    if number.is_multiple_of(2) {
        ConversationKey::Group(GroupId(number.into()))
    } else {
        ConversationKey::Pair(UserId(1), UserId(number.into()))
    }
}

/// Runs the lanes to their end; gives what ran, and how many were given back and pushed again.
async fn run(bounds: Bounds, work: Vec<Pushes>) -> (Log, usize) {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let (log, refused) = (Log::default(), Arc::new(AtomicUsize::new(0)));
    let at_work: Arc<Vec<AtomicUsize>> = Arc::new((0..bounds.lanes).map(|_| AtomicUsize::new(0)).collect());
    let seen = log.clone();
    let lanes = Arc::new(Lanes::start(bounds, &tasks, &stop, move |lane, batch| {
        let (seen, at_work) = (seen.clone(), at_work.clone());
        async move {
            assert_eq!(at_work[lane].fetch_add(1, Ordering::SeqCst), 0, "one batch at a time in lane {lane}");
            for _ in 0..lane % 3 {
                yield_now().await;
            }
            seen.lock().unwrap().push((lane, batch));
            at_work[lane].fetch_sub(1, Ordering::SeqCst);
        }
    }));
    let pushing = work.into_iter().enumerate().map(|(task, pushes)| {
        let (lanes, refused) = (lanes.clone(), refused.clone());
        tokio::spawn(async move {
            for (nth, (number, gives_way)) in pushes.into_iter().enumerate() {
                let mut item = Item { key: key(number), task, nth };
                let sent = item;
                while let Err(Full(back)) = lanes.push(item.key, item) {
                    assert_eq!(back, sent, "the item itself comes back");
                    refused.fetch_add(1, Ordering::SeqCst);
                    item = back;
                    yield_now().await;
                }
                if gives_way {
                    yield_now().await;
                }
            }
        })
    });
    for task in pushing.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    stop.cancel();
    tasks.close();
    tokio::time::timeout(Duration::from_secs(20), tasks.wait()).await.expect("the lanes end");
    (log, refused.load(Ordering::SeqCst))
}

fn check(bounds: Bounds, work: &[Pushes], log: &[(usize, Vec<Item>)]) -> Result<(), TestCaseError> {
    let mut last: HashMap<(ConversationKey, usize), usize> = HashMap::new();
    let mut ran = Vec::new();
    for (lane, batch) in log {
        prop_assert!((1..=bounds.batch).contains(&batch.len()), "a batch of {}", batch.len());
        for item in batch {
            prop_assert_eq!(*lane, lane_of(item.key, bounds.lanes));
            let before = last.insert((item.key, item.task), item.nth);
            prop_assert!(before.is_none_or(|before| before < item.nth), "{:?} after {:?}", item, before);
            ran.push(*item);
        }
    }
    let mut pushed: Vec<Item> = Vec::new();
    for (task, pushes) in work.iter().enumerate() {
        pushed.extend(pushes.iter().enumerate().map(|(nth, (number, _))| Item {
            key: key(*number),
            task,
            nth,
        }));
    }
    pushed.sort_unstable();
    ran.sort_unstable();
    prop_assert_eq!(ran, pushed, "everything ran once");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_conversation_keeps_its_order_and_nothing_is_lost_whatever_the_interleaving(
        lanes in 1..6usize,
        queue in 1..12usize,
        batch in 1..9usize,
        work in prop::collection::vec(prop::collection::vec((0..7u8, any::<bool>()), 0..80), 1..5),
    ) {
        let bounds = Bounds { lanes, queue, batch };
        let (log, _) = Runtime::new().unwrap().block_on(run(bounds, work.clone()));
        let log = log.lock().unwrap();
        check(bounds, &work, &log)?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_lane_gives_back_and_what_is_pushed_again_keeps_its_order() {
    let bounds = Bounds { lanes: 3, queue: 1, batch: 1 };
    let work = vec![vec![(2, false); 500], vec![(2, false); 500]];
    let (log, refused) = run(bounds, work.clone()).await;
    assert!(refused > 0, "the premise: a queue of one was full at times");
    check(bounds, &work, &log.lock().unwrap()).unwrap();
}

/// A lane that is kept full has to notice the stop all the same, or a busy node never ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_lane_that_never_runs_empty_stops_when_it_is_told() {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let lanes =
        Arc::new(Lanes::start(Bounds { lanes: 1, queue: 64, batch: 1 }, &tasks, &stop, |_, _: Vec<()>| {
            // A batch that takes a while, so that those who push are always ahead.
            tokio::time::sleep(Duration::from_millis(1))
        }));
    let over = CancellationToken::new();
    let pushing = (0..2).map(|_| {
        let (lanes, over) = (lanes.clone(), over.clone());
        tokio::spawn(async move {
            while !over.is_cancelled() {
                drop(lanes.push(key(2), ()));
                yield_now().await;
            }
        })
    });
    let pushing: Vec<_> = pushing.collect();
    while lanes.depth() < 32 {
        yield_now().await;
    }
    stop.cancel();
    tasks.close();
    let ended = tokio::time::timeout(Duration::from_secs(5), tasks.wait()).await;
    over.cancel();
    for task in pushing {
        task.await.unwrap();
    }
    assert!(ended.is_ok(), "the lane went on for as long as somebody pushed");
}
