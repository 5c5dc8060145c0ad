//! Nodes that die, hang, break off and come back.

use super::node::{Does, FakeNode};
use super::support::{Door, draft};
use gateway::api::{Api, Unavailable};
use shared::ids::UserId;
use std::time::Duration;
use testkit::eventually;

#[tokio::test]
async fn a_node_that_breaks_off_is_followed_by_the_next_with_the_same_drafts() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    let lane = door.lane_of(&first).await;
    first.forget();
    second.forget();
    first.does(Does::BreakOff);
    let drafts = vec![draft(), draft()];
    let outcomes = door.api.append(lane, drafts.clone()).await.unwrap();
    assert_eq!(outcomes.len(), 2);
    let asked = first.asked();
    assert_eq!(asked.len(), 2, "over the old connection, and over a new one");
    assert_eq!(asked[0].1, serde_json::to_value(&drafts).unwrap());
    assert!(asked[1] == asked[0] && second.asked() == asked[..1], "the same, wherever it is asked");
}

#[tokio::test]
async fn a_node_that_hangs_costs_one_attempt_and_is_not_asked_again_until_it_is_ready() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    let lane = door.lane_of(&first).await;
    first.forget();
    second.forget();
    first.does(Does::Hang);
    for _ in 0..10 {
        assert!(door.append(lane).await);
        door.api.may_type(UserId(1), UserId(2)).await.unwrap();
    }
    assert_eq!((first.asked().len(), second.asked().len()), (1, 20));
    first.does(Does::Answer);
    eventually("the lane goes back to its node", async || {
        let before = first.asked().len();
        assert!(door.append(lane).await);
        (first.asked().len() > before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_node_that_dies_loses_its_lanes_alone_and_has_them_again_when_it_is_back() {
    let (first, second, third) = (FakeNode::start(), FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second, &third]);
    let of_first = door.lane_of(&first).await;
    let of_second = door.lane_of(&second).await;
    let address = first.address;
    drop(first);
    assert!(door.append(of_first).await);
    second.forget();
    assert!(door.append(of_second).await);
    assert_eq!(second.asked().len(), 1, "its lane stays where it was");
    let first = FakeNode::start_at(address);
    eventually("the lane goes back to its node", async || {
        assert!(door.append(of_first).await);
        (!first.asked().is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn while_no_node_is_there_one_is_waited_for() {
    let gone = FakeNode::start();
    let address = gone.address;
    drop(gone);
    let door = Door::at(vec![address]);
    let asking = door.append(0);
    tokio::pin!(asking);
    // Polled until it waits; nobody can answer it yet.
    for _ in 0..100 {
        tokio::select! {
            biased;
            _ = &mut asking => panic!("nobody is there"),
            () = tokio::task::yield_now() => {}
        }
    }
    let back = FakeNode::start_at(address);
    assert!(asking.await);
    assert_eq!(back.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_to_another_number_of_questions_is_no_answer() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    let lane = door.lane_of(&first).await;
    second.forget();
    first.does(Does::AnswerShort);
    assert_eq!(door.api.append(lane, vec![draft(), draft()]).await.map(|outcomes| outcomes.len()), Ok(2));
    assert_eq!(second.asked().len(), 1);
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_lay_idle_loses_nothing_and_others_are_kept() {
    let node = FakeNode::start();
    let door = Door::to(&[&node]);
    for _ in 0..20 {
        assert!(door.append(0).await);
    }
    assert_eq!(node.asked().len(), 20);
    assert!(node.connections() <= 2, "one, and perhaps one that asked how the node is");
    node.does(Does::AnswerAndClose);
    for _ in 0..20 {
        assert!(door.append(0).await);
    }
    assert_eq!(node.asked().len(), 40, "each was asked once");
    assert!(node.connections() >= 20, "the connections were really closed");
}

#[tokio::test]
async fn when_no_node_answers_the_caller_is_told_in_the_end() {
    for does in [Does::Hang, Does::BreakOff, Does::Say(500)] {
        let node = FakeNode::start();
        node.does(does);
        let door = Door::within(Duration::from_millis(300), vec![node.address]);
        assert_eq!(door.api.may_type(UserId(1), UserId(2)).await, Err(Unavailable), "{does:?}");
        assert!(!node.asked().is_empty());
    }
}

#[tokio::test]
async fn a_node_that_dies_while_nothing_is_asked_of_it_is_missed() {
    let (first, second) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&first, &second]);
    door.lane_of(&first).await;
    drop(first);
    tokio::time::timeout(Duration::from_secs(10), door.api.lost()).await.expect("its end is noticed");
}
