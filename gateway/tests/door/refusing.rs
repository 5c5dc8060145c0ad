//! Nodes that answer, and say no.

use super::node::{Does, FakeNode};
use super::support::{Door, draft};
use gateway::api::{Api, Unavailable};
use shared::error::Code;
use shared::ids::UserId;
use testkit::eventually;

#[tokio::test]
async fn what_one_node_cannot_store_now_the_next_one_stores() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    let lane = door.lane_of(&first).await;
    first.forget();
    second.forget();
    first.does(Does::PutOff);
    assert!(door.append(lane).await);
    assert_eq!(first.asked(), second.asked());
}

#[tokio::test]
async fn what_no_node_can_store_now_is_answered_at_once_with_when_to_try_again() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    first.does(Does::PutOff);
    second.does(Does::PutOff);
    let outcome = door.api.append(0, vec![draft()]).await.unwrap()[0].unwrap_err();
    assert_eq!((outcome.code, outcome.retry_after_ms), (Code::Unavailable, Some(500)));
    assert_eq!((first.asked().len(), second.asked().len()), (1, 1));
}

#[tokio::test]
async fn a_node_that_cannot_serve_is_passed_over_once_it_says_that_it_is_not_ready() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    let lane = door.lane_of(&first).await;
    first.does(Does::Say(503));
    first.is_ready(false);
    assert!(door.append(lane).await);
    eventually("it is not asked any more", async || {
        let before = first.asked().len();
        assert!(door.append(lane).await);
        (first.asked().len() == before).then_some(())
    })
    .await;
    first.does(Does::Answer);
    first.is_ready(true);
    eventually("it is asked again", async || {
        let before = first.asked().len();
        assert!(door.append(lane).await);
        (first.asked().len() > before).then_some(())
    })
    .await;
    assert!(!second.asked().is_empty());
}

#[tokio::test]
async fn what_every_node_refuses_is_given_up_at_once() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    assert!(door.append(0).await);
    first.forget();
    second.forget();
    first.does(Does::Say(401));
    second.does(Does::Say(401));
    assert_eq!(door.api.append(0, vec![draft()]).await, Err(Unavailable));
    assert_eq!((first.asked().len(), second.asked().len()), (1, 1));
}

#[tokio::test]
async fn a_look_up_that_fails_is_asked_of_the_next_node() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    for fault in [Does::Say(500), Does::Say(503), Does::Say(400), Does::BreakOff] {
        first.does(fault);
        for _ in 0..10 {
            assert_eq!(door.api.may_type(UserId(1), UserId(2)).await, Ok(true), "{fault:?}");
        }
    }
    assert!(!first.asked().is_empty(), "look-ups go to both");
}
