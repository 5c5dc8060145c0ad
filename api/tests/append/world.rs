//! People, two groups and one or two nodes: what they all do at the same time.

use crate::support::bus::KeepingBus;
use crate::support::{Bench, START, to};
use api::append::{Append, Hooks, Pause};
use api::store::members::Role;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use shared::door::Outcome;
use shared::draft::{Draft, Target};
use shared::ids::{GroupId, Seq, UserId};
use shared::time::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How much one person does.
const STEPS: usize = 80;

/// What each draft was answered, however often it was sent.
pub type Answers = Mutex<Vec<(Draft, Outcome)>>;

pub struct World {
    pub nodes: Vec<Append>,
    pub users: [UserId; 6],
    pub groups: [GroupId; 2],
    /// Admins from the beginning: after which entry of their group.
    pub promoted: HashMap<GroupId, Vec<(Seq, UserId)>>,
    pub answers: Answers,
}

/// Waits up to 3 ms, or not at all.
pub fn now_and_then(seed: u64) -> Pause {
    let rng = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
    Arc::new(move |_| {
        let pause = rng.lock().unwrap().random_range(0..6_000_u64).saturating_sub(3_000);
        Box::pin(tokio::time::sleep(Duration::from_micros(pause)))
    })
}

impl World {
    pub async fn new(bench: &Bench, bus: &Arc<KeepingBus>, seed: u64) -> Self {
        // SQLite is one node's alone.
        let mut dbs = vec![bench.db.clone()];
        if !bench.is_sqlite() {
            dbs.push(bench.second_db().await);
        }
        let hooks = || Hooks {
            before_commit: Some(now_and_then(seed)),
            before_publish: Some(now_and_then(seed + 1)),
        };
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

    /// One person's evening. Membership answers are not noted: the log is checked by replay.
    pub async fn act(&self, mut rng: StdRng) {
        for _ in 0..STEPS {
            let (group, user) = (self.groups[rng.random_range(0..2)], self.user(&mut rng));
            let node = self.nodes.choose(&mut rng).unwrap();
            match rng.random_range(0..20) {
                0..7 => drop(self.send(node, self.draft(&mut rng)).await),
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
        Draft { target, ..to(self.user(rng), UserId(0), &text) }
    }

    fn note(&self, draft: Draft, outcome: Outcome) {
        self.answers.lock().unwrap().push((draft, outcome));
    }

    async fn send(&self, node: &Append, draft: Draft) -> Outcome {
        let outcome = node.send(draft.clone()).await;
        self.note(draft, outcome);
        outcome
    }

    /// What somebody sent before, through all nodes at once. Once it was acked it is acked for ever, whoever
    /// was removed in between.
    async fn send_again(&self, rng: &mut StdRng) {
        let sent = self.answers.lock().unwrap().choose(rng).cloned();
        let Some((draft, before)) = sent else { return };
        let again = |node| self.send(node, draft.clone());
        for outcome in join_all(self.nodes.iter().map(again)).await {
            assert!(before.is_err() || outcome == before, "{before:?}, and then {outcome:?}");
        }
    }

    /// One id for two messages, in two conversations or one, at the same time.
    async fn race_one_id(&self, rng: &mut StdRng) {
        let one = self.draft(rng);
        let mut other = self.draft(rng);
        other.sender_id = one.sender_id;
        other.client_message_id = one.client_message_id;
        let last = self.nodes.last().unwrap();
        let (_, _) = tokio::join!(self.send(&self.nodes[0], one), self.send(last, other));
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
}
