//! `kill -9` in the middle of a thousand sends, and a start on the same folder: what was acknowledged is there,
//! once and in order, what was not is sent again with its id, and everybody sees the same.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

use serde_json::Value;
use std::collections::BTreeMap;
use testkit::people::{Connection, Group, Person};
use testkit::process::Program;
use uuid::Uuid;

const SENDS_EACH: usize = 334;

/// What one person sent: by id, the text, and the place once it was acknowledged.
type Sent = BTreeMap<Uuid, (String, Option<i64>)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_doubled_or_reordered_by_a_kill_between_the_first_and_the_last_ack() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::at(env!("CARGO_BIN_EXE_im-tt"))
        .env("DATA_DIR", folder.path())
        .env("BCRYPT_COST", "4")
        .env("RATE_LIMITS", "off");
    let mut process = program.start().await;
    let server = process.server();
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let carol = server.register("carol").await;
    let group = alice.create_group("three").await;
    bob.join(group).await;
    carol.join(group).await;

    let mut senders = Vec::new();
    for person in [&alice, &bob, &carol] {
        senders.push(tokio::spawn(send_until_cut(person.connect().await, group, person.username.clone())));
    }
    // Somebody else watches how far the log has come, and the blow falls in the middle.
    let mut watcher = alice.connect().await;
    watcher.expect("the log in full swing", |event| event["seq"].as_i64() >= Some(200)).await;
    process.kill().await;
    let mut sent = Vec::new();
    for sender in senders {
        sent.push(sender.await.unwrap());
    }
    let acked: usize = sent.iter().map(|sent| sent.values().filter(|(_, seq)| seq.is_some()).count()).sum();
    assert!(acked > 0, "the premise: some were acknowledged before the kill");
    assert!(acked < 3 * SENDS_EACH, "the premise: some were not");

    let process = program.start().await;
    let server = process.server();
    let people = [server.log_in("alice").await, server.log_in("bob").await, server.log_in("carol").await];
    for (person, sent) in people.iter().zip(&mut sent) {
        send_the_rest(person, group, sent).await;
    }
    let log = people[0].history(group).await;
    let seqs: Vec<i64> = log.iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
    let all: Vec<i64> = (1..=3 + 3 * SENDS_EACH as i64).collect();
    assert!(seqs == all, "1 to n, three who joined and every send once: {seqs:?}");
    let places: BTreeMap<Uuid, i64> =
        log.iter().map(|entry| (id_of(entry), entry["seq"].as_i64().unwrap())).collect();
    for sent in &sent {
        for (id, (text, seq)) in sent {
            assert_eq!(places.get(id).copied(), *seq, "{text} is where its ack said");
        }
    }
    for (person, sent) in people.iter().zip(&sent) {
        let own =
            log.iter().filter(|entry| entry["message_type"] == "text" && entry["sender_id"] == person.id);
        assert_eq!(own.count(), sent.len(), "{} once each", person.username);
    }
    // Bob and Carol joined later than Alice: they see the same from their joining on.
    for person in &people {
        let theirs = faces(&person.history(group).await);
        assert!(faces(&log).ends_with(&theirs), "{} sees the same", person.username);
        let heads = &person.connect().await.ready["heads"][log[0]["conversation_id"].to_string()];
        assert_eq!(heads[0], log.len(), "{} is told how far the log has come", person.username);
    }
}

/// What everybody sees alike of an entry; whether it is read is each one's own.
fn faces(log: &[Value]) -> Vec<(i64, Uuid, String)> {
    log.iter()
        .map(|entry| (entry["seq"].as_i64().unwrap(), id_of(entry), entry["content"].to_string()))
        .collect()
}

fn id_of(entry: &Value) -> Uuid {
    entry["client_message_id"].as_str().unwrap().parse().unwrap()
}

/// Sends in bursts, takes acks, and goes on until all are acknowledged or the line is cut.
async fn send_until_cut(mut connection: Connection, group: Group, who: String) -> Sent {
    let mut sent = Sent::new();
    for nth in 0..SENDS_EACH {
        let id = Uuid::now_v7();
        let text = format!("{who} {nth}");
        sent.insert(id, (text.clone(), None));
        if !connection.try_say_as(group, &text, id).await {
            break;
        }
        if nth % 10 == 9 && !take_acks(&mut connection, &mut sent, nth + 1).await {
            break;
        }
    }
    // Those that were never tried are part of the thousand all the same.
    for nth in sent.len()..SENDS_EACH {
        sent.insert(Uuid::now_v7(), (format!("{who} {nth}"), None));
    }
    sent
}

/// Takes events until `count` acks are there; `false` when the line is cut first.
async fn take_acks(connection: &mut Connection, sent: &mut Sent, count: usize) -> bool {
    while sent.values().filter(|(_, seq)| seq.is_some()).count() < count {
        let Some(event) = connection.next_or_end().await else { return false };
        if event["event_type"] == "ack" {
            let place = sent.get_mut(&id_of(&event)).unwrap();
            place.1 = Some(event["seq"].as_i64().unwrap());
        }
    }
    true
}

/// Sends again, with the same ids, what has no ack; and checks that a repeat of the rest gets the same place.
async fn send_the_rest(person: &Person, group: Group, sent: &mut Sent) {
    for (id, (text, seq)) in sent {
        let answer = person.send_as(group, text, *id).await.expect_status(200);
        let place = answer["message"]["seq"].as_i64().unwrap();
        assert!(
            seq.is_none_or(|acked| acked == place),
            "{text} was acknowledged at {seq:?} and is at {place}"
        );
        *seq = Some(place);
    }
}
