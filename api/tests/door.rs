//! What gateways are told when they ask, and what becomes of read marks, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[macro_use]
mod support;

use api::append::Append;
use api::door::Door;
use api::reads::Reads;
use api::store::{epoch, reads};
use bytes::Bytes;
use shared::door::{
    AttachQuestion, EntriesQuestion, ReadMark, RosterQuestion, Seat, SessionState, SumQuestion, WatchQuestion,
};
use shared::envelope::{Change, Envelope, Kind};
use shared::event::{ServerEvent, Status};
use shared::ids::{ConversationId, GroupId, Seq, SessionId, UserId};
use shared::topic::Topic;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use support::bus::{KeepingBus, entry};
use support::{Bench, into, to};
use testkit::eventually;
use tokio::time::Instant;

struct Node {
    bench: Bench,
    bus: Arc<KeepingBus>,
    append: Append,
    door: Door,
}

impl Node {
    fn on(bench: Bench) -> Self {
        let bus = KeepingBus::new();
        let append = bench.append(&bus);
        let reads =
            Reads::start(bench.db.clone(), bus.clone(), bench.clock.clone(), &bench.tasks, &bench.stop);
        let door = Door::new(bench.db.clone(), reads);
        Self { bench, bus, append, door }
    }

    async fn read_seq(&self, conversation: ConversationId, user: UserId) -> Seq {
        reads::find(&mut self.bench.db.read().await.unwrap(), conversation, user).await.unwrap()
    }

    /// Everything of a kind that was published, but entries.
    fn read_events(&self, topic: Topic) -> Vec<(UserId, ConversationId, Seq)> {
        let envelopes = self.bus.on(topic).into_iter().filter(|e| e.header.kind == Kind::Ephemeral);
        envelopes
            .map(|envelope| match serde_json::from_slice(&envelope.body).unwrap() {
                ServerEvent::Read { user_id, conversation_id, seq } => {
                    assert_eq!((envelope.header.seq, envelope.header.subject_id), (0, user_id));
                    (user_id, conversation_id, seq)
                }
                other => panic!("not a read event: {other:?}"),
            })
            .collect()
    }
}

async fn attaching_tells_sessions_groups_and_heads(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob, carol, gone] = node.bench.users().await;
    let pair = node.append.send(to(alice, bob, "hi")).await.unwrap().conversation_id;
    node.append.send(to(bob, alice, "hello")).await.unwrap();
    let group = node.append.create_group(carol, "book club", "").await.unwrap();
    node.append.join(alice, group).await.unwrap();
    node.append.send(into(carol, group, "welcome")).await.unwrap();
    let talk = node.bench.group_conversation(group).await;
    let (alices, bobs, ended, gones) = (
        node.bench.session(alice).await,
        node.bench.session(bob).await,
        node.bench.session(bob).await,
        node.bench.session(gone).await,
    );
    node.bench.end_session(ended).await;
    node.bench.close_account(gone).await;
    let epoch = epoch::epoch(&mut node.bench.db.read().await.unwrap()).await.unwrap();

    let questions = [
        (alice, alices),
        (bob, bobs),
        (bob, ended),
        (bob, alices),
        (gone, gones),
        (UserId(999_999), SessionId(999_999)),
        (alice, alices),
    ];
    let questions = questions.map(|(user_id, session_id)| AttachQuestion { user_id, session_id });
    let answers = node.door.attach(questions.into()).await.unwrap();
    let states: Vec<_> = answers.iter().map(|answer| answer.session).collect();
    let [live, over, closed] = [SessionState::Live, SessionState::Ended, SessionState::AccountClosed];
    assert_eq!(states, [live, live, over, over, closed, over, live], "another's session is no session");
    assert!(answers.iter().all(|answer| answer.epoch == epoch));
    let seat =
        Seat { group_id: group, conversation_id: talk, joined_seq: 2, members_version: 2, last_seq: 3 };
    assert_eq!(answers[0].groups, [seat]);
    assert_eq!(answers[0].heads, BTreeMap::from([(pair, [2, 0, 0]), (talk, [3, 2, 0])]));
    assert_eq!(answers[0].status, Status::Online);
    assert_eq!((answers[1].groups.len(), &answers[1].heads), (0, &BTreeMap::from([(pair, [2, 0, 0])])));
    for refused in &answers[2..6] {
        assert!(refused.groups.is_empty() && refused.heads.is_empty(), "nothing for who may not attach");
    }
    assert_eq!(answers[6], answers[0]);
    assert!(node.door.attach(Vec::new()).await.unwrap().is_empty());
}

async fn a_roster_names_the_members_among_the_asked(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob, carol] = node.bench.users().await;
    let group = node.append.create_group(alice, "book club", "").await.unwrap();
    let other = node.append.create_group(bob, "film club", "").await.unwrap();
    node.append.join(bob, group).await.unwrap();
    node.append.join(carol, group).await.unwrap();
    node.append.leave(carol, group).await.unwrap();
    let ask = |group_id, user_ids: &[UserId]| RosterQuestion { group_id, user_ids: user_ids.to_vec() };
    let everybody: Vec<_> = (1..=600).map(UserId).collect();
    let questions = vec![
        ask(group, &[carol, bob]),
        ask(GroupId(999_999), &[alice]),
        ask(other, &[]),
        ask(group, &everybody),
    ];
    let answers = node.door.rosters(questions).await.unwrap();
    let first = answers[0].as_ref().unwrap();
    assert_eq!(first.members, [(bob, 2)]);
    assert_eq!((first.members_version, first.last_seq), (4, 4));
    assert_eq!(first.conversation_id, node.bench.group_conversation(group).await);
    assert_eq!(answers[1], None);
    assert_eq!(answers[2].as_ref().unwrap().members, []);
    assert_eq!(answers[3].as_ref().unwrap().members, [(alice, 1), (bob, 2)]);
}

async fn entries_come_as_envelopes_with_the_present_version(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob] = node.bench.users().await;
    let group = node.append.create_group(alice, "book club", "").await.unwrap();
    for n in 2..=300 {
        node.append.send(into(alice, group, &n.to_string())).await.unwrap();
    }
    node.append.join(bob, group).await.unwrap();
    let talk = node.bench.group_conversation(group).await;
    let ask = |after, through| EntriesQuestion { conversation_id: talk, after, through };
    let decode = |bytes: Vec<Bytes>| {
        bytes.iter().map(|bytes| Envelope::decode(bytes).unwrap()).collect::<Vec<Envelope>>()
    };
    let found = decode(node.door.entries(ask(298, 301)).await.unwrap());
    let seqs: Vec<_> = found.iter().map(|envelope| envelope.header.seq).collect();
    assert_eq!(seqs, [299, 300, 301]);
    for envelope in &found {
        let header = envelope.header;
        assert_eq!((header.kind, header.change, header.members_version), (Kind::Entry, Change::None, 2));
        assert_eq!((header.conversation_id, entry(envelope).seq), (talk, header.seq));
    }
    let live = node.bus.on(Topic::Group(group)).into_iter().find(|e| e.header.seq == 299).unwrap();
    assert_eq!(found[0].body, live.body, "the same as it was live");
    let most = decode(node.door.entries(ask(0, 1_000)).await.unwrap());
    assert_eq!((most.len(), most[255].header.seq), (256, 256));
    assert!(node.door.entries(ask(301, 400)).await.unwrap().is_empty());
    let nowhere = EntriesQuestion { conversation_id: ConversationId(999_999), after: 0, through: 9 };
    assert!(node.door.entries(nowhere).await.unwrap().is_empty());
}

async fn heads_are_told_where_the_sum_differs(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob, carol] = node.bench.users().await;
    let pair = node.append.send(to(alice, bob, "hi")).await.unwrap().conversation_id;
    let group = node.append.create_group(alice, "book club", "").await.unwrap();
    node.append.send(into(alice, group, "me")).await.unwrap();
    let talk = node.bench.group_conversation(group).await;
    let ask = |user_id, sum| SumQuestion { user_id, sum };
    let questions = vec![ask(alice, 3), ask(alice, 2), ask(bob, 1), ask(carol, 0), ask(carol, 5)];
    let answers = node.door.sums(questions).await.unwrap();
    assert_eq!(
        answers,
        [
            None,
            Some(BTreeMap::from([(pair, [1, 0, 0]), (talk, [2, 1, 0])])),
            None,
            None,
            Some(BTreeMap::new()),
        ]
    );
}

async fn a_mark_moves_the_cursor_and_tells_both_sides(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob] = node.bench.users().await;
    let pair = node.append.send(to(alice, bob, "1")).await.unwrap().conversation_id;
    for text in ["2", "3"] {
        node.append.send(to(alice, bob, text)).await.unwrap();
    }
    let mark = |seq| ReadMark { user_id: bob, conversation_id: pair, seq };
    let start = Instant::now();
    node.door.read(vec![mark(1)]).await.unwrap();
    eventually("the first mark", async || (node.read_seq(pair, bob).await == 1).then_some(())).await;
    assert!(start.elapsed() < Duration::from_millis(900), "at once");
    for seq in [2, 99, 1] {
        node.door.read(vec![mark(seq)]).await.unwrap();
    }
    eventually("the others", async || (node.read_seq(pair, bob).await == 3).then_some(())).await;
    assert!(start.elapsed() >= Duration::from_millis(900), "not before the second was over");
    for topic in [Topic::User(alice), Topic::User(bob)] {
        let events = eventually("both events", async || {
            let events = node.read_events(topic);
            (events.len() == 2).then_some(events)
        });
        assert_eq!(
            events.await,
            [(bob, pair, 1), (bob, pair, 3)],
            "one write for three marks, none past the head"
        );
    }
    node.bench.finish().await;
    assert!(node.door.read(vec![mark(3)]).await.is_err(), "a node that stopped takes no marks");
}

async fn marks_count_only_where_one_may_read(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob, carol, dave] = node.bench.users().await;
    let pair = node.append.send(to(alice, bob, "hi")).await.unwrap().conversation_id;
    let group = node.append.create_group(alice, "book club", "").await.unwrap();
    for user in [bob, carol] {
        node.append.join(user, group).await.unwrap();
    }
    node.append.leave(carol, group).await.unwrap();
    node.append.send(into(alice, group, "hi")).await.unwrap();
    let talk = node.bench.group_conversation(group).await;
    let mark = |user_id, conversation_id| ReadMark { user_id, conversation_id, seq: 50 };
    let marks = vec![
        mark(carol, pair),
        mark(dave, talk),
        mark(carol, talk),
        mark(dave, ConversationId(999_999)),
        mark(alice, pair),
        mark(bob, talk),
        ReadMark { seq: -3, ..mark(bob, pair) },
    ];
    node.door.read(marks).await.unwrap();
    // Stopping writes what is left, so afterwards everything is decided.
    node.bench.finish().await;
    assert_eq!((node.read_seq(pair, alice).await, node.read_seq(talk, bob).await), (1, 5));
    assert_eq!((node.read_seq(pair, carol).await, node.read_seq(talk, dave).await), (0, 0));
    assert_eq!((node.read_seq(pair, bob).await, node.read_seq(talk, carol).await), (0, 3));
    let heard: BTreeSet<_> = node.read_events(Topic::User(bob)).into_iter().collect();
    assert_eq!(heard, BTreeSet::from([(alice, pair, 1), (bob, talk, 5)]));
    assert_eq!(node.read_events(Topic::User(alice)), [(alice, pair, 1)], "groups do not hear who read");
    assert!(node.read_events(Topic::Group(group)).is_empty());
}

async fn stopping_writes_the_marks_that_waited(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob] = node.bench.users().await;
    let pair = node.append.send(to(alice, bob, "1")).await.unwrap().conversation_id;
    node.append.send(to(alice, bob, "2")).await.unwrap();
    let mark = |seq| ReadMark { user_id: bob, conversation_id: pair, seq };
    node.door.read(vec![mark(1)]).await.unwrap();
    eventually("the first mark", async || (node.read_seq(pair, bob).await == 1).then_some(())).await;
    node.door.read(vec![mark(2)]).await.unwrap();
    let start = Instant::now();
    node.bench.finish().await;
    assert!(start.elapsed() < Duration::from_millis(900), "without waiting for the second to end");
    assert_eq!(node.read_seq(pair, bob).await, 2);
}

async fn one_watches_and_types_to_those_one_talks_with(bench: Bench) {
    let node = Node::on(bench);
    let [alice, bob, carol, dave, stranger] = node.bench.users().await;
    node.append.send(to(bob, alice, "hi")).await.unwrap();
    node.append.send(to(alice, dave, "hi")).await.unwrap();
    node.bench.close_account(dave).await;
    let group = node.append.create_group(carol, "book club", "").await.unwrap();
    node.append.join(alice, group).await.unwrap();
    let asked: Vec<_> = [bob, carol, dave, stranger, bob].into();
    let found = node.door.watchable(WatchQuestion { user_id: alice, user_ids: asked }).await.unwrap();
    let found: BTreeSet<_> = found.into_iter().map(|(user, status)| (user, status.as_str())).collect();
    assert_eq!(found, BTreeSet::from([(bob, "online"), (carol, "online")]));
    let many = (1..=1_000).map(|n| UserId(stranger.0 + n)).collect();
    assert!(node.door.watchable(WatchQuestion { user_id: alice, user_ids: many }).await.unwrap().is_empty());
    for (user, peer, may) in [
        (alice, bob, true),
        (bob, alice, true),
        (alice, carol, false),
        (alice, dave, false),
        (bob, stranger, false),
    ] {
        assert_eq!(node.door.may_type(user, peer).await.unwrap(), may, "{user} to {peer}");
    }
}

on_both_engines!(
    attaching_tells_sessions_groups_and_heads,
    a_roster_names_the_members_among_the_asked,
    entries_come_as_envelopes_with_the_present_version,
    heads_are_told_where_the_sum_differs,
    a_mark_moves_the_cursor_and_tells_both_sides,
    marks_count_only_where_one_may_read,
    stopping_writes_the_marks_that_waited,
    one_watches_and_types_to_those_one_talks_with,
);
