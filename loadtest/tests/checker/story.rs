//! A small system that keeps its word, told as a history: three users in a group and in pairs, one of them with two
//! devices, a fault that is got over, somebody who is removed and comes back, a session that ends.

use loadtest::history::{
    Change, ConversationRow, Ending, Event, Key, Kind, Listed, MemberRow, MessageRow, Micros, ReadRow, Seen,
    UserHistory, Via, What, hash_of,
};
use shared::event::Status;
use std::collections::BTreeMap;
use uuid::Uuid;

pub const SECOND: Micros = 1_000_000;
pub const GROUP: i64 = 50;
/// The conversation of the group, and of users 1 and 2.
pub const IN_GROUP: i64 = 10;
pub const PAIR: i64 = 11;
/// Client 4 is the second device of user 1.
const CLIENTS: [(u32, i64); 4] = [(1, 1), (2, 2), (3, 3), (4, 1)];

pub struct Story {
    pub events: Vec<Event>,
    pub ending: Ending,
    now: Micros,
    cmids: u128,
    ops: u32,
    /// Since which entry a user is in the group.
    inside: BTreeMap<i64, i64>,
    online: BTreeMap<u32, u32>,
    rested: bool,
}

impl Story {
    /// Nobody has said anything.
    pub fn empty() -> Self {
        let row = |conv, key| ConversationRow { conv, key, last_seq: 0 };
        let conversations = vec![row(IN_GROUP, Key::Group(GROUP)), row(PAIR, Key::Pair(1, 2))];
        let ending = Ending { conversations, ..Ending::default() };
        let mut story = Self {
            events: vec![],
            ending,
            now: 0,
            cmids: 0,
            ops: 0,
            inside: BTreeMap::new(),
            online: BTreeMap::new(),
            rested: false,
        };
        for (client, user) in CLIENTS {
            story.note(What::Client { client, user });
            story.connect(client, client + 100);
        }
        for user in [1, 2, 3] {
            story.change(Change::Join, user, user);
        }
        story
    }

    /// Everything that the checker looks at, and nothing wrong.
    pub fn good() -> Self {
        let mut story = Self::empty();
        story.talk(8);
        story.repeat();
        story.fault(|story| story.talk(4));
        story.pass(20 * SECOND);
        story.change(Change::Kick, 1, 3);
        story.talk(4);
        story.change(Change::Join, 3, 3);
        story.talk(4);
        story.end_session(4);
        story.pass(SECOND / 2);
        story.connect(4, 201);
        story.talk(2);
        story
    }

    pub fn note(&mut self, what: What) -> Micros {
        self.now += 1000;
        self.events.push(Event { at: self.now, what });
        self.now
    }

    pub fn pass(&mut self, time: Micros) {
        self.now += time;
    }

    pub fn connect(&mut self, client: u32, session: u32) {
        let connection = 1000 + self.events.len() as u32;
        self.note(What::Session { client, session });
        let asked = self.now;
        self.online.insert(client, connection);
        let user = user_of(client);
        let heads = self.ending.conversations.iter();
        let theirs = heads.filter(|row| row.last_seq > 0 && self.is_in(user, row.conv));
        let heads = theirs.map(|row| (row.conv, [row.last_seq, 0, 0])).collect();
        self.note(What::Ready { client, connection, session, gateway: 0, asked, heads });
        for watched in [1, 2, 3] {
            let here = self.online.keys().any(|client| user_of(*client) == watched);
            let status = if here { Status::Online } else { Status::Offline };
            self.note(What::Presence { client, connection, user: watched, status });
        }
        for (client, connection) in self.online.clone() {
            self.note(What::Presence { client, connection, user, status: Status::Online });
        }
    }

    pub fn cut(&mut self, client: u32) {
        let connection = self.online.remove(&client).unwrap();
        self.note(What::Close { client, connection, code: None });
    }

    /// The connection that a client has now.
    pub fn connection(&self, client: u32) -> u32 {
        self.online[&client]
    }

    pub fn is_in(&self, user: i64, conv: i64) -> bool {
        if conv == IN_GROUP { self.inside.contains_key(&user) } else { user != 3 }
    }

    /// Somebody says something, and everybody who may have it does.
    pub fn say(&mut self, client: u32, conv: i64) -> Uuid {
        let (cmid, seen) = self.store(client, conv);
        self.deliver(&seen);
        cmid
    }

    /// Only sent, acked and stored.
    pub fn store(&mut self, client: u32, conv: i64) -> (Uuid, Seen) {
        self.cmids += 1;
        let cmid = Uuid::from_u128(self.cmids);
        self.invoke(client, conv, cmid, 1);
        let hash = hash_of(&cmid.to_string());
        let seen = self.append(conv, user_of(client), cmid, hash, Kind::Text);
        self.ok(client, cmid, &seen);
        (cmid, seen)
    }

    pub fn invoke(&mut self, client: u32, conv: i64, cmid: Uuid, nth: u32) {
        let key = if conv == IN_GROUP { Key::Group(GROUP) } else { Key::Pair(1, 2) };
        let (connection, hash) = (self.online[&client], hash_of(&cmid.to_string()));
        self.note(What::SendInvoke { client, connection, key, cmid, hash, nth, burst: 0, via: Via::Live });
    }

    pub fn ok(&mut self, client: u32, cmid: Uuid, seen: &Seen) {
        let Seen { conv, seq, id, .. } = *seen;
        let connection = self.online[&client];
        self.note(What::SendOk { client, connection, cmid, conv, seq, id, via: Via::Live });
    }

    pub fn append(&mut self, conv: i64, sender: i64, cmid: Uuid, hash: u64, kind: Kind) -> Seen {
        let id = self.ending.messages.len() as i64 + 1;
        let row = self.ending.conversations.iter_mut().find(|row| row.conv == conv).unwrap();
        row.last_seq += 1;
        let seen = Seen { conv, seq: row.last_seq, id, sender, cmid, hash, kind };
        self.ending.messages.push(MessageRow { seen, created_ms: id });
        seen
    }

    pub fn deliver(&mut self, seen: &Seen) {
        for client in self.online.keys().copied().collect::<Vec<_>>() {
            if self.is_in(user_of(client), seen.conv) {
                self.give(client, seen);
            }
        }
    }

    pub fn recv(&mut self, client: u32, seen: &Seen, via: Via) {
        let (connection, asked) = (self.online[&client], self.now + 1);
        self.note(What::Recv { client, connection, seen: *seen, via, asked });
    }

    pub fn give(&mut self, client: u32, seen: &Seen) {
        self.recv(client, seen, Via::Live);
        self.note(What::Render { client, conv: seen.conv, seq: seen.seq });
    }

    /// Each in turn, in the group and in the pair.
    pub fn talk(&mut self, times: usize) {
        for nth in 0..times {
            let client = [1, 2][nth % 2];
            self.say(client, IN_GROUP);
            self.say(client, PAIR);
        }
    }

    pub fn repeat(&mut self) {
        let (cmid, seen) = self.store(1, PAIR);
        self.deliver(&seen);
        self.invoke(1, PAIR, cmid, 2);
        self.ok(1, cmid, &seen);
        self.deliver_again(&seen);
    }

    fn deliver_again(&mut self, seen: &Seen) {
        self.recv(2, seen, Via::Live);
    }

    pub fn change(&mut self, change: Change, actor: i64, subject: i64) {
        self.ops += 1;
        let op = self.ops;
        self.note(What::MemberInvoke { op, change, group: GROUP, actor, subject });
        let kind = if change == Change::Join { Kind::Joined(subject) } else { Kind::Left(subject) };
        let seen = self.append(IN_GROUP, actor, Uuid::from_u128(u128::from(op) << 64), 7, kind);
        if change == Change::Join {
            self.inside.insert(subject, seen.seq);
        }
        self.deliver(&seen);
        if change != Change::Join {
            self.inside.remove(&subject);
        }
        self.note(What::MemberOk { op });
    }

    /// A fault with its proof, what happens meanwhile, and the healing.
    pub fn fault(&mut self, meanwhile: impl FnOnce(&mut Self)) {
        let fault = self.events.len() as u32;
        self.note(What::FaultOn { fault, kind: "gateway-kill".into(), target: "gateway 1".into() });
        self.note(What::FaultProof { fault, proof: "its pid is gone".into() });
        meanwhile(self);
        self.note(What::FaultOff { fault });
        self.note(What::Recovered { fault });
        self.note(What::Healed { fault });
    }

    pub fn end_session(&mut self, client: u32) {
        let session = self.events.iter().rev().find_map(|event| match event.what {
            What::Session { client: whose, session } if whose == client => Some(session),
            _ => None,
        });
        let session = session.unwrap();
        self.note(What::EndInvoke { client, session });
        let asked = self.note(What::EndOk { client, session }) + 1;
        self.note(What::EndedProbe { client, session, asked, status: 401 });
        self.cut(client);
    }

    /// The load ends, time passes, and the ending is taken.
    pub fn rest(&mut self) {
        if std::mem::replace(&mut self.rested, true) {
            return;
        }
        self.pass(SECOND);
        self.note(What::Quiet);
        self.note(What::ReadSent { client: 2, conv: PAIR, seq: 3 });
        self.ending.reads = vec![ReadRow { conv: PAIR, user: 2, read_seq: 3 }];
        self.tell();
        self.pass(60 * SECOND);
        self.note(What::Resync { client: 1, connection: self.online[&1] });
    }

    /// What the api nodes say, and the table of members.
    fn tell(&mut self) {
        let members = self.inside.iter();
        let members =
            members.map(|(user, joined)| MemberRow { group: GROUP, user: *user, joined_seq: *joined });
        self.ending.members = members.collect();
        for (user, conv) in [(1, IN_GROUP), (2, IN_GROUP), (3, IN_GROUP), (1, PAIR), (2, PAIR)] {
            let from = if conv == PAIR { 1 } else { self.inside.get(&user).copied().unwrap_or(i64::MAX) };
            let rows = self.ending.messages.iter().map(|row| &row.seen);
            let rows: Vec<Seen> =
                rows.filter(|seen| seen.conv == conv && seen.seq >= from).copied().collect();
            let Some(last) = rows.last() else { continue };
            let read_seq = if (user, conv) == (2, PAIR) { 3 } else { 0 };
            let others = |seen: &&Seen| seen.kind == Kind::Text && seen.sender != user && seen.seq > read_seq;
            let unread = rows.iter().filter(others).count() as i64;
            for api in [0, 1] {
                let entries = rows.iter().map(|seen| (seen.seq, seen.id, seen.hash)).collect();
                self.ending.histories.push(UserHistory { user, api, conv, whole: api == 0, entries });
                self.ending.lists.push(Listed { user, api, conv, last_seq: last.seq, read_seq, unread });
            }
        }
    }

    /// Changes the last message in the database, and nowhere else.
    pub fn change_row(&mut self, change: impl FnOnce(&mut MessageRow)) {
        let row = self.ending.messages.iter_mut().rev().find(|row| row.seen.kind == Kind::Text);
        change(row.unwrap());
    }

    /// Takes the last event away that is like this.
    pub fn without(&mut self, like: impl Fn(&What) -> bool) {
        let place = self.events.iter().rposition(|event| like(&event.what)).expect("there is such an event");
        self.events.remove(place);
    }

    /// Changes the last event that is like this.
    pub fn with(&mut self, change: impl Fn(&mut What) -> bool) {
        let mut tried = self.events.iter_mut().rev();
        assert!(tried.any(|event| change(&mut event.what)), "there is such an event");
    }
}

pub fn user_of(client: u32) -> i64 {
    CLIENTS.iter().find(|(id, _)| *id == client).unwrap().1
}
