//! I1: what was acked is in the database and in everybody's history, as it was acked. I2: nothing is seen that nobody
//! sent, and nothing that was refused.

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::{Change, Key, Kind, Micros, Seen, UserHistory};
use std::collections::{BTreeMap, HashMap};

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    acked_is_stored(facts, verdict);
    stored_was_sent(facts, verdict);
    seen_was_sent(facts, verdict);
    for history in &facts.ending.histories {
        history_is_the_log(facts, verdict, history);
    }
    changes_are_asked_for(facts, verdict);
}

fn acked_is_stored(facts: &Facts<'_>, verdict: &mut Verdict) {
    let rows: HashMap<_, _> = facts.rows.values().map(|row| ((row.sender, row.cmid), *row)).collect();
    for (sent_by, sent) in &facts.sends {
        verdict.counts.tries += sent.tries.len() as u64;
        let Some(ok) = sent.oks.first() else { continue };
        verdict.counts.acked += 1;
        verdict.counts.repeats += sent.oks.len() as u64 - 1;
        let about = (Some(ok.client), Some(ok.conv));
        let place = (ok.conv, ok.seq, ok.id);
        match rows.get(sent_by) {
            None => {
                let says =
                    format!("{} of user {} was acked at {place:?} and is not stored", sent_by.1, sent_by.0);
                verdict.wrong_for("I1", ok.at, about, says);
            }
            Some(row) if (row.conv, row.seq, row.id) != place || row.hash != sent.hash => {
                let says =
                    format!("{} was acked at {place:?} with hash {:x} and is {row:?}", sent_by.1, sent.hash);
                verdict.wrong_for("I1", ok.at, about, says);
            }
            Some(row) if sent.key.is_some() && facts.keys.get(&row.conv) != sent.key.as_ref() => {
                let says =
                    format!("{} was for {:?} and is in {:?}", sent_by.1, sent.key, facts.keys.get(&row.conv));
                verdict.wrong_for("I1", ok.at, about, says);
            }
            Some(_) => {}
        }
    }
}

/// Why an entry may not be there.
fn unsent(facts: &Facts<'_>, seen: &Seen) -> Option<String> {
    if seen.kind != Kind::Text {
        return None;
    }
    match facts.sends.get(&(seen.sender, seen.cmid)) {
        None => Some("nobody sent it".to_owned()),
        Some(sent) if sent.hash != seen.hash => Some(format!("it was sent with hash {:x}", sent.hash)),
        Some(sent) if sent.surely_not_stored() => {
            Some("every try to send it was refused for good".to_owned())
        }
        Some(_) => None,
    }
}

fn stored_was_sent(facts: &Facts<'_>, verdict: &mut Verdict) {
    for row in &facts.ending.messages {
        if let Some(why) = unsent(facts, &row.seen) {
            let about = (None, Some(row.seen.conv));
            verdict.wrong_for("I2", facts.end, about, format!("{:?} is stored, but {why}", row.seen));
        }
    }
}

fn seen_was_sent(facts: &Facts<'_>, verdict: &mut Verdict) {
    facts.each_recv(|at, client, seen, via, _| {
        let about = (Some(client), Some(seen.conv));
        if let Some(why) = unsent(facts, seen) {
            verdict.wrong_for("I2", at, about, format!("client {client} got {seen:?} ({via:?}), but {why}"));
        }
        if !facts.rows.contains_key(&(seen.conv, seen.seq)) {
            verdict.wrong_for("I2", at, about, format!("client {client} got {seen:?}, which is not stored"));
        }
    });
}

/// A user's whole history, from any api node, is the log from where they may read it.
fn history_is_the_log(facts: &Facts<'_>, verdict: &mut Verdict, history: &UserHistory) {
    let UserHistory { user, api, conv, whole, entries } = history;
    let (from, through) = facts.readable(*user, *conv).unwrap_or((1, 0));
    let log = (from..=through).filter_map(|seq| facts.rows.get(&(*conv, seq)));
    let log: Vec<(i64, i64, u64)> = log.map(|row| (row.seq, row.id, row.hash)).collect();
    let same = match whole {
        true => *entries == log,
        false => log.ends_with(entries) && entries.is_empty() == log.is_empty(),
    };
    if !same {
        let differs = entries.iter().zip(&log).find(|(has, should)| has != should);
        let says = format!(
            "api {api} tells user {user} {} entries of conversation {conv}, and {} are theirs ({from} to {through}); \
             the first that differs: {differs:?}",
            entries.len(),
            log.len(),
        );
        verdict.wrong_for("I1", facts.end, (None, Some(*conv)), says);
    }
}

/// How often a change of members was asked for, confirmed, and stored.
#[derive(Default)]
struct Changes {
    asked: i64,
    done: i64,
    stored: i64,
    at: Micros,
}

/// A change of members that was answered is in the log, and none is there that nobody asked for.
fn changes_are_asked_for(facts: &Facts<'_>, verdict: &mut Verdict) {
    // By group, who did it, to whom, and whether it is a joining.
    let mut counts: BTreeMap<(i64, i64, i64, bool), Changes> = BTreeMap::new();
    for op in facts.ops.values() {
        let joins = op.change == Change::Join;
        let count = counts.entry((op.group, op.actor, op.subject, joins)).or_default();
        count.asked += i64::from(!op.refused);
        // Who is a member already joins in vain, and is told that all is well.
        count.done += i64::from(op.done.is_some() && !joins);
        count.at = op.asked;
        verdict.counts.member_changes += u64::from(op.done.is_some());
    }
    for row in &facts.ending.messages {
        let Some(Key::Group(group)) = facts.keys.get(&row.seen.conv) else { continue };
        let (subject, joins) = match row.seen.kind {
            Kind::Joined(user) => (user, true),
            Kind::Left(user) => (user, false),
            _ => continue,
        };
        counts.entry((*group, row.seen.sender, subject, joins)).or_default().stored += 1;
    }
    for ((group, actor, subject, joins), Changes { asked, done, stored, at }) in counts {
        let what = if joins { "joinings" } else { "leavings" };
        if stored > asked || stored < done {
            let says = format!(
                "{stored} {what} of {subject} in group {group} by {actor} are stored, of {asked} asked for and {done} confirmed",
            );
            verdict.wrong(if stored > asked { "I2" } else { "I1" }, at, says);
        }
    }
}
