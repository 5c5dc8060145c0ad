//! What must be true of a world afterwards, whatever happened in it.

use crate::support::Bench;
use crate::support::bus::KeepingBus;
use crate::support::replay::Replay;
use crate::world::World;
use api::store::messages::StoredMessage;
use api::store::{conversations, groups, members};
use shared::door::Stored;
use shared::draft::{Draft, Target};
use shared::envelope::Change;
use shared::error::Code;
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use shared::topic::Topic;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

impl World {
    /// Checks every conversation, and gives their logs.
    pub async fn check(&self, bench: &Bench) -> Vec<(ConversationId, Vec<StoredMessage>)> {
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
        let listed: BTreeMap<_, _> =
            listed.into_iter().map(|m| (m.user_id, (m.role, m.joined_seq))).collect();
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
    pub async fn check_published(&self, bus: &KeepingBus, logs: &[(ConversationId, Vec<StoredMessage>)]) {
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
