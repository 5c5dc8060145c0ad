//! Who is seated in a group, and whether that is as new as what is to be delivered: the part of the state machine
//! that knows members. It delivers nothing.

use super::{Group, Need, Waiting};
use crate::connection::Connection;
use metrics::counter;
use shared::door::{Roster, Seat};
use shared::envelope::{Change, Envelope};
use shared::ids::{Seq, UserId};
use shared::metrics as names;
use std::sync::Arc;
use uuid::Uuid;

/// A connection that hears the group.
pub(super) struct Seated {
    pub user_id: UserId,
    pub joined_seq: Seq,
    /// The members' version that this seat was read at.
    pub version: i64,
    pub connection: Arc<Connection>,
}

impl Group {
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

    pub(super) fn ask_if_unknown(&mut self) -> Need {
        if self.version.is_none() && !self.seats.is_empty() && !matches!(self.waiting, Waiting::Roster { .. })
        {
            return self.ask(0);
        }
        Need::Nothing
    }

    /// Holds the topic until the members are known as of `at_least`.
    pub(super) fn ask(&mut self, at_least: i64) -> Need {
        if !matches!(self.waiting, Waiting::Roster { .. }) {
            counter!(names::HUB_HOLDS, "reason" => "members").increment(1);
        }
        let mut asked: Vec<UserId> = self.seats.iter().map(|seat| seat.user_id).collect();
        asked.sort_unstable();
        asked.dedup();
        self.waiting = Waiting::Roster { at_least, asked: asked.clone() };
        Need::Roster(self.id, asked)
    }

    /// The next change of members, as it is: whoever left has just been given the entry that says so.
    pub(super) fn apply(&mut self, envelope: &Envelope) {
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
}
