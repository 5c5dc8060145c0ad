//! Look-ups by the batch, through the door.

use super::node::{Does, FakeNode};
use super::support::{Door, draft, question};
use futures_util::future::join_all;
use futures_util::poll;
use gateway::api::Api;
use gateway::lookup::Lookup;
use shared::door::{AttachAnswer, AttachQuestion, SessionState};
use std::pin::pin;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// The attach look-up of a gateway, as its node makes it.
fn attaches(door: &Door) -> (Lookup<AttachQuestion, AttachAnswer>, DropGuard) {
    let (tasks, stop, api) = (TaskTracker::new(), CancellationToken::new(), door.api.clone());
    let lookup = Lookup::start(&tasks, &stop, move |questions| {
        let api = api.clone();
        async move { api.attach(questions).await }
    });
    (lookup, stop.drop_guard())
}

async fn ask_all(lookup: &Lookup<AttachQuestion, AttachAnswer>, count: i64) -> usize {
    let answers = join_all((1..=count).map(|number| lookup.ask(question(number)))).await;
    answers
        .into_iter()
        .filter(|answer| answer.as_ref().is_ok_and(|a| a.session == SessionState::Live))
        .count()
}

#[tokio::test]
async fn ten_thousand_look_ups_are_forty_requests_spread_over_the_nodes() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    let (lookup, _stop) = attaches(&door);
    assert_eq!(ask_all(&lookup, 10_000).await, 10_000);
    let requests = [first.asked().len(), second.asked().len()];
    assert!(requests[0] + requests[1] <= 41 && requests.iter().all(|count| *count > 5), "{requests:?}");
}

#[tokio::test]
async fn what_waits_behind_a_node_that_hangs_is_answered_by_the_next() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    first.does(Does::Hang);
    let (lookup, _stop) = attaches(&door);
    assert_eq!(ask_all(&lookup, 2_000).await, 2_000);
    assert!(first.asked().len() <= 1, "one batch waited for it, and the others did not");
}

#[tokio::test]
async fn fields_of_a_newer_api_are_passed_over() {
    let node = FakeNode::start();
    node.does(Does::AnswerNewly);
    let door = Door::to(&[&node]);
    assert_eq!(door.api.attach(vec![question(1)]).await.unwrap()[0].epoch, "e");
    assert_eq!(door.api.append(0, vec![draft()]).await.unwrap()[0].unwrap().seq, 3);
    assert_eq!(node.asked().len(), 2);
}

#[tokio::test]
async fn who_does_not_wait_any_more_is_not_asked_for() {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let (batches, mut asked) = tokio::sync::mpsc::channel::<Vec<u8>>(4);
    let gate = Arc::new(Semaphore::new(0));
    let open = gate.clone();
    let lookup = Lookup::start(&tasks, &stop, move |questions: Vec<u8>| {
        let (batches, gate) = (batches.clone(), gate.clone());
        async move {
            batches.send(questions.clone()).await.unwrap();
            gate.acquire().await.unwrap().forget();
            Ok(questions)
        }
    });
    let mut first = pin!(lookup.ask(1));
    assert!(poll!(&mut first).is_pending());
    assert_eq!(asked.recv().await, Some(vec![1]));
    // Two ask while the first batch is under way, and one of them goes.
    let mut third = pin!(lookup.ask(3));
    {
        let mut second = pin!(lookup.ask(2));
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
    }
    open.add_permits(2);
    assert_eq!((first.await, third.await), (Ok(1), Ok(3)));
    assert_eq!(asked.recv().await, Some(vec![3]));
    stop.cancel();
}
