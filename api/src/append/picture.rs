//! What a batch needs to know, read after its conversations are locked and moved along in memory as each ask
//! is decided, so that the second ask of a batch sees what the first one did.

use super::look::{Known, Wanted};
use super::places::Resolved;
use crate::store::conversations::Conversation;
use crate::store::members::{Member, Role};
use crate::store::messages::{NewMessage, StoredMessage};
use crate::store::{Conn, groups, members, messages};
use shared::draft::ConversationKey;
use shared::envelope::Change;
use shared::ids::{ConversationId, GroupId, UserId};
use shared::lane::MAX_BATCH;
use shared::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// The state of things as this batch sees it, and what the batch does to it.
#[derive(Debug)]
pub(super) struct Picture {
    pub now: Timestamp,
    /// Which rows the conversations are.
    pub places: Resolved,
    /// Those that are locked, moved on with each entry.
    pub conversations: HashMap<ConversationId, Conversation>,
    /// What the askers have sent under these ids before; where that was not looked for, in this batch alone.
    pub sent: HashMap<(UserId, Uuid), Sent>,
    /// The users whose accounts are open.
    pub open: HashSet<UserId>,
    /// The members that anything depends on.
    pub members: HashMap<(GroupId, UserId), Member>,
    /// The groups whose members change.
    pub groups: HashMap<GroupId, GroupState>,
    /// The new entries, in order.
    pub entries: Vec<Entry>,
    /// Members that were touched, as they were before.
    pub touched: BTreeMap<(GroupId, UserId), Option<Member>>,
    /// Groups that changed hands or closed.
    pub regrouped: BTreeSet<GroupId>,
}

/// Whether it is looked for what was stored before. Most messages come once, and a repeat of one is noticed by its INSERT
/// at the latest: its id is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// It is not.
    Unlikely,
    /// It is.
    Likely,
}

/// Where an ask's id was met before.
#[derive(Debug)]
pub(super) enum Sent {
    /// In the database.
    Stored(StoredMessage),
    /// In this batch: the place in `entries`.
    Now(usize),
}

/// A group, as far as its members' changes need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupState {
    pub owner_id: UserId,
    pub closed: bool,
}

/// A new entry, and what it does to the members.
#[derive(Debug)]
pub(super) struct Entry {
    pub message: NewMessage,
    pub change: Change,
    /// After this entry.
    pub members_version: i64,
}

impl Picture {
    fn empty(now: Timestamp) -> Self {
        Self {
            now,
            places: HashMap::new(),
            conversations: HashMap::new(),
            sent: HashMap::new(),
            open: HashSet::new(),
            members: HashMap::new(),
            groups: HashMap::new(),
            entries: Vec::new(),
            touched: BTreeMap::new(),
            regrouped: BTreeSet::new(),
        }
    }

    /// Reads what few batches depend on, and sees everything that was committed before the locks were taken.
    pub async fn load(
        conn: &mut Conn,
        wanted: &Wanted,
        known: &Known,
        repeats: Repeats,
    ) -> Result<Self, sqlx::Error> {
        let sent = match repeats {
            Repeats::Likely => messages::find_sent(conn, &wanted.sent).await?,
            Repeats::Unlikely => Vec::new(),
        };
        let sent = sent.into_iter().map(|m| ((m.sender_id, m.client_message_id), Sent::Stored(m))).collect();
        let groups = groups::find_many(conn, &wanted.groups).await?.into_iter();
        let groups =
            groups.map(|g| (g.id, GroupState { owner_id: g.owner_id, closed: g.closed_at.is_some() }));
        let groups = groups.collect();
        let mut members = known.members.clone();
        for group in wanted.orphans(&members) {
            // No more than a batch can go, so one more than that is sure to hold the heir. A statement for
            // each group, since owners seldom leave.
            let heirs = members::heirs(conn, group, MAX_BATCH as i64 + 1).await?;
            members.extend(heirs.into_iter().map(|heir| ((heir.group_id, heir.user_id), heir)));
        }
        let conversations = known.locked.iter().map(|c| (c.id, *c)).collect();
        let (places, open) = (known.places.clone(), known.open.clone());
        Ok(Self { places, conversations, sent, open, members, groups, ..Self::empty(known.now) })
    }

    /// The conversations that are locked.
    pub fn locked(&self) -> Vec<ConversationId> {
        self.conversations.keys().copied().collect()
    }

    /// The conversations that got an entry.
    pub fn moved(&self) -> Vec<Conversation> {
        let ids: BTreeSet<_> = self.entries.iter().map(|entry| entry.message.conversation_id).collect();
        ids.iter().filter_map(|id| self.conversations.get(id)).copied().collect()
    }

    /// The row of a conversation; `None`: it does not exist for whoever asks.
    pub fn place(&self, key: ConversationKey) -> Option<ConversationId> {
        self.places.get(&key).copied()
    }

    /// Gives a new entry the next place of its conversation. `None` when the conversation is not locked.
    pub fn enter(&mut self, mut message: NewMessage, change: Change) -> Option<usize> {
        let conversation = self.conversations.get_mut(&message.conversation_id)?;
        conversation.last_seq += 1;
        conversation.updated_at = conversation.updated_at.max(self.now);
        conversation.members_version += i64::from(change != Change::None);
        message.seq = conversation.last_seq;
        message.created_at = conversation.updated_at;
        let members_version = conversation.members_version;
        let place = self.entries.len();
        self.sent.insert((message.sender_id, message.client_message_id), Sent::Now(place));
        self.entries.push(Entry { message, change, members_version });
        Some(place)
    }

    /// Puts a member in, out, or into another role.
    pub fn set_member(&mut self, place: (GroupId, UserId), member: Option<Member>) {
        let before = match member {
            Some(member) => self.members.insert(place, member),
            None => self.members.remove(&place),
        };
        self.touched.entry(place).or_insert(before);
    }

    /// Who owns the group when its owner is gone: the oldest admin, or else the oldest member.
    pub fn heir(&self, group: GroupId) -> Option<Member> {
        let left = self.members.values().filter(|member| member.group_id == group);
        left.min_by_key(|member| (member.role != Role::Admin, member.joined_seq)).copied()
    }
}
