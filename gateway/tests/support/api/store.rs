//! The tables: who there is, who is in which group, and each conversation's log. What is written here also says
//! what goes onto the bus for it, as the real api's publish does.

use bytes::Bytes;
use shared::door::{Outcome, Roster, Seat, Stored};
use shared::draft::{ConversationKey, Draft, Target};
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::error::Code;
use shared::event::{EntryEvent, Heads, ServerEvent, Status};
use shared::ids::{ConversationId, GroupId, MessageId, Seq, SessionId, UserId};
use shared::time::Timestamp;
use shared::topic::Topic;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

type Out = Vec<(Topic, Bytes)>;

#[derive(Default)]
pub struct Store {
    pub users: BTreeMap<UserId, Status>,
    pub closed: HashSet<UserId>,
    pub sessions: HashMap<SessionId, UserId>,
    pub conversations: BTreeMap<ConversationId, Conversation>,
    sent: HashMap<(UserId, Uuid), (ConversationId, Seq)>,
    last_id: i64,
}

pub struct Conversation {
    pub id: ConversationId,
    pub key: ConversationKey,
    pub log: Vec<Row>,
    /// With their `joined_seq`.
    pub members: BTreeMap<UserId, Seq>,
    pub members_version: i64,
    pub reads: HashMap<UserId, Seq>,
}

pub struct Row {
    pub event: EntryEvent,
    pub change: Change,
    pub subject: UserId,
}

impl Store {
    fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    pub fn register(&mut self) -> UserId {
        let user = UserId(self.next_id());
        self.users.insert(user, Status::Online);
        user
    }

    pub fn log_in(&mut self, user: UserId) -> SessionId {
        let session = SessionId(self.next_id());
        self.sessions.insert(session, user);
        session
    }

    pub fn create_group(&mut self) -> GroupId {
        let group = GroupId(self.next_id());
        self.conversation(ConversationKey::Group(group));
        group
    }

    pub fn group(&self, group: GroupId) -> &Conversation {
        self.find(ConversationKey::Group(group)).expect("the group is there")
    }

    pub fn pair(&self, one: UserId, other: UserId) -> &Conversation {
        self.find(ConversationKey::of(one, Target::User(other))).expect("the two have talked")
    }

    pub fn find(&self, key: ConversationKey) -> Option<&Conversation> {
        self.conversations.values().find(|conversation| conversation.key == key)
    }

    fn conversation(&mut self, key: ConversationKey) -> &mut Conversation {
        let id = self.find(key).map(|conversation| conversation.id);
        let id = id.unwrap_or_else(|| ConversationId(self.next_id()));
        self.conversations.entry(id).or_insert_with(|| Conversation {
            id,
            key,
            log: Vec::new(),
            members: BTreeMap::new(),
            members_version: 0,
            reads: HashMap::new(),
        })
    }

    /// ⑥ one draft: a repeat is answered with its place and published again.
    pub fn append(&mut self, draft: Draft, now: Timestamp, out: &mut Out) -> Outcome {
        if let Some((id, seq)) = self.sent.get(&(draft.sender_id, draft.client_message_id)) {
            let conversation = &self.conversations[id];
            let row = conversation.row(*seq);
            let is_same = row.event.content == draft.content && conversation.key == draft.conversation();
            out.extend(is_same.then(|| conversation.publications(row, false)).into_iter().flatten());
            return if is_same { Ok(row.stored()) } else { Err(Code::IdReused.into()) };
        }
        let may = match draft.target {
            Target::User(peer) => peer.is_canary() || self.users.contains_key(&peer),
            Target::Group(group) => {
                let found = self.find(ConversationKey::Group(group));
                found.is_some_and(|group| group.members.contains_key(&draft.sender_id))
            }
        };
        if !may {
            return Err(Code::NotFound.into());
        }
        let message_id = MessageId(self.next_id());
        let sent = (draft.sender_id, draft.client_message_id);
        let conversation = self.conversation(draft.conversation());
        let (id, seq) = (conversation.id, conversation.last_seq() + 1);
        let (receiver_id, group_id) = match draft.target {
            Target::User(user) => (Some(user), None),
            Target::Group(group) => (None, Some(group)),
        };
        let event = EntryEvent {
            user_id: draft.sender_id,
            receiver_id,
            group_id,
            content: draft.content,
            message_id,
            conversation_id: id,
            seq,
            message_type: draft.message_type.as_str().to_owned(),
            client_message_id: draft.client_message_id,
            created_at: now,
        };
        let stored = conversation.push(Row { event, change: Change::None, subject: sent.0 }, out);
        self.sent.insert(sent, (id, seq));
        Ok(stored)
    }

    /// A join or a leave, as an entry of the same log.
    pub fn change(&mut self, group: GroupId, user: UserId, change: Change, now: Timestamp) -> (Seq, Out) {
        let message_id = MessageId(self.next_id());
        let conversation = self.conversation(ConversationKey::Group(group));
        let (id, seq) = (conversation.id, conversation.last_seq() + 1);
        let message_type = match change {
            Change::Joined => {
                conversation.members.insert(user, seq).map_or("member_joined", |_| "joined twice")
            }
            _ => conversation.members.remove(&user).map_or("left twice", |_| "member_left"),
        };
        assert!(!message_type.ends_with("twice"), "{user} {message_type}");
        conversation.members_version += 1;
        let event = EntryEvent {
            user_id: user,
            receiver_id: None,
            group_id: Some(group),
            content: format!("{{\"user_id\":{user}}}"),
            message_id,
            conversation_id: id,
            seq,
            message_type: message_type.to_owned(),
            client_message_id: Uuid::now_v7(),
            created_at: now,
        };
        let mut out = Out::new();
        conversation.push(Row { event, change, subject: user }, &mut out);
        (seq, out)
    }

    pub fn seats_of(&self, user: UserId) -> Vec<Seat> {
        self.conversations.values().filter_map(|conversation| conversation.seat_of(user)).collect()
    }

    pub fn heads_of(&self, user: UserId) -> Heads {
        let theirs = self.conversations.values().filter(|conversation| conversation.is_of(user));
        theirs.map(|conversation| (conversation.id, conversation.head_for(user))).collect()
    }

    pub fn share_a_conversation(&self, one: UserId, other: UserId) -> bool {
        self.conversations.values().any(|conversation| conversation.is_of(one) && conversation.is_of(other))
    }
}

impl Conversation {
    pub fn last_seq(&self) -> Seq {
        self.log.len() as Seq
    }

    fn row(&self, seq: Seq) -> &Row {
        &self.log[seq as usize - 1]
    }

    fn push(&mut self, row: Row, out: &mut Out) -> Stored {
        let stored = row.stored();
        out.extend(self.publications(&row, true));
        self.log.push(row);
        stored
    }

    pub fn is_of(&self, user: UserId) -> bool {
        match self.key {
            ConversationKey::Pair(low, high) => user == low || user == high,
            ConversationKey::Group(_) => self.members.contains_key(&user),
        }
    }

    fn head_for(&self, user: UserId) -> [Seq; 3] {
        let read_by = |user: UserId| self.reads.get(&user).copied().unwrap_or(0);
        let peer = match self.key {
            ConversationKey::Pair(low, high) => Some(if user == low { high } else { low }),
            ConversationKey::Group(_) => None,
        };
        [self.last_seq(), read_by(user), peer.map_or(0, read_by)]
    }

    fn seat_of(&self, user: UserId) -> Option<Seat> {
        let ConversationKey::Group(group_id) = self.key else { return None };
        self.members.get(&user).map(|joined_seq| Seat {
            group_id,
            conversation_id: self.id,
            joined_seq: *joined_seq,
            members_version: self.members_version,
            last_seq: self.last_seq(),
        })
    }

    /// The members among these users; without a list, all of them.
    pub fn roster(&self, among: Option<&[UserId]>) -> Roster {
        let is_asked = |user: &UserId| among.is_none_or(|users| users.contains(user));
        let members = self.members.iter().filter(|(user, _)| is_asked(user));
        Roster {
            conversation_id: self.id,
            members_version: self.members_version,
            last_seq: self.last_seq(),
            members: members.map(|(user, joined_seq)| (*user, *joined_seq)).collect(),
        }
    }

    /// ⑦ The topics and envelopes of an entry: fresh with what it changes, a repeat with the present version
    /// and no change. Whoever joined or left is told on their own topic as well, of the change in any case.
    fn publications(&self, row: &Row, is_fresh: bool) -> Out {
        let changing = self.envelope(row, row.change);
        let for_all = if is_fresh { changing.clone() } else { self.envelope(row, Change::None) };
        match self.key {
            ConversationKey::Pair(low, high) if low == high => vec![(Topic::User(low), for_all)],
            ConversationKey::Pair(low, high) => {
                vec![(Topic::User(low), for_all.clone()), (Topic::User(high), for_all)]
            }
            ConversationKey::Group(group) => {
                let own = (row.change != Change::None).then_some((Topic::User(row.subject), changing));
                [(Topic::Group(group), for_all)].into_iter().chain(own).collect()
            }
        }
    }

    /// `after < seq ≤ through`, as a look-up gives them.
    pub fn entries(&self, after: Seq, through: Seq) -> Vec<Bytes> {
        let range = self.log.iter().filter(|row| row.event.seq > after && row.event.seq <= through);
        range.take(256).map(|row| self.envelope(row, Change::None)).collect()
    }

    fn envelope(&self, row: &Row, change: Change) -> Bytes {
        let header = Header {
            kind: Kind::Entry,
            change,
            members_version: self.members_version,
            seq: row.event.seq,
            conversation_id: self.id,
            at: row.event.created_at,
            subject_id: row.subject,
        };
        let body = serde_json::to_vec(&ServerEvent::Message(row.event.clone())).unwrap().into();
        Envelope { header, body }.encode()
    }

    pub fn head(&self, at: Timestamp) -> Envelope {
        let header = Header {
            kind: Kind::Head,
            change: Change::None,
            members_version: self.members_version,
            seq: self.last_seq(),
            conversation_id: self.id,
            at,
            subject_id: UserId(0),
        };
        Envelope { header, body: Bytes::new() }
    }
}

impl Row {
    fn stored(&self) -> Stored {
        let EntryEvent { message_id, conversation_id, seq, created_at, .. } = self.event;
        Stored { message_id, conversation_id, seq, created_at }
    }
}
