//! What the invariants are checked against, put in order once: who is whose client, who was a member from which entry
//! to which, what was sent, when connections lived, and when there was trouble.

use super::Rules;
use super::stays::{Stay, stays};
use super::troubles::Troubles;
use crate::history::{
    Change, ClientId, ConnectionId, Ending, Event, Key, Micros, Seen, SessionNo, Via, What,
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// All tries to send one message.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub key: Option<Key>,
    pub hash: u64,
    pub tries: Vec<Try>,
    pub oks: Vec<Placed>,
    /// How many failed for certain, and how many nobody knows of.
    pub definite: usize,
    pub unknown: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Try {
    pub at: Micros,
    pub connection: ConnectionId,
    pub burst: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub at: Micros,
    pub client: ClientId,
    pub connection: ConnectionId,
    pub conv: i64,
    pub seq: i64,
    pub id: i64,
}

impl Sent {
    /// Every try was refused with a word that means "not stored".
    pub fn surely_not_stored(&self) -> bool {
        !self.tries.is_empty() && self.definite == self.tries.len()
    }
}

/// A connection's life.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub connection: ConnectionId,
    pub client: ClientId,
    pub session: SessionNo,
    pub asked: Micros,
    pub ready: Micros,
    pub closed: Option<Micros>,
}

impl Span {
    /// Whether it was attached from then to then.
    pub fn covers(&self, from: Micros, to: Micros) -> bool {
        self.ready <= from && self.closed.is_none_or(|closed| closed > to)
    }
}

/// A change of members, and when it was answered with success.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemberOp {
    pub change: Change,
    pub group: i64,
    pub actor: i64,
    pub subject: i64,
    pub asked: Micros,
    pub done: Option<Micros>,
    pub refused: bool,
}

/// The history, in order.
pub(super) struct Facts<'a> {
    pub events: &'a [Event],
    pub ending: &'a Ending,
    pub rules: &'a Rules,
    pub users: HashMap<ClientId, i64>,
    pub keys: HashMap<i64, Key>,
    pub rows: HashMap<(i64, i64), &'a Seen>,
    pub heads: HashMap<i64, i64>,
    pub stays: HashMap<(i64, i64), Vec<Stay>>,
    pub sends: BTreeMap<(i64, Uuid), Sent>,
    pub spans: Vec<Span>,
    pub spans_of: HashMap<ClientId, Vec<Span>>,
    pub paused: HashMap<ClientId, Vec<(Micros, Micros)>>,
    pub renders: HashMap<(ClientId, i64), Vec<(i64, Micros)>>,
    pub ops: BTreeMap<u32, MemberOp>,
    ops_by: HashMap<(i64, i64), Vec<u32>>,
    pub ended: HashMap<SessionNo, Micros>,
    /// When the tokens of connections ran out that were given no other.
    pub expired: HashMap<ConnectionId, Micros>,
    troubles: Troubles,
    pub quiet: Option<Micros>,
    pub end: Micros,
}

impl<'a> Facts<'a> {
    pub fn of(events: &'a [Event], ending: &'a Ending, rules: &'a Rules) -> Self {
        let mut facts = Self {
            events,
            ending,
            rules,
            users: HashMap::new(),
            keys: ending.conversations.iter().map(|row| (row.conv, row.key)).collect(),
            rows: ending.messages.iter().map(|row| ((row.seen.conv, row.seen.seq), &row.seen)).collect(),
            heads: ending.conversations.iter().map(|row| (row.conv, row.last_seq)).collect(),
            stays: stays(ending),
            sends: BTreeMap::new(),
            spans: Vec::new(),
            spans_of: HashMap::new(),
            paused: HashMap::new(),
            renders: HashMap::new(),
            ops: BTreeMap::new(),
            ops_by: HashMap::new(),
            ended: HashMap::new(),
            expired: HashMap::new(),
            troubles: Troubles::of(events),
            quiet: None,
            end: events.last().map_or(0, |event| event.at),
        };
        let mut open = HashMap::new();
        events.iter().for_each(|event| facts.take(event, &mut open));
        for span in &facts.spans {
            facts.spans_of.entry(span.client).or_default().push(*span);
        }
        facts
    }

    fn take(&mut self, event: &Event, open: &mut HashMap<ConnectionId, usize>) {
        let at = event.at;
        match &event.what {
            What::Client { client, user } => drop(self.users.insert(*client, *user)),
            What::SendInvoke { .. } | What::SendOk { .. } | What::SendFail { .. } => self.take_send(event),
            What::MemberInvoke { .. } | What::MemberOk { .. } | What::MemberFail { .. } => {
                self.take_change(event);
            }
            What::Expires { connection, at, .. } => drop(self.expired.insert(*connection, *at)),
            What::Prolonged { connection, .. } => drop(self.expired.remove(connection)),
            What::EndOk { session, .. } => drop(self.ended.insert(*session, at)),
            What::Ready { client, connection, session, asked, .. } => {
                open.insert(*connection, self.spans.len());
                let (client, session) = (*client, *session);
                let connection = *connection;
                self.spans.push(Span { connection, client, session, asked: *asked, ready: at, closed: None });
            }
            What::Close { connection, .. } => {
                if let Some(place) = open.remove(connection) {
                    self.spans[place].closed = Some(at);
                }
            }
            What::Paused { client } => self.paused.entry(*client).or_default().push((at, Micros::MAX)),
            What::Resumed { client } => {
                if let Some(last) = self.paused.get_mut(client).and_then(|spans| spans.last_mut()) {
                    last.1 = at;
                }
            }
            What::Render { client, conv, seq } => {
                self.renders.entry((*client, *conv)).or_default().push((*seq, at));
            }
            What::Quiet => self.quiet = Some(at),
            _ => {}
        }
    }

    fn take_send(&mut self, event: &Event) {
        let client = event.what.client().unwrap_or_default();
        let user = self.user(client);
        match &event.what {
            What::SendInvoke { connection, key, cmid, hash, burst, .. } => {
                let sent = self.sends.entry((user, *cmid)).or_default();
                (sent.key, sent.hash) = (Some(*key), *hash);
                sent.tries.push(Try { at: event.at, connection: *connection, burst: *burst });
            }
            What::SendOk { connection, cmid, conv, seq, id, .. } => {
                let (connection, conv, seq, id) = (*connection, *conv, *seq, *id);
                let placed = Placed { at: event.at, client, connection, conv, seq, id };
                self.sends.entry((user, *cmid)).or_default().oks.push(placed);
            }
            What::SendFail { cmid, definite, .. } => {
                let sent = self.sends.entry((user, *cmid)).or_default();
                if *definite { sent.definite += 1 } else { sent.unknown += 1 }
            }
            _ => {}
        }
    }

    fn take_change(&mut self, event: &Event) {
        match &event.what {
            What::MemberInvoke { op, change, group, actor, subject } => {
                let (change, group, actor, subject) = (*change, *group, *actor, *subject);
                let op_ =
                    MemberOp { change, group, actor, subject, asked: event.at, done: None, refused: false };
                self.ops.insert(*op, op_);
                self.ops_by.entry((subject, group)).or_default().push(*op);
            }
            What::MemberOk { op } => {
                self.ops.entry(*op).and_modify(|op| op.done = Some(event.at));
            }
            What::MemberFail { op, definite: true, .. } => {
                self.ops.entry(*op).and_modify(|op| op.refused = true);
            }
            _ => {}
        }
    }

    /// Whose client it is.
    pub fn user(&self, client: ClientId) -> i64 {
        self.users.get(&client).copied().unwrap_or(0)
    }

    /// Whether a user may ever have this entry.
    pub fn may_see(&self, user: i64, conv: i64, seq: i64) -> bool {
        match self.keys.get(&conv) {
            Some(Key::Pair(low, high)) => user == *low || user == *high,
            Some(Key::Group(_)) => self.stays_of(user, conv).iter().any(|stay| stay.holds(seq)),
            None => false,
        }
    }

    /// A user's times in a group, in order.
    pub fn stays_of(&self, user: i64, conv: i64) -> &[Stay] {
        self.stays.get(&(user, conv)).map_or(&[], Vec::as_slice)
    }

    /// What a user may read of a conversation now: from where to where; `None`: nothing.
    pub fn readable(&self, user: i64, conv: i64) -> Option<(i64, i64)> {
        let head = *self.heads.get(&conv)?;
        match self.keys.get(&conv)? {
            Key::Pair(low, high) => (user == *low || user == *high).then_some((1, head)),
            Key::Group(_) => {
                let stay = self.stays_of(user, conv).last()?;
                stay.through.is_none().then_some((stay.from, head))
            }
        }
    }

    /// When something that began at `from` must be done, if it may take so long without trouble.
    pub fn due(&self, from: Micros, allowed: Micros) -> Micros {
        self.troubles.due(from, allowed, self.rules)
    }

    /// Whether a client read its socket all the time from then to then.
    pub fn reads(&self, client: ClientId, from: Micros, to: Micros) -> bool {
        let paused = self.paused.get(&client).map_or(&[][..], Vec::as_slice);
        // Who has stopped reading catches up for a while.
        !paused.iter().any(|(on, off)| *on <= to && off.saturating_add(self.rules.heal) >= from)
    }

    /// Whether a client was attached by one connection, and read from it, from then to then.
    pub fn attends(&self, client: ClientId, from: Micros, to: Micros) -> bool {
        let spans = self.spans_of.get(&client).map_or(&[][..], Vec::as_slice);
        spans.iter().any(|span| span.covers(from, to)) && self.reads(client, from, to)
    }

    /// When a client showed an entry.
    pub fn rendered(&self, client: ClientId, conv: i64, seq: i64) -> Option<Micros> {
        let renders = self.renders.get(&(client, conv))?;
        // Sorted while I7 holds; where it does not, I7 is what is reported.
        let place = renders.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
        Some(renders[place].1)
    }

    /// Visits every entry that arrived.
    pub fn each_recv(&self, mut visit: impl FnMut(Micros, ClientId, &Seen, Via, Micros)) {
        for event in self.events {
            if let What::Recv { client, seen, via, asked, .. } = &event.what {
                visit(event.at, *client, seen, *via, *asked);
            }
        }
    }
}

impl Facts<'_> {
    /// The changes that were asked for of one user in one group.
    pub fn ops_on(&self, user: i64, group: i64) -> impl Iterator<Item = &MemberOp> {
        let ops = self.ops_by.get(&(user, group)).into_iter().flatten();
        ops.filter_map(|op| self.ops.get(op))
    }
}
