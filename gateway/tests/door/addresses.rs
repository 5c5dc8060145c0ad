//! The addresses behind a name come and go.

use super::node::FakeNode;
use super::support::Door;

#[tokio::test]
async fn addresses_are_learnt_again_and_those_that_are_gone_are_not_asked() {
    let (old, new) = (FakeNode::start(), FakeNode::start());
    let door = Door::to(&[&old]);
    assert!(door.append(0).await);
    door.names.become_known(Some(vec![new.address])).await;
    let before = old.asked().len();
    for lane in 0..50 {
        assert!(door.append(lane).await);
    }
    assert_eq!((old.asked().len(), new.asked().len()), (before, 50));
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_any_more_keeps_its_addresses() {
    let node = FakeNode::start();
    let door = Door::to(&[&node]);
    assert!(door.append(0).await);
    for broken in [None, Some(Vec::new())] {
        door.names.become_known(broken).await;
        assert!(door.append(0).await);
    }
}

#[tokio::test]
async fn every_address_of_a_name_is_a_node_and_lanes_go_to_all_of_them() {
    let nodes = [FakeNode::start(), FakeNode::start(), FakeNode::start()];
    let door = Door::at(nodes.iter().map(|node| node.address).collect());
    for lane in 0..64 {
        assert!(door.append(lane).await && door.append(lane).await);
    }
    for node in &nodes {
        let asked = node.asked().len();
        assert!(asked > 0 && asked % 2 == 0, "a lane stays with its node");
    }
}
