//! ⑨ One group's topic on this gateway: who is seated, how fresh that is, and how far the log has come. A
//! state machine without I/O: it delivers into outboxes, and where it must know more it holds the topic and
//! says what it [`Need`]s.
//!
//! The two rules: an entry goes to the seated members with `joined_seq ≤ seq`, and only while the table of
//! members is as new as the entry; entries go out in order, and a hole holds back what is behind it.

mod members;

use crate::connection::outbox::Worth;
use crate::connection::{Due, push_to_all, text_frame};
use crate::websocket::encode;
use members::Seated;
use metrics::counter;
use shared::envelope::{Change, Envelope};
use shared::event::ServerEvent;
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use shared::metrics as names;
use std::collections::BTreeMap;

/// How much a topic holds back at most; past it the members are told to compare.
const HELD_BYTES: usize = 1024 * 1024;

/// What a held envelope costs beside its body.
const HELD_ITEM: usize = 128;

/// What a group needs before it can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// Entries are missing: wait a little for the one that was overtaken, then call [`Group::hole`].
    Hole(GroupId, HoleId),
    /// Which of these users are members? Answer with [`Group::roster`].
    Roster(GroupId, Vec<UserId>),
}

/// Names one hole, so that a timer that comes late for another one does nothing.
pub type HoleId = u64;

/// One group's topic.
pub struct Group {
    id: GroupId,
    conversation_id: ConversationId,
    /// How often the members had changed when the seats were last right; `None` before the first seat, and
    /// when it could not be learnt.
    version: Option<i64>,
    /// Up to here everything was delivered.
    last_seq: Seq,
    /// Up to here the log is known to reach.
    target: Seq,
    seats: Vec<Seated>,
    held: BTreeMap<Seq, Envelope>,
    held_bytes: usize,
    waiting: Waiting,
    holes: HoleId,
    /// To whom something was delivered that nobody has seen to yet.
    due: Due,
}

enum Waiting {
    Nothing,
    Hole(HoleId),
    Roster {
        /// An older answer is asked for again.
        at_least: i64,
        /// Who was asked about; of those seated since, an answer knows nothing.
        asked: Vec<UserId>,
    },
}

impl Group {
    /// A topic that nobody is seated at.
    #[must_use]
    pub fn new(id: GroupId) -> Self {
        Self {
            id,
            conversation_id: ConversationId(0),
            version: None,
            last_seq: 0,
            target: 0,
            seats: Vec::new(),
            held: BTreeMap::new(),
            held_bytes: 0,
            waiting: Waiting::Nothing,
            holes: 0,
            due: Due::default(),
        }
    }

    /// An entry came over the bus, or was fetched.
    pub fn entry(&mut self, envelope: Envelope) -> Need {
        if self.version.is_none() && self.seats.is_empty() {
            // Nobody to deliver to; whoever is seated next learns from the database how far the log is.
            return Need::Nothing;
        }
        self.hold(envelope);
        if self.held_bytes > HELD_BYTES {
            self.give_up("held");
            return Need::Nothing;
        }
        self.settle()
    }

    /// Entries of a hole were fetched.
    pub fn fetched(&mut self, envelopes: impl IntoIterator<Item = Envelope>) -> Need {
        envelopes.into_iter().for_each(|envelope| self.hold(envelope));
        self.settle()
    }

    fn hold(&mut self, envelope: Envelope) {
        self.target = self.target.max(envelope.header.seq);
        self.held_bytes += envelope.body.len() + HELD_ITEM;
        if let Some(before) = self.held.insert(envelope.header.seq, envelope) {
            self.held_bytes -= before.body.len() + HELD_ITEM;
        }
    }

    /// The log is known to reach `seq`.
    pub fn head(&mut self, seq: Seq) -> Need {
        self.target = self.target.max(seq);
        self.settle()
    }

    /// Whether somebody sits here and the log is not known to have come to `seq`.
    #[must_use]
    pub fn lags(&self, seq: Seq) -> bool {
        !self.seats.is_empty() && self.target < seq
    }

    /// Something that may be lost: it goes by the table as it is, or nowhere.
    pub fn ephemeral(&mut self, envelope: &Envelope) {
        if self.version.is_none() || matches!(self.waiting, Waiting::Roster { .. }) {
            return;
        }
        let frame = encode::text(&envelope.body);
        let others = self.seats.iter().filter(|seat| seat.user_id != envelope.header.subject_id);
        push_to_all(others.map(|seat| &seat.connection), &frame, Worth::Ephemeral, None, &mut self.due);
    }

    /// Those to whom something was delivered since the last time: it is to be seen to that it is written.
    pub(super) fn due(&mut self) -> &mut Due {
        &mut self.due
    }

    /// What is still missing of a hole: after the first number, through the second. `None`: it was filled.
    #[must_use]
    pub fn hole(&self, hole: HoleId) -> Option<(ConversationId, Seq, Seq)> {
        let Waiting::Hole(current) = self.waiting else { return None };
        let through = self.held.range(self.last_seq + 1..).next().map_or(self.target, |(seq, _)| seq - 1);
        (current == hole).then_some((self.conversation_id, self.last_seq, through))
    }

    /// The hole could not be filled from the database.
    pub fn no_filling(&mut self, hole: HoleId) {
        if matches!(self.waiting, Waiting::Hole(current) if current == hole) {
            self.give_up("hole");
        }
    }

    /// Delivers what can be delivered in order, and says what is needed for the rest.
    fn settle(&mut self) -> Need {
        if matches!(self.waiting, Waiting::Roster { .. }) || self.version.is_none() {
            return self.ask_if_unknown();
        }
        let waited_for = match self.waiting {
            Waiting::Hole(hole) => Some((hole, self.last_seq)),
            _ => None,
        };
        self.waiting = Waiting::Nothing;
        while let Some(first) = self.held.first_entry() {
            let header = first.get().header;
            if header.seq > self.last_seq + 1 {
                break;
            }
            let version = self.version.unwrap_or(0);
            let applies = header.change != Change::None && header.members_version == version + 1;
            if header.members_version > version && !applies {
                return self.ask(header.members_version);
            }
            let envelope = first.remove();
            self.held_bytes -= envelope.body.len() + HELD_ITEM;
            self.deliver(&envelope);
            if applies {
                self.apply(&envelope);
            }
            self.last_seq = self.last_seq.max(header.seq);
        }
        if self.target <= self.last_seq {
            return Need::Nothing;
        }
        if let Some((hole, from)) = waited_for
            && from == self.last_seq
        {
            // Still the same hole, and somebody is at it.
            self.waiting = Waiting::Hole(hole);
            return Need::Nothing;
        }
        counter!(names::HUB_HOLDS, "reason" => "hole").increment(1);
        self.holes += 1;
        self.waiting = Waiting::Hole(self.holes);
        Need::Hole(self.id, self.holes)
    }

    fn deliver(&mut self, envelope: &Envelope) {
        let frame = encode::text(&envelope.body);
        let header = &envelope.header;
        let members = self.seats.iter().filter(|seat| seat.joined_seq <= header.seq);
        push_to_all(
            members.map(|seat| &seat.connection),
            &frame,
            Worth::Durable,
            Some(header.at),
            &mut self.due,
        );
    }

    /// Gives up what is held: the members are told to compare this conversation with its history. A question
    /// about the members stays asked, or its answer would be taken for that to the next one.
    fn give_up(&mut self, cause: &'static str) {
        self.forget_held();
        if !matches!(self.waiting, Waiting::Roster { .. }) {
            self.waiting = Waiting::Nothing;
        }
        self.last_seq = self.target;
        let conversations = Some(vec![self.conversation_id]);
        let frame = text_frame(&ServerEvent::Resync { conversations });
        counter!(names::WS_RESYNCS, "cause" => cause).increment(self.seats.len() as u64);
        let all = self.seats.iter().map(|seat| &seat.connection);
        push_to_all(all, &frame, Worth::Durable, None, &mut self.due);
    }

    fn forget_held(&mut self) {
        self.held.clear();
        self.held_bytes = 0;
    }
}

#[cfg(test)]
mod tests;
