//! Whatever is sent, repeated, joined, left and removed at the same time, through two api nodes with pools and
//! lanes of their own and with pauses in the worst places: each conversation's log is 1..n, each id has one
//! answer, and the members are those that the log says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test")]

#[macro_use]
mod support;

use api::append::{Append, Hooks, Pause};
use api::store::members::Role;
use api::store::messages::StoredMessage;
use api::store::{conversations, groups, members};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use shared::door::{Outcome, Stored};
use shared::draft::{Draft, Target};
use shared::envelope::Change;
use shared::error::Code;
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use shared::time::Clock;
use shared::topic::Topic;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Bench, START};
use support::bus::KeepingBus;
use support::replay::Replay;
use uuid::Uuid;

const SEEDS: [u64; 4] = [1, 2, 3, 4];
/// People who do something at the same time, and how much each does.
const ACTORS: usize = 8;
const STEPS: usize = 80;

/// What each draft was answered, however often it was sent.
type Answers = Mutex<Vec<(Draft, Outcome)>>;

struct World {
    nodes: Vec<Append>,
    users: [UserId; 6],
    groups: [GroupId; 2],
    /// Admins from the beginning: after which entry of their group.
    promoted: HashMap<GroupId, Vec<(Seq, UserId)>>,
    answers: Answers,
}

async fn any_interleaving_keeps_the_log_whole(bench: Bench) {
    let mut seen = Seen::default();
    for seed in SEEDS {
        eprintln!("seed {seed}");
        let bus = KeepingBus::new();
        let world = World::new(&bench, &bus, seed).await;
        let actors = (0..ACTORS as u64).map(|actor| world.act(StdRng::seed_from_u64(seed * 1000 + actor)));
        join_all(actors).await;
        let conversations = world.check(&bench).await;
        world.check_published(&bus, &conversations).await;
        seen.add(&world, &conversations);
    }
    bench.finish().await;
    seen.check();
}

/// The premise: what may go wrong was tried.
#[derive(Debug, Default)]
struct Seen {
    repeats: usize,
    reused: usize,
    strangers: usize,
    changes: usize,
    handed_over: usize,
}

impl Seen {
    fn add(&mut self, world: &World, logs: &[(ConversationId, Vec<StoredMessage>)]) {
        let answers = world.answers.lock().unwrap();
        let stored = answers.iter().filter_map(|(_, outcome)| outcome.ok());
        let stored: Vec<_> = stored.map(|place| place.message_id).collect();
        self.repeats += stored.len() - stored.iter().collect::<BTreeSet<_>>().len();
        let refused = |code| answers.iter().filter(|(_, o)| o.is_err_and(|r| r.code == code)).count();
        self.reused += refused(Code::IdReused);
        self.strangers += refused(Code::NotFound);
        self.changes += logs.iter().flat_map(|(_, log)| log).filter(|entry| entry.message_type != "text").count();
        for (n, group) in world.groups.iter().enumerate() {
            let (_, log) = logs.iter().find(|(_, log)| log[0].group_id == Some(*group)).unwrap();
            self.handed_over += usize::from(Replay::of(log, &world.promoted[group]).owner != Some(world.users[n]));
        }
    }

    fn check(&self) {
        eprintln!("{self:?}");
        let least = [self.repeats, self.reused, self.strangers, self.changes / 4, self.handed_over * 20];
        assert!(least.iter().all(|count| *count >= 20), "too little happened: {self:?}");
    }
}

on_both_engines!(any_interleaving_keeps_the_log_whole);

/// Waits up to 3 ms, or not at all.
fn now_and_then(seed: u64) -> Pause {
    let rng = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
    Arc::new(move |_| {
        let pause = rng.lock().unwrap().random_range(0..6_000_u64).saturating_sub(3_000);
        Box::pin(tokio::time::sleep(Duration::from_micros(pause)))
    })
}

impl World {
    async fn new(bench: &Bench, bus: &Arc<KeepingBus>, seed: u64) -> Self {
        // SQLite is one node's alone.
        let mut dbs = vec![bench.db.clone()];
        if !bench.is_sqlite() {
            dbs.push(bench.second_db().await);
        }
        let hooks =
            || Hooks { before_commit: Some(now_and_then(seed)), before_publish: Some(now_and_then(seed + 1)) };
        let clocks = [bench.clock.clone(), Clock::manual(START.plus(Duration::from_secs(5)))];
        let nodes = clocks.into_iter().zip(dbs).map(|(clock, db)| bench.append_by(clock, db, bus, hooks()));
        let nodes: Vec<Append> = nodes.collect();
        let users: [UserId; 6] = bench.users().await;
        let mut promoted = HashMap::new();
        let mut founded = Vec::new();
        for owner in [users[0], users[1]] {
            let group = nodes[0].create_group(owner, "any", "").await.unwrap();
            for user in users.iter().filter(|user| **user != owner) {
                nodes[0].join(*user, group).await.unwrap();
            }
            bench.set_role(group, users[2], Role::Admin).await;
            promoted.insert(group, vec![(users.len() as Seq, users[2])]);
            founded.push(group);
        }
        let groups = founded.try_into().unwrap();
        Self { nodes, users, groups, promoted, answers: Mutex::default() }
    }

    /// One person's evening. Membership answers are not noted: the log is checked against them by replay.
    async fn act(&self, mut rng: StdRng) {
        for _ in 0..STEPS {
            let (group, user) = (self.groups[rng.random_range(0..2)], self.user(&mut rng));
            let node = self.nodes.choose(&mut rng).unwrap();
            match rng.random_range(0..20) {
                0..7 => self.send(node, self.draft(&mut rng)).await,
                7..11 => self.send_again(&mut rng).await,
                11..13 => self.race_one_id(&mut rng).await,
                13..15 => self.send_many(node, &mut rng).await,
                15..18 => drop(node.join(user, group).await),
                18 => drop(node.leave(user, group).await),
                _ => drop(node.kick(self.user(&mut rng), user, group).await),
            }
        }
    }

    fn user(&self, rng: &mut StdRng) -> UserId {
        *self.users.choose(rng).unwrap()
    }

    fn draft(&self, rng: &mut StdRng) -> Draft {
        let target = match rng.random_range(0..3) {
            0 => Target::User(self.user(rng)),
            group => Target::Group(self.groups[group - 1]),
        };
        let text = format!("{}", rng.random::<u32>());
        Draft { target, ..support::to(self.user(rng), UserId(0), &text) }
    }

    fn note(&self, draft: Draft, outcome: Outcome) {
        self.answers.lock().unwrap().push((draft, outcome));
    }

    async fn send(&self, node: &Append, draft: Draft) {
        let outcome = node.send(draft.clone()).await;
        self.note(draft, outcome);
    }

    /// What somebody sent before, through all nodes at once.
    async fn send_again(&self, rng: &mut StdRng) {
        let sent = self.answers.lock().unwrap().choose(rng).map(|(draft, _)| draft.clone());
        let Some(draft) = sent else { return };
        join_all(self.nodes.iter().map(|node| self.send(node, draft.clone()))).await;
    }

    /// One id for two messages, in two conversations or one, at the same time.
    async fn race_one_id(&self, rng: &mut StdRng) {
        let one = self.draft(rng);
        let mut other = self.draft(rng);
        other.sender_id = one.sender_id;
        other.client_message_id = one.client_message_id;
        let last = self.nodes.last().unwrap();
        tokio::join!(self.send(&self.nodes[0], one), self.send(last, other));
    }

    /// A batch, with drafts among them that cannot be stored.
    async fn send_many(&self, node: &Append, rng: &mut StdRng) {
        let mut drafts: Vec<Draft> = (0..rng.random_range(2..20)).map(|_| self.draft(rng)).collect();
        drafts[0].target = Target::User(UserId(999_999));
        drafts[1].content = "x".repeat(70_000);
        let outcomes = node.append(drafts.clone()).await;
        assert_eq!(outcomes.len(), drafts.len());
        assert!(outcomes[0].is_err() && outcomes[1].is_err());
        drafts.into_iter().zip(outcomes).for_each(|(draft, outcome)| self.note(draft, outcome));
    }

    /// Checks every conversation, and gives their logs.
    async fn check(&self, bench: &Bench) -> Vec<(ConversationId, Vec<StoredMessage>)> {
        let mut logs = Vec::new();
        let mut conn = bench.db.read().await.unwrap();
        for group in self.groups {
            let conversation = conversations::find_group(&mut conn, group).await.unwrap().unwrap();
            logs.push((conversation, bench.log(conversation.id).await));
        }
        for (n, a) in self.users.iter().enumerate() {
            for b in &self.users[n..] {
                if let Some(pair) = conversations::find_pair(&mut conn, *a, *b).await.unwrap() {
                    logs.push((pair, bench.log(pair.id).await));
                }
            }
        }
        for (conversation, log) in &logs {
            let seqs: Vec<Seq> = log.iter().map(|entry| entry.seq).collect();
            assert_eq!(seqs, (1..=conversation.last_seq).collect::<Vec<_>>(), "1..n, no gap, no repeat");
            assert!(log.is_sorted_by_key(|entry| entry.created_at), "time does not run backwards");
        }
        for group in self.groups {
            self.check_members(bench, group).await;
        }
        let logs: Vec<_> = logs.into_iter().map(|(conversation, log)| (conversation.id, log)).collect();
        self.check_answers(&logs);
        logs
    }

    async fn check_members(&self, bench: &Bench, group: GroupId) {
        let mut conn = bench.db.read().await.unwrap();
        let conversation = conversations::find_group(&mut conn, group).await.unwrap().unwrap();
        let replay = Replay::of(&bench.log(conversation.id).await, &self.promoted[&group]);
        let listed = members::list(&mut conn, group).await.unwrap();
        let listed: BTreeMap<_, _> = listed.into_iter().map(|m| (m.user_id, (m.role, m.joined_seq))).collect();
        assert_eq!(listed, replay.members, "the table says what the log says");
        assert_eq!(conversation.members_version, replay.version);
        let found = groups::find(&mut conn, group).await.unwrap().unwrap();
        assert_eq!(found.closed_at.is_some(), replay.closed);
        if !replay.closed {
            assert_eq!(Some(found.owner_id), replay.owner);
        }
    }

    fn check_answers(&self, logs: &[(ConversationId, Vec<StoredMessage>)]) {
        let rows = logs.iter().flat_map(|(_, log)| log);
        let mut stored: HashMap<(UserId, Uuid), &StoredMessage> = HashMap::new();
        for row in rows {
            let before = stored.insert((row.sender_id, row.client_message_id), row);
            assert!(before.is_none(), "one id, one row");
        }
        let answers = self.answers.lock().unwrap();
        let mut answered: HashSet<(UserId, Uuid)> = HashSet::new();
        for (draft, outcome) in answers.iter() {
            let id = (draft.sender_id, draft.client_message_id);
            let row = stored.get(&id);
            match outcome {
                Ok(place) => {
                    let row = row.expect("what was acked is stored");
                    assert_eq!(*place, place_of(row), "one answer an id");
                    assert!(is_of(row, draft), "what was acked is what was sent");
                    answered.insert(id);
                }
                Err(refusal) if refusal.code == Code::IdReused => {
                    assert!(!is_of(row.expect("reused: there is another"), draft));
                }
                Err(refusal) => {
                    assert_ne!(refusal.code, Code::Unavailable, "no batch gave up");
                }
            }
        }
        for (id, row) in &stored {
            if row.message_type == "text" {
                assert!(answered.contains(id), "what is stored was acked: {row:?}");
            }
        }
    }

    /// Every entry was published to those it concerns, with a version that is none too old.
    async fn check_published(&self, bus: &KeepingBus, logs: &[(ConversationId, Vec<StoredMessage>)]) {
        let entries: usize = logs.iter().map(|(_, log)| log.len()).sum();
        testkit::eventually("every entry on the bus", async || {
            let seen = bus.all().into_iter().map(|(_, e)| (e.header.conversation_id, e.header.seq));
            (seen.collect::<BTreeSet<_>>().len() == entries).then_some(())
        })
        .await;
        for group in self.groups {
            let (_, log) = logs.iter().find(|(_, log)| log[0].group_id == Some(group)).unwrap();
            let replay = Replay::of(log, &self.promoted[&group]);
            for envelope in bus.on(Topic::Group(group)) {
                let header = envelope.header;
                let version = replay.version_at[&header.seq];
                match header.change {
                    Change::None => assert!(header.members_version >= version),
                    _ => assert_eq!(header.members_version, version, "a change makes its own version"),
                }
            }
        }
    }
}

fn place_of(row: &StoredMessage) -> Stored {
    Stored {
        message_id: row.id,
        conversation_id: row.conversation_id,
        seq: row.seq,
        created_at: row.created_at,
    }
}

fn is_of(row: &StoredMessage, draft: &Draft) -> bool {
    let target = row.receiver_id.map(Target::User).or(row.group_id.map(Target::Group));
    (target, row.content.as_str(), row.message_type.as_str())
        == (Some(draft.target), draft.content.as_str(), draft.message_type.as_str())
}
