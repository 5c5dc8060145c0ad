//! ⑨ One group's topic on this gateway: who is seated, how fresh that is, and how far the log has come. A
//! state machine without I/O: it delivers into outboxes, and where it must know more it holds the topic and
//! says what it [`Need`]s.
//!
//! The two rules: an entry goes to the seated members with `joined_seq ≤ seq`, and only while the table of
//! members is as new as the entry; entries go out in order, and a hole holds back what is behind it.

use crate::connection::Connection;
use crate::connection::outbox::Worth;
use crate::websocket::encode;
use metrics::counter;
use shared::door::{Roster, Seat};
use shared::envelope::{Change, Envelope};
use shared::event::ServerEvent;
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use shared::metrics as names;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

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
}

struct Seated {
    user_id: UserId,
    joined_seq: Seq,
    /// The members' version that this seat was read at.
    version: i64,
    connection: Arc<Connection>,
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
        }
    }

    /// Seats a connection, or seats it anew. A seat that was read before the newest change of members known
    /// here is checked again before anything more is delivered.
    pub fn seat(&mut self, connection: &Arc<Connection>, seat: Seat) -> Need {
        self.unseat(connection.id);
        if connection.outbox.closing().is_some() {
            // Whoever took its seats away when it ended does not come again.
            return Need::Nothing;
        }
        let is_first = self.seats.is_empty();
        self.conversation_id = seat.conversation_id;
        self.seats.push(Seated {
            user_id: connection.user_id,
            joined_seq: seat.joined_seq,
            version: seat.members_version,
            connection: connection.clone(),
        });
        if matches!(self.waiting, Waiting::Roster { .. }) {
            // The answer under way is checked against this seat when it comes.
            return Need::Nothing;
        }
        let known = self.version.unwrap_or(0);
        if is_first && seat.members_version >= known {
            self.version = Some(seat.members_version);
            self.last_seq = self.last_seq.max(seat.last_seq);
        } else if self.version.is_none() || seat.members_version < known {
            return self.ask(known);
        }
        self.head(seat.last_seq)
    }

    /// Takes a connection's seat away.
    pub fn unseat(&mut self, connection: Uuid) {
        self.seats.retain(|seat| seat.connection.id != connection);
    }

    /// Takes away the seats of a user who joined before `seq`: they left with that entry.
    pub fn unseat_user(&mut self, user: UserId, seq: Seq) {
        self.seats.retain(|seat| seat.user_id != user || seat.joined_seq >= seq);
    }

    /// Whether a connection is seated.
    #[must_use]
    pub fn has_seat(&self, connection: Uuid) -> bool {
        self.seats.iter().any(|seat| seat.connection.id == connection)
    }

    /// Whether a user is seated.
    #[must_use]
    pub fn is_seated(&self, user: UserId) -> bool {
        self.seats.iter().any(|seat| seat.user_id == user)
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

    /// Something that may be lost: it goes by the table as it is, or nowhere.
    pub fn ephemeral(&self, envelope: &Envelope) {
        if self.version.is_none() || matches!(self.waiting, Waiting::Roster { .. }) {
            return;
        }
        let frame = encode::text(&envelope.body);
        for seat in self.seats.iter().filter(|seat| seat.user_id != envelope.header.subject_id) {
            seat.connection.push(&frame, Worth::Ephemeral, None);
        }
    }

    /// Envelopes may have been lost: members and head are read again.
    pub fn gapped(&mut self) -> Need {
        let at_least = self.version.unwrap_or(0);
        if self.seats.is_empty() || matches!(self.waiting, Waiting::Roster { .. }) {
            Need::Nothing
        } else {
            self.ask(at_least)
        }
    }

    /// The members were read. `None`: the group is gone, and so are its members.
    pub fn roster(&mut self, roster: Option<&Roster>) -> Need {
        let Waiting::Roster { at_least, asked } = &self.waiting else { return Need::Nothing };
        let at_least = *at_least;
        let Some(roster) = roster else {
            self.seats.clear();
            self.forget_held();
            self.waiting = Waiting::Nothing;
            return Need::Nothing;
        };
        let is_new_to = |seat: &Seated| asked.binary_search(&seat.user_id).is_err();
        let version = roster.members_version;
        if version < at_least || self.seats.iter().any(|seat| is_new_to(seat) && seat.version < version) {
            return self.ask(at_least);
        }
        self.seats.retain_mut(|seat| {
            if seat.version > version || is_new_to(seat) {
                // Read later than the roster, or at the same version.
                return true;
            }
            let member = roster.members.iter().find(|(user, _)| *user == seat.user_id);
            seat.joined_seq = member.map_or(seat.joined_seq, |(_, joined_seq)| *joined_seq);
            seat.version = version;
            member.is_some()
        });
        self.version = Some(version);
        self.waiting = Waiting::Nothing;
        self.head(roster.last_seq)
    }

    /// The members could not be learnt in time: what is held is withheld, and the members are told to ask the
    /// api, which checks them.
    pub fn no_roster(&mut self) {
        if matches!(self.waiting, Waiting::Roster { .. }) {
            counter!(names::HUB_WITHHELD).increment(self.held.len() as u64);
            self.version = None;
            self.waiting = Waiting::Nothing;
            self.give_up("members");
        }
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

    fn ask_if_unknown(&mut self) -> Need {
        if self.version.is_none() && !self.seats.is_empty() && !matches!(self.waiting, Waiting::Roster { .. })
        {
            return self.ask(0);
        }
        Need::Nothing
    }

    /// Holds the topic until the members are known as of `at_least`.
    fn ask(&mut self, at_least: i64) -> Need {
        if !matches!(self.waiting, Waiting::Roster { .. }) {
            counter!(names::HUB_HOLDS, "reason" => "members").increment(1);
        }
        let mut asked: Vec<UserId> = self.seats.iter().map(|seat| seat.user_id).collect();
        asked.sort_unstable();
        asked.dedup();
        self.waiting = Waiting::Roster { at_least, asked: asked.clone() };
        Need::Roster(self.id, asked)
    }

    fn deliver(&self, envelope: &Envelope) {
        let frame = encode::text(&envelope.body);
        let header = &envelope.header;
        for seat in self.seats.iter().filter(|seat| seat.joined_seq <= header.seq) {
            seat.connection.push(&frame, Worth::Durable, Some(header.at));
        }
    }

    /// The next change of members, as it is: whoever left has just been given the entry that says so.
    fn apply(&mut self, envelope: &Envelope) {
        let header = &envelope.header;
        self.version = Some(header.members_version);
        match header.change {
            Change::Left => self.unseat_user(header.subject_id, header.seq),
            Change::Joined => {
                let theirs = self.seats.iter_mut().filter(|seat| seat.user_id == header.subject_id);
                theirs.for_each(|seat| seat.joined_seq = seat.joined_seq.max(header.seq));
            }
            Change::None => {}
        }
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
        let frame = crate::connection::text_frame(&ServerEvent::Resync { conversations });
        for seat in &self.seats {
            counter!(names::WS_RESYNCS, "cause" => cause).increment(1);
            seat.connection.push(&frame, Worth::Durable, None);
        }
    }

    fn forget_held(&mut self) {
        self.held.clear();
        self.held_bytes = 0;
    }
}

#[cfg(test)]
mod tests;
