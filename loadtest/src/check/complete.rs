//! I6: when all has come to rest, every connected client has shown exactly what is its user's. And P4 on the way: what
//! was acked is with every connected member in time, faults and the healing after them allowed for.

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::{ClientId, Micros};
use std::collections::{BTreeSet, HashMap};

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    if let Some(quiet) = facts.quiet {
        at_rest(facts, verdict, quiet);
    }
    on_the_way(facts, verdict);
}

fn at_rest(facts: &Facts<'_>, verdict: &mut Verdict, quiet: Micros) {
    let by = quiet + facts.rules.quiet;
    for (client, user) in &facts.users {
        if !facts.attends(*client, quiet, by) {
            continue;
        }
        for conv in facts.keys.keys() {
            let Some((from, through)) = facts.readable(*user, *conv) else { continue };
            let renders = facts.renders.get(&(*client, *conv)).map_or(&[][..], Vec::as_slice);
            let shown: BTreeSet<i64> =
                renders.iter().filter(|(_, at)| *at <= by).map(|(seq, _)| *seq).collect();
            let missing: Vec<i64> = (from..=through).filter(|seq| !shown.contains(seq)).collect();
            if !missing.is_empty() {
                let says = format!(
                    "client {client} (user {user}) lacks {} entries of conversation {conv} at rest: {:?}…",
                    missing.len(),
                    &missing[..missing.len().min(8)],
                );
                verdict.wrong_for("I6", by, (Some(*client), Some(*conv)), says);
            }
        }
    }
}

fn on_the_way(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut clients: HashMap<i64, Vec<ClientId>> = HashMap::new();
    facts.users.iter().for_each(|(client, user)| clients.entry(*user).or_default().push(*client));
    let mut readers: HashMap<i64, Vec<i64>> = HashMap::new();
    for (user, conv) in facts.stays.keys() {
        readers.entry(*conv).or_default().push(*user);
    }
    for (conv, key) in &facts.keys {
        if let crate::history::Key::Pair(low, high) = key {
            readers.insert(*conv, if low == high { vec![*low] } else { vec![*low, *high] });
        }
    }
    let everyone =
        |conv: &i64| readers.get(conv).into_iter().flatten().filter_map(|user| clients.get(user)).flatten();
    for sent in facts.sends.values() {
        let Some(ok) = sent.oks.first() else { continue };
        let due = facts.due(ok.at, facts.rules.heal);
        if due > facts.end {
            continue;
        }
        for client in everyone(&ok.conv) {
            let user = facts.user(*client);
            if !is_theirs_until(facts, user, (ok.conv, ok.seq), due) || !facts.attends(*client, ok.at, due) {
                continue;
            }
            verdict.counts.timed += 1;
            let rendered = facts.rendered(*client, ok.conv, ok.seq);
            if rendered.is_none_or(|at| at > due) {
                let says = format!(
                    "client {client} (user {user}) had {} of conversation {} until {due} at the latest, and shows it: {rendered:?}",
                    ok.seq, ok.conv,
                );
                verdict.wrong_for("P4", due, (Some(*client), Some(ok.conv)), says);
            }
        }
    }
}

/// Whether the user may read the entry, and nobody began to take them out of the group before then.
fn is_theirs_until(facts: &Facts<'_>, user: i64, (conv, seq): (i64, i64), until: Micros) -> bool {
    let Some(crate::history::Key::Group(group)) = facts.keys.get(&conv) else {
        return facts.may_see(user, conv, seq);
    };
    let stays = facts.stays_of(user, conv);
    let Some(place) = stays.iter().position(|stay| stay.holds(seq)) else { return false };
    let present = place + 1 == stays.len() && stays[place].through.is_none();
    present
        || !facts
            .ops_on(user, *group)
            .any(|op| op.change != crate::history::Change::Join && op.asked <= until)
}
