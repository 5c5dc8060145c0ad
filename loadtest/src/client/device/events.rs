//! What comes from the gateway, and what it does to what the client has.

use super::State;
use crate::history::{Key, Kind, Seen, Via, What, hash_of};
use serde_json::json;
use shared::error::Code;
use shared::event::{Ack, EntryEvent, ErrorEvent, Heads, ServerEvent};
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

/// Without a wait in the answer.
const PAUSE: Duration = Duration::from_millis(200);

impl State {
    pub(super) fn take_frame(&mut self, frame: Option<Message>) {
        let now = Instant::now();
        if let Some(attached) = &mut self.attached {
            attached.unanswered = None;
        }
        match frame {
            Some(Message::Text(text)) => {
                if let Ok(event) = serde_json::from_str(&text) {
                    self.take_event(event, now);
                }
            }
            Some(Message::Close(frame)) => {
                let code = frame.map(|frame| frame.code.into());
                let told = self.attached.as_ref().and_then(|attached| attached.leave_at);
                self.cut(code);
                match told {
                    // Of a gateway that stops: not before the time that it gave.
                    Some(at) => self.dial_at = at.max(now),
                    None => self.come_back(code),
                }
            }
            Some(_) => {}
            None => {
                self.cut(None);
                self.come_back(None);
            }
        }
    }

    fn take_event(&mut self, event: ServerEvent, now: Instant) {
        let (client, connection) = (self.me.client, self.connection());
        match event {
            ServerEvent::Message(entry) => self.entry(&entry, now),
            ServerEvent::Ack(ack) => self.acked(&ack),
            ServerEvent::Error(error) => self.refused(&error, now),
            ServerEvent::Heads { heads } => {
                let noted = heads.iter().map(|(id, head)| (id.0, *head)).collect();
                self.note(What::Heads { client, connection, heads: noted });
                self.take_heads(&heads, now);
                self.doubt(&heads);
            }
            ServerEvent::Resync { .. } => {
                self.note(What::Resync { client, connection });
                self.faces.change(client, |face| face.resyncs += 1);
                self.compare();
            }
            ServerEvent::Drain { reconnect_in_ms } => {
                if let Some(attached) = &mut self.attached {
                    attached.leave_at = Some(now + Duration::from_millis(reconnect_in_ms));
                }
            }
            ServerEvent::Presence { user_id, status } => {
                self.note(What::Presence { client, connection, user: user_id.0, status });
            }
            ServerEvent::Typing { user_id, group_id } => {
                let group = group_id.map(|group| group.0);
                self.note(What::Typing { client, connection, user: user_id.0, group });
            }
            ServerEvent::Read { user_id, conversation_id, seq } => {
                self.note(What::ReadSeen {
                    client,
                    connection,
                    user: user_id.0,
                    conv: conversation_id.0,
                    seq,
                });
            }
            ServerEvent::Ready(_)
            | ServerEvent::View { .. }
            | ServerEvent::LoggedIn { .. }
            | ServerEvent::Pong => {}
        }
    }

    fn entry(&mut self, entry: &EntryEvent, now: Instant) {
        let (client, connection) = (self.me.client, self.connection());
        let seen = seen(entry);
        self.note(What::Recv { client, connection, seen, via: Via::Live, asked: 0 });
        if let Some(key) = key_of(entry) {
            self.keys.insert(seen.conv, key);
        }
        let log = self.logs.entry(seen.conv).or_default();
        let shown = log.entry(seen.seq, now);
        let me = self.me.tokens.user;
        let thrown_out = match seen.kind {
            Kind::Left(user) if user == me => log.moved(seen.seq, false, now),
            Kind::Joined(user) if user == me => {
                log.moved(seen.seq, true, now);
                false
            }
            _ => {
                log.theirs |= matches!(key_of(entry), Some(Key::Pair(..)));
                false
            }
        };
        if let (true, Some(Key::Group(group))) = (thrown_out, key_of(entry)) {
            self.thrown_out(group);
        }
        self.show(seen.conv, &shown);
        self.came_back(seen.cmid);
    }

    /// Shows entries, and tells the nemesis how far the client has come.
    pub(super) fn show(&mut self, conv: i64, shown: &[i64]) {
        let client = self.me.client;
        for seq in shown {
            self.note(What::Render { client, conv, seq: *seq });
        }
        self.show_face(conv);
    }

    pub(super) fn show_face(&self, conv: i64) {
        let Some(log) = self.logs.get(&conv) else { return };
        let (have, theirs) = (log.have, log.theirs);
        self.faces.change(self.me.client, |face| {
            if theirs {
                face.have.insert(conv, have);
            } else {
                face.have.remove(&conv);
            }
        });
    }

    fn acked(&mut self, ack: &Ack) {
        let place = (ack.conversation_id.0, ack.seq, ack.message_id.0);
        self.placed(ack.client_message_id, place, Via::Live);
    }

    /// A message has its place.
    pub(super) fn placed(&mut self, cmid: Uuid, (conv, seq, id): (i64, i64, i64), via: Via) {
        let (client, connection, now) = (self.me.client, self.connection(), Instant::now());
        self.note(What::SendOk { client, connection, cmid, conv, seq, id, via });
        self.world.acked(conv, seq);
        let pause = Duration::from_millis(rand::Rng::random_range(&mut self.rng, 0..3_000));
        if let Some(draft) = self.outbox.answered(cmid, pause, now) {
            self.keys.insert(conv, draft.key);
            self.logs.entry(conv).or_default().acked(seq, now);
            self.remember(cmid, &draft);
            self.look_for_own(draft.key, conv, seq);
        }
        if let Some(probe) = &mut self.probe
            && probe.1 == cmid
        {
            probe.2 = true;
        }
        self.probed();
    }

    /// An entry is here: perhaps the one that the nemesis waits for.
    pub(super) fn came_back(&mut self, cmid: Uuid) {
        if let Some(probe) = &mut self.probe
            && probe.1 == cmid
        {
            probe.3 = true;
        }
        self.probed();
    }

    fn probed(&mut self) {
        if let Some((number, _, true, true)) = self.probe {
            self.probe = None;
            self.faces.change(self.me.client, |face| face.probed = number);
        }
    }

    fn refused(&mut self, error: &ErrorEvent, now: Instant) {
        let Some(cmid) = error.client_message_id.as_deref().and_then(|id| Uuid::parse_str(id).ok()) else {
            return;
        };
        let definite = !matches!(error.code, Code::Unavailable | Code::Internal | Code::Unauthorized);
        let pause = error.retry_after_ms.map_or(PAUSE, Duration::from_millis);
        self.failed(cmid, (definite, error.code.as_str()), pause, now);
    }

    /// A try has failed. Whoever is too fast tries again all the same.
    pub(super) fn failed(
        &mut self,
        cmid: Uuid,
        (definite, code): (bool, &str),
        pause: Duration,
        now: Instant,
    ) {
        let client = self.me.client;
        self.note(What::SendFail { client, cmid, definite, code: code.into() });
        self.outbox.failed(cmid, definite && code != "too_fast", pause, now);
    }

    pub(super) fn take_heads(&mut self, heads: &Heads, now: Instant) {
        for (conv, head) in heads {
            self.logs.entry(conv.0).or_default().head(head[0], now);
            if !self.keys.contains_key(&conv.0) {
                self.list_again = true;
            }
            self.show_face(conv.0);
        }
    }

    /// Heads of several conversations, and one that is thought to be the user's is not among them: the leaving may have
    /// been lost on the way, and nothing else tells of it before the next `ready`.
    fn doubt(&mut self, heads: &Heads) {
        let missing = |(conv, log): (&i64, &crate::client::log::Log)| {
            log.theirs && log.have > 0 && !heads.contains_key(&shared::ids::ConversationId(*conv))
        };
        self.list_again |= heads.len() > 1 && self.logs.iter().any(missing);
    }

    /// Something was left out: a `ping` with a sum that is wrong for certain brings the heads.
    fn compare(&mut self) {
        self.write(&json!({ "event_type": "ping", "sum": -1 }));
    }
}

fn key_of(entry: &EntryEvent) -> Option<Key> {
    match (entry.receiver_id, entry.group_id) {
        (Some(receiver), None) => Some(Key::pair(entry.user_id.0, receiver.0)),
        (None, Some(group)) => Some(Key::Group(group.0)),
        _ => None,
    }
}

fn seen(entry: &EntryEvent) -> Seen {
    Seen {
        conv: entry.conversation_id.0,
        seq: entry.seq,
        id: entry.message_id.0,
        sender: entry.user_id.0,
        cmid: entry.client_message_id,
        hash: hash_of(&entry.content),
        kind: Kind::of(&entry.message_type, &entry.content),
    }
}
