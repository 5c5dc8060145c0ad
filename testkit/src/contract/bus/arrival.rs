//! What arrives where, and what does not. That nothing comes is settled by a marker published after it: never by
//! waiting for a while.

use super::{Node, group, user};
use bytes::Bytes;
use shared::bus::Bus;
use shared::ids::UserId;
use shared::topic::Topic;
use std::sync::Arc;

/// Subscribing has taken effect when it returns.
pub async fn what_is_published_after_subscribing_arrives(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    for id in 1..=50 {
        listener.subscribe(&[group(id)]).await;
        publisher.publish(group(id), "hi").await;
        listener.expect(group(id), "hi").await;
    }
}

/// The bus keeps nothing for later.
pub async fn what_was_published_before_subscribing_does_not_arrive(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    publisher.publish(group(1), "too early").await;
    listener.subscribe(&[group(1)]).await;
    publisher.publish(group(1), "marker").await;
    listener.expect(group(1), "marker").await;
}

/// Unsubscribing has taken effect when it returns, and takes back no other topic and no other node's.
pub async fn what_is_published_after_unsubscribing_does_not_arrive(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    let mut other = Node::join(&join).await;
    other.subscribe(&[group(1)]).await;
    listener.subscribe(&[group(1), group(2)]).await;
    publisher.publish(group(1), "heard").await;
    listener.expect(group(1), "heard").await;
    listener.unsubscribe(&[group(1)]).await;
    publisher.publish(group(1), "too late").await;
    publisher.publish(group(2), "marker").await;
    listener.expect(group(2), "marker").await;
    listener.subscribe(&[group(1)]).await;
    publisher.publish(group(1), "again").await;
    listener.expect(group(1), "again").await;
    for body in ["heard", "too late", "again"] {
        other.expect(group(1), body).await;
    }
}

/// A topic's envelope goes once to each node that listens, however many there are.
pub async fn every_listening_node_gets_one_copy_and_the_others_none(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let publisher = Node::join(&join).await;
    let (mut a, mut b, mut other) =
        (Node::join(&join).await, Node::join(&join).await, Node::join(&join).await);
    for node in [&a, &b] {
        node.subscribe(&[group(1)]).await;
    }
    for node in [&a, &b, &other] {
        node.subscribe(&[group(9)]).await;
    }
    publisher.publish(group(1), "hi").await;
    publisher.publish(group(9), "marker").await;
    for node in [&mut a, &mut b] {
        node.expect(group(1), "hi").await;
        node.expect(group(9), "marker").await;
    }
    other.expect(group(9), "marker").await;
}

/// A node's own envelopes reach it like anybody's.
pub async fn a_node_hears_what_it_publishes_itself(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let mut node = Node::join(&join).await;
    node.subscribe(&[group(1)]).await;
    node.publish(group(1), "to myself").await;
    node.expect(group(1), "to myself").await;
}

/// Topics are a set: how often one was named is not counted here.
pub async fn subscribing_twice_brings_one_copy_and_unsubscribing_once_ends_it(
    join: impl AsyncFn() -> Arc<dyn Bus>,
) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    listener.subscribe(&[group(1), group(1), group(2)]).await;
    listener.subscribe(&[group(1)]).await;
    publisher.publish(group(1), "once").await;
    publisher.publish(group(2), "marker").await;
    listener.expect(group(1), "once").await;
    listener.expect(group(2), "marker").await;
    listener.unsubscribe(&[group(1), group(3)]).await;
    listener.unsubscribe(&[group(1)]).await;
    publisher.publish(group(1), "too late").await;
    publisher.publish(group(2), "marker").await;
    listener.expect(group(2), "marker").await;
}

/// Bodies are bytes: none, a megabyte, and every value that a byte has.
pub async fn empty_and_large_bodies_arrive_whole(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    listener.subscribe(&[group(1)]).await;
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let bodies =
        [Bytes::new(), every_byte.repeat(4096).into(), every_byte.into(), Bytes::from_static(b"\r\n$-1\r\n")];
    for body in bodies {
        publisher.publish(group(1), body.clone()).await;
        listener.expect(group(1), body).await;
    }
}

/// A user's topic, a group's and a user's presence are three topics, also with the same number; and 1 is not 11.
pub async fn names_that_look_alike_are_not_mixed_up(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let (publisher, mut listener) = (Node::join(&join).await, Node::join(&join).await);
    let topics = [user(1), group(1), Topic::Presence(UserId(1)), user(11), user(-1), user(i64::MAX)];
    for listened in topics {
        listener.subscribe(&[listened]).await;
        for topic in topics {
            publisher.publish(topic, topic.to_string()).await;
        }
        listener.expect(listened, listened.to_string()).await;
        listener.unsubscribe(&[listened]).await;
    }
}

/// Empty batches and empty lists are done at once.
pub async fn nothing_to_publish_and_nothing_to_subscribe_is_no_fault(join: impl AsyncFn() -> Arc<dyn Bus>) {
    let mut node = Node::join(&join).await;
    node.subscribe(&[]).await;
    node.unsubscribe(&[]).await;
    node.unsubscribe(&[group(1)]).await;
    node.publish_all(&[]).await;
    node.publish(group(1), "to nobody").await;
    node.subscribe(&[group(2)]).await;
    node.publish(group(2), "marker").await;
    node.expect(group(2), "marker").await;
}
