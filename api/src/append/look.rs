//! ⑥ The first round trip of a batch: it begins, locks its conversations, and reads what nearly every batch depends on.

use super::ask::{Ask, ChangeKind, MemberChange};
use super::places::Resolved;
use super::stuck::Stuck;
use crate::store::conversations::{self, Conversation};
use crate::store::members::{self, Member, Role};
use crate::store::row::Row;
use crate::store::{Db, Lock, Tx, accounts};
use shared::draft::Target;
use shared::ids::{ConversationId, GroupId, UserId};
use shared::time::Timestamp;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What is known of everything that a batch asks for.
#[derive(Debug)]
pub(super) struct Known {
    /// Which rows the conversations are.
    pub places: Resolved,
    /// Those that are locked.
    pub locked: Vec<Conversation>,
    /// The users whose accounts are open.
    pub open: HashSet<UserId>,
    /// The members that anything depends on.
    pub members: HashMap<(GroupId, UserId), Member>,
    pub now: Timestamp,
}

/// What a batch asks for.
#[derive(Default)]
pub(super) struct Wanted {
    pub sent: Vec<(UserId, Uuid)>,
    users: Vec<UserId>,
    members: Vec<(GroupId, UserId)>,
    pub groups: Vec<GroupId>,
    leavers: Vec<(GroupId, UserId)>,
}

/// Begins a transaction, locks the conversations in the order of their ids, and reads what was committed before that. Those
/// that were stuck a moment ago are asked for without waiting: the others shall not wait for them again.
pub(super) async fn look(
    db: &Db,
    wanted: &Wanted,
    places: Resolved,
    stuck: &Stuck,
    how: Lock,
    now: Timestamp,
) -> Result<(Tx, Known), sqlx::Error> {
    let ids: BTreeSet<ConversationId> = places.values().copied().collect();
    let (held, free) = stuck.part(ids);
    let mut queries = conversations::locking(db.engine(), &free, how);
    queries.extend(conversations::locking(db.engine(), &held, Lock::Skip));
    let locks = queries.len();
    queries.extend(accounts::asking_open(&wanted.users));
    let users = queries.len() - locks;
    queries.extend(members::finding(&wanted.members));
    let (tx, answers) = db.begin_with(queries).await?;
    let mut answers = answers.into_iter();
    let mut rows = |answered: usize| answers.by_ref().take(answered).flatten().collect::<Vec<Row>>();
    let locked = rows(locks).iter().map(Conversation::read).collect::<Result<Vec<_>, _>>()?;
    if how == Lock::Skip && locked.len() < free.len() + held.len() {
        let got: BTreeSet<ConversationId> = locked.iter().map(|conversation| conversation.id).collect();
        stuck.note(free.into_iter().filter(|id| !got.contains(id)));
    }
    let open = accounts::open_of(&wanted.users, &rows(users))?;
    let members = rows(usize::MAX).iter().map(Member::read).collect::<Result<Vec<_>, _>>()?;
    let members = members.into_iter().map(|member| ((member.group_id, member.user_id), member)).collect();
    Ok((tx, Known { places, locked, open, members, now }))
}

impl Wanted {
    pub fn of<'a>(asks: impl Iterator<Item = &'a Ask>) -> Self {
        let mut wanted = Self::default();
        for ask in asks {
            wanted.sent.push(ask.sent());
            match ask {
                Ask::Send(draft) => match draft.target {
                    Target::User(peer) => wanted.users.extend([draft.sender_id, peer]),
                    Target::Group(group) => {
                        wanted.users.push(draft.sender_id);
                        wanted.members.push((group, draft.sender_id));
                    }
                },
                Ask::Change(change) => wanted.change(change),
            }
        }
        each_once(&mut wanted.users);
        each_once(&mut wanted.members);
        each_once(&mut wanted.groups);
        wanted
    }

    fn change(&mut self, change: &MemberChange) {
        self.users.extend([change.actor, change.subject]);
        self.members.extend([(change.group, change.actor), (change.group, change.subject)]);
        self.groups.push(change.group);
        if change.kind == ChangeKind::Leave {
            self.leavers.push((change.group, change.subject));
        }
    }

    /// The groups whose owner is about to leave.
    pub fn orphans(&self, members: &HashMap<(GroupId, UserId), Member>) -> Vec<GroupId> {
        let owner = |place: &&(GroupId, UserId)| members.get(*place).is_some_and(|m| m.role == Role::Owner);
        let mut orphans = self.leavers.iter().filter(owner).map(|(group, _)| *group).collect();
        each_once(&mut orphans);
        orphans
    }
}

fn each_once<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}
