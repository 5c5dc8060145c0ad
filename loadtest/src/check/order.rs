//! I4: a conversation is 1, 2, 3… and a place holds one entry, whoever looks. I5: who has an answer before they send
//! the next message finds both in that order, and so do messages sent in one breath while none of them fails.

use super::facts::{Facts, Sent};
use super::verdict::Verdict;
use crate::history::{Key, Micros};
use std::collections::{BTreeMap, HashMap};

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    logs_are_whole(facts, verdict);
    places_are_one(facts, verdict);
    senders_keep_their_order(facts, verdict);
    bursts_keep_their_order(facts, verdict);
}

fn logs_are_whole(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut logs: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    for row in &facts.ending.messages {
        logs.entry(row.seen.conv).or_default().push((row.seen.seq, row.created_ms));
    }
    for (conv, head) in &facts.heads {
        let mut log = logs.remove(conv).unwrap_or_default();
        log.sort_unstable();
        let wrong = (1..).zip(&log).find(|(place, (seq, _))| place != seq);
        let about = (None, Some(*conv));
        if let Some((place, (seq, _))) = wrong {
            verdict.wrong_for(
                "I4",
                facts.end,
                about,
                format!("conversation {conv} has {seq} where {place} belongs"),
            );
        }
        if log.last().map_or(0, |(seq, _)| *seq) != *head {
            let says =
                format!("conversation {conv} says that it ends at {head}, and ends at {:?}", log.last());
            verdict.wrong_for("I4", facts.end, about, says);
        }
        if let Some(pair) = log.windows(2).find(|pair| pair[1].1 < pair[0].1) {
            verdict.wrong_for("I4", facts.end, about, format!("time runs backwards in {conv}: {pair:?}"));
        }
    }
    for conv in logs.keys() {
        verdict.wrong_for(
            "I4",
            facts.end,
            (None, Some(*conv)),
            format!("entries of no conversation: {conv}"),
        );
    }
}

fn places_are_one(facts: &Facts<'_>, verdict: &mut Verdict) {
    facts.each_recv(|at, client, seen, via, _| {
        let Some(row) = facts.rows.get(&(seen.conv, seen.seq)) else { return };
        if *row != seen {
            let says = format!("client {client} got {seen:?} ({via:?}), and stored is {row:?}");
            verdict.wrong_for("I4", at, (Some(client), Some(seen.conv)), says);
        }
    });
}

/// Where a message is, by its answer or by the database.
fn place_of(sent: &Sent, rows: &HashMap<(i64, uuid::Uuid), i64>, by: (i64, uuid::Uuid)) -> Option<i64> {
    sent.oks.first().map(|ok| ok.seq).or_else(|| rows.get(&by).copied())
}

fn senders_keep_their_order(facts: &Facts<'_>, verdict: &mut Verdict) {
    let rows = facts.rows.values().map(|row| ((row.sender, row.cmid), row.seq)).collect();
    let mut begun: HashMap<(i64, Key), Vec<(Micros, i64)>> = HashMap::new();
    let mut done: HashMap<(i64, Key), Vec<(Micros, i64)>> = HashMap::new();
    for (by, sent) in &facts.sends {
        let (Some(key), Some(first)) = (sent.key, sent.tries.first()) else { continue };
        let Some(seq) = place_of(sent, &rows, *by) else { continue };
        begun.entry((by.0, key)).or_default().push((first.at, seq));
        if let Some(ok) = sent.oks.iter().min_by_key(|ok| ok.at) {
            done.entry((by.0, key)).or_default().push((ok.at, seq));
        }
    }
    for (who, mut begun) in begun {
        let mut done = done.remove(&who).unwrap_or_default();
        begun.sort_unstable();
        done.sort_unstable();
        let (mut answered, mut highest) = (done.iter().peekable(), 0);
        for (at, seq) in begun {
            while let Some((_, done)) = answered.next_if(|(done_at, _)| *done_at < at) {
                highest = highest.max(*done);
            }
            if seq < highest {
                let says =
                    format!("user {} had {highest} of {:?} answered, and then sent {seq}", who.0, who.1);
                verdict.wrong("I5", at, says);
            }
        }
    }
}

fn bursts_keep_their_order(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut bursts: BTreeMap<u32, Vec<(Micros, Option<i64>)>> = BTreeMap::new();
    for sent in facts.sends.values() {
        let Some(first) = sent.tries.first().filter(|first| first.burst != 0) else { continue };
        // Sent again, or answered elsewhere: then the promise is off for the whole burst.
        let smooth =
            sent.tries.iter().filter(|again| again.at <= sent.oks.first().map_or(0, |ok| ok.at)).count() == 1;
        let ok = sent.oks.first().filter(|ok| smooth && ok.connection == first.connection);
        bursts.entry(first.burst).or_default().push((first.at, ok.map(|ok| ok.seq)));
    }
    for (burst, mut sent) in bursts {
        sent.sort_unstable();
        let seqs: Option<Vec<i64>> = sent.iter().map(|(_, seq)| *seq).collect();
        if let Some(seqs) = seqs.filter(|seqs| !seqs.is_sorted()) {
            verdict.wrong("I5", sent[0].0, format!("burst {burst} was sent in order and stored as {seqs:?}"));
        }
    }
}
