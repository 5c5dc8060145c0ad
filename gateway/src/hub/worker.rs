//! ⑧ One worker: takes what the bus delivered for its topics and hands it to the hub, in order.

use super::group::Need;
use super::recovery;
use super::writes::Writes;
use crate::attach;
use crate::connection::outbox::Worth;
use crate::connection::{Due, push_to_all};
use crate::node::Node;
use crate::websocket::encode;
use bytes::Bytes;
use metrics::{counter, histogram};
use shared::bus::{Deliveries, Delivery};
use shared::close::Close;
use shared::envelope::{Change, Envelope, Kind};
use shared::event::{Control, EntryEvent, ServerEvent};
use shared::ids::{GroupId, UserId};
use shared::metrics as names;
use shared::topic::Topic;
use std::sync::Arc;

/// So many deliveries, or so many bytes, are taken before what they put into outboxes is written.
const ROUND: (usize, usize) = (64, 32 * 1024);

/// Works until the bus closes or the node stops.
pub async fn work(node: Arc<Node>, mut deliveries: Deliveries) {
    let mut writes = Writes::default();
    loop {
        tokio::select! {
            delivery = deliveries.next() => match delivery {
                Some(delivery) => round(&node, delivery, &mut deliveries, &mut writes.due),
                None => return,
            },
            () = writes.paced() => {}
            () = node.stop.cancelled() => return,
        }
        writes.write().await;
    }
}

/// What has arrived by now, as far as it is to be written together.
fn round(node: &Arc<Node>, first: Delivery, deliveries: &mut Deliveries, due: &mut Due) {
    let (mut count, mut bytes) = ROUND;
    let mut next = Some(first);
    while let Some(delivery) = next {
        match delivery {
            Delivery::Envelope(topic, envelope) => {
                bytes = bytes.saturating_sub(envelope.len());
                arrived(node, topic, &envelope, due);
            }
            Delivery::Gap(topic) => recovery::recover_topic(node, topic),
            Delivery::Reconnected => recovery::recover_all(node),
        }
        count -= 1;
        // Whatever is taken from the queue is handed on: nothing else has it.
        next = if count > 0 && bytes > 0 { deliveries.next_now() } else { None };
    }
}

fn arrived(node: &Arc<Node>, topic: Topic, bytes: &Bytes, due: &mut Due) {
    let envelope = match Envelope::decode(bytes) {
        Ok(envelope) => envelope,
        Err(error) => {
            counter!(names::ENVELOPES_BAD).increment(1);
            tracing::warn!(%error, %topic, "passed over what is no envelope of ours");
            return;
        }
    };
    counter!(names::ENVELOPES, "kind" => kind_name(envelope.header.kind)).increment(1);
    match topic {
        Topic::Group(group) => in_group(node, group, envelope, due),
        Topic::User(user) if user.is_canary() => node.canary.hear(&envelope),
        Topic::User(user) => to_user(node, user, &envelope, due),
        Topic::Presence(user) => node.presence.heard(&node.hub, user, &envelope),
        Topic::Node(_) => node.probe.hear(envelope.header.seq),
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Entry => "entry",
        Kind::Ephemeral => "ephemeral",
        Kind::Head => "head",
        Kind::Control => "control",
    }
}

fn in_group(node: &Arc<Node>, group: GroupId, envelope: Envelope, due: &mut Due) {
    let need = node.hub.deliver(group, due, |group| match envelope.header.kind {
        Kind::Entry => group.entry(envelope),
        Kind::Head => group.head(envelope.header.seq),
        Kind::Ephemeral => {
            group.ephemeral(&envelope);
            Need::Nothing
        }
        Kind::Control => Need::Nothing,
    });
    recovery::meet(node, need);
}

fn to_user(node: &Arc<Node>, user: UserId, envelope: &Envelope, due: &mut Due) {
    let header = &envelope.header;
    match header.kind {
        Kind::Entry => {
            to_each(node, user, envelope, Worth::Durable, due);
            if header.subject_id == user && header.change == Change::None {
                node.echoes.hear(user, header.conversation_id, header.seq);
            }
            if header.change != Change::None && header.subject_id == user {
                moved(node, user, envelope);
            }
        }
        Kind::Ephemeral => to_each(node, user, envelope, Worth::Ephemeral, due),
        Kind::Head => recovery::recover_topic(node, Topic::User(user)),
        Kind::Control => control(node, user, envelope),
    }
}

fn to_each(node: &Node, user: UserId, envelope: &Envelope, worth: Worth, due: &mut Due) {
    let frame = encode::text(&envelope.body);
    let committed_at = (envelope.header.kind == Kind::Entry).then_some(envelope.header.at);
    push_to_all(&node.hub.connections_of(user), &frame, worth, committed_at, due);
}

/// The user joined or left a group: their seat goes at once, and what they hear is looked up again.
fn moved(node: &Arc<Node>, user: UserId, envelope: &Envelope) {
    if envelope.header.change == Change::Left
        && let Ok(ServerEvent::Message(EntryEvent { group_id: Some(group), .. })) =
            serde_json::from_slice(&envelope.body)
    {
        node.hub.with_group(group, |group| {
            group.unseat_user(user, envelope.header.seq);
            Need::Nothing
        });
    }
    for connection in node.hub.connections_of(user) {
        attach::refresh(node, &connection);
    }
}

fn control(node: &Arc<Node>, user: UserId, envelope: &Envelope) {
    let Ok(control) = serde_json::from_slice::<Control>(&envelope.body) else {
        counter!(names::ENVELOPES_BAD).increment(1);
        return;
    };
    let connections = node.hub.connections_of(user);
    if !matches!(control, Control::StatusChosen { .. } | Control::Unknown) && !connections.is_empty() {
        histogram!(names::REVOCATION_SECONDS).record(node.clock.now().since(envelope.header.at));
    }
    match control {
        Control::SessionEnded { session_id } => {
            let ended = connections.iter().filter(|connection| connection.session_id == session_id);
            ended.for_each(|connection| connection.outbox.close(Close::SessionEnded));
        }
        Control::OtherSessionsEnded { kept } => {
            for connection in connections.iter().filter(|connection| Some(connection.session_id) != kept) {
                if connection.since < envelope.header.at {
                    connection.outbox.close(Close::SessionEnded);
                } else {
                    // It was late, and says nothing of a session that began meanwhile: the look-up does.
                    attach::refresh(node, connection);
                }
            }
        }
        Control::AccountClosed => {
            connections.iter().for_each(|connection| connection.outbox.close(Close::AccountClosed));
        }
        Control::StatusChosen { status } => node.presence.chose(node, user, status),
        Control::Unknown => {}
    }
}
