//! Whatever is sent, repeated, joined, left and removed at the same time, through two api nodes with pools and
//! lanes of their own and with pauses in the worst places: each conversation's log is 1..n, each id has one
//! answer, and the members are those that the log says.

use crate::support::bus::KeepingBus;
use crate::support::replay::Replay;
use crate::support::{Bench, into};
use crate::world::{World, now_and_then};
use api::append::Hooks;
use api::store::messages::StoredMessage;
use futures_util::future::join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;
use shared::error::Code;
use shared::ids::{ConversationId, UserId};
use std::collections::BTreeSet;

const SEEDS: [u64; 4] = [1, 2, 3, 4];
/// How many people do something at the same time.
const ACTORS: usize = 8;

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
        self.changes +=
            logs.iter().flat_map(|(_, log)| log).filter(|entry| entry.message_type != "text").count();
        for (n, group) in world.groups.iter().enumerate() {
            let (_, log) = logs.iter().find(|(_, log)| log[0].group_id == Some(*group)).unwrap();
            self.handed_over +=
                usize::from(Replay::of(log, &world.promoted[group]).owner != Some(world.users[n]));
        }
    }

    fn check(&self) {
        eprintln!("{self:?}");
        let least = [self.repeats, self.reused, self.strangers, self.changes / 4, self.handed_over * 20];
        assert!(least.iter().all(|count| *count >= 20), "too little happened: {self:?}");
    }
}

/// Everybody at one conversation, through many nodes: each waits for the lock, and none loses a race for a place
/// again and again until it gives up.
async fn one_hot_conversation_fails_nobody(bench: Bench) {
    let bus = KeepingBus::new();
    let append = bench.append(&bus);
    let users: [UserId; 6] = bench.users().await;
    let group = append.create_group(users[0], "hot", "").await.unwrap();
    for user in &users[1..] {
        append.join(*user, group).await.unwrap();
    }
    let nodes = if bench.is_sqlite() { 1 } else { 6 };
    let hooks = || Hooks { before_commit: Some(now_and_then(7)), ..Hooks::default() };
    let nodes: Vec<_> = (0..nodes).map(|_| bench.append_with(bench.db.clone(), &bus, hooks())).collect();
    let talkers = (0..24).map(|n| {
        let (node, user) = (&nodes[n % nodes.len()], users[n % 6]);
        async move {
            for _ in 0..20 {
                node.send(into(user, group, "hot")).await.unwrap();
            }
        }
    });
    join_all(talkers).await;
    let log = bench.log(bench.group_conversation(group).await).await;
    assert_eq!(log.len(), 24 * 20 + users.len());
    bench.finish().await;
}

on_both_engines!(any_interleaving_keeps_the_log_whole, one_hot_conversation_fails_nobody);
