//! Reading a group's log from its first entry on, by the rules and not by the program: who was a member when,
//! and as what.

use api::append::{MEMBER_JOINED, MEMBER_LEFT, MemberDetail};
use api::store::members::Role;
use api::store::messages::StoredMessage;
use shared::ids::{Seq, UserId};
use std::collections::{BTreeMap, HashMap};

/// A group as its log says it is.
#[derive(Debug, Default)]
pub struct Replay {
    pub members: BTreeMap<UserId, (Role, Seq)>,
    pub owner: Option<UserId>,
    pub closed: bool,
    pub version: i64,
    /// The version after each entry.
    pub version_at: HashMap<Seq, i64>,
}

impl Replay {
    /// Replays a log. `promoted` are users who were made admins after the entry at that place.
    pub fn of(log: &[StoredMessage], promoted: &[(Seq, UserId)]) -> Self {
        let mut replay = Self::default();
        for entry in log {
            replay.step(entry);
            replay.version_at.insert(entry.seq, replay.version);
            for (_, user) in promoted.iter().filter(|(seq, _)| *seq == entry.seq) {
                replay.members.get_mut(user).expect("admins are members").0 = Role::Admin;
            }
        }
        replay
    }

    fn step(&mut self, entry: &StoredMessage) {
        assert!(!self.closed, "an entry after the group closed: {entry:?}");
        let subject = || serde_json::from_str::<MemberDetail>(&entry.content).unwrap().user_id;
        match entry.message_type.as_str() {
            MEMBER_JOINED => {
                assert_eq!(subject(), entry.sender_id, "nobody joins another");
                let role = if self.version == 0 { Role::Owner } else { Role::Member };
                let before = self.members.insert(subject(), (role, entry.seq));
                assert_eq!(before, None, "who joins was no member: {entry:?}");
                self.owner = self.owner.or(Some(subject()));
                self.version += 1;
            }
            MEMBER_LEFT => {
                self.leave(entry, subject());
                self.version += 1;
            }
            _ => assert!(self.members.contains_key(&entry.sender_id), "a stranger wrote: {entry:?}"),
        }
    }

    fn leave(&mut self, entry: &StoredMessage, subject: UserId) {
        let actor = self.members.get(&entry.sender_id).expect("who acts is a member").0;
        let (role, _) = self.members.remove(&subject).expect("who leaves was a member");
        if entry.sender_id != subject {
            let may = actor == Role::Owner || (actor == Role::Admin && role == Role::Member);
            assert!(may, "{actor:?} removed {role:?}: {entry:?}");
        }
        if role == Role::Owner {
            let heir = self.members.iter().min_by_key(|(_, (role, joined))| (*role != Role::Admin, *joined));
            self.owner = heir.map(|(user, _)| *user);
            match self.owner {
                Some(owner) => self.members.get_mut(&owner).unwrap().0 = Role::Owner,
                None => self.closed = true,
            }
        }
    }
}
