//! I7: a client shows each entry once, in order, and a hole that it can see is filled in time. I10: what it has never
//! goes back, and no gateway tells it of a log that is shorter than what was acked before it came.

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::{Change, ClientId, ConnectionId, Head, Key, Micros, Via, What};
use std::collections::{HashMap, HashSet};

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    for ((client, conv), renders) in &facts.renders {
        verdict.counts.deliveries += renders.len() as u64;
        ascending(facts, verdict, (*client, *conv), renders);
    }
    duplicates(facts, verdict);
    holes_are_filled(facts, verdict);
    heads_hold(facts, verdict);
}

fn ascending(
    facts: &Facts<'_>,
    verdict: &mut Verdict,
    (client, conv): (ClientId, i64),
    renders: &[(i64, Micros)],
) {
    let user = facts.user(client);
    let stays = facts.stays_of(user, conv);
    let direct = matches!(facts.keys.get(&conv), Some(Key::Pair(..)));
    let mut last = 0;
    for (seq, at) in renders {
        let about = (Some(client), Some(conv));
        if *seq <= last {
            let says = format!("client {client} shows {seq} of conversation {conv} after {last}");
            verdict.wrong_for(if *seq == last { "I7" } else { "I10" }, *at, about, says);
        }
        // Whoever joins, for the first time or again, begins with that entry; anybody else misses what is between.
        let begins = stays.iter().any(|stay| stay.from == *seq) || (direct && last == 0 && *seq == 1);
        if *seq > last + 1 && !begins {
            let says = format!("client {client} shows {seq} of conversation {conv} right after {last}");
            verdict.wrong_for("I7", *at, about, says);
        }
        last = last.max(*seq);
    }
}

fn duplicates(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut met: HashSet<(ClientId, i64, i64)> = HashSet::new();
    facts.each_recv(|_, client, seen, via, _| {
        verdict.counts.live += u64::from(via == Via::Live);
        if !met.insert((client, seen.conv, seen.seq)) {
            verdict.counts.wire_duplicates += 1;
        }
    });
}

fn holes_are_filled(facts: &Facts<'_>, verdict: &mut Verdict) {
    // The highest place shown so far, and the first entry that waits beyond a hole, of each client and conversation.
    let mut shown: HashMap<(ClientId, i64), i64> = HashMap::new();
    let mut waits: HashMap<(ClientId, i64), (i64, Micros)> = HashMap::new();
    let mut wrong = Vec::new();
    let mut over = |facts: &Facts<'_>, who: (ClientId, i64), (seq, since): (i64, Micros), at: Micros| {
        let due = facts.due(since, facts.rules.gap);
        if at > due && facts.attends(who.0, since, due) && is_still_theirs(facts, who, seq, due) {
            wrong.push((who, seq, since, at));
        }
    };
    for event in facts.events {
        match &event.what {
            What::Recv { client, seen, via: Via::Live, .. } => {
                let who = (*client, seen.conv);
                if seen.seq > shown.get(&who).copied().unwrap_or(0) {
                    waits.entry(who).or_insert((seen.seq, event.at));
                }
            }
            What::Render { client, conv, seq } => {
                let who = (*client, *conv);
                shown.insert(who, *seq);
                if let Some(waited) = waits.get(&who).copied().filter(|(waits_for, _)| seq >= waits_for) {
                    over(facts, who, waited, event.at);
                    waits.remove(&who);
                }
            }
            _ => {}
        }
    }
    waits.into_iter().for_each(|(who, waited)| over(facts, who, waited, facts.end));
    for ((client, conv), seq, since, at) in wrong {
        let says = format!(
            "client {client} got {seq} of conversation {conv} and showed it {:.3} s later at the earliest",
            (at - since) as f64 / 1e6
        );
        verdict.wrong_for("I7", at, (Some(client), Some(conv)), says);
    }
}

fn is_still_theirs(facts: &Facts<'_>, (client, conv): (ClientId, i64), seq: i64, until: Micros) -> bool {
    let user = facts.user(client);
    match facts.keys.get(&conv) {
        Some(Key::Group(group)) => {
            facts.readable(user, conv).is_some_and(|(from, _)| from <= seq)
                && !facts
                    .ops_on(user, *group)
                    .any(|op| op.asked <= until && op.done.is_none_or(|done| done > until))
        }
        _ => true,
    }
}

/// The highest acked place of a conversation at any time.
struct Acked(HashMap<i64, Vec<(Micros, i64)>>);

impl Acked {
    fn of(facts: &Facts<'_>) -> Self {
        let mut acked: HashMap<i64, Vec<(Micros, i64)>> = HashMap::new();
        let oks = facts.sends.values().filter_map(|sent| sent.oks.first());
        oks.for_each(|ok| acked.entry(ok.conv).or_default().push((ok.at, ok.seq)));
        for list in acked.values_mut() {
            list.sort_unstable();
            let mut highest = 0;
            for (_, seq) in list {
                highest = highest.max(*seq);
                *seq = highest;
            }
        }
        Self(acked)
    }

    fn before(&self, conv: i64, at: Micros) -> i64 {
        let Some(list) = self.0.get(&conv) else { return 0 };
        let place = list.partition_point(|(acked, _)| *acked < at);
        place.checked_sub(1).map_or(0, |place| list[place].1)
    }
}

fn heads_hold(facts: &Facts<'_>, verdict: &mut Verdict) {
    let acked = Acked::of(facts);
    for event in facts.events {
        if let What::Ready { client, connection, asked, heads, .. } = &event.what {
            ready_is_whole(facts, verdict, &acked, (*client, *connection, *asked, event.at), heads);
        }
    }
}

fn ready_is_whole(
    facts: &Facts<'_>,
    verdict: &mut Verdict,
    acked: &Acked,
    (client, connection, asked, at): (ClientId, ConnectionId, Micros, Micros),
    heads: &[Head],
) {
    let user = facts.user(client);
    let listed: HashMap<i64, i64> = heads.iter().map(|(conv, head)| (*conv, head[0])).collect();
    for (conv, key) in &facts.keys {
        let theirs = match key {
            Key::Pair(low, high) => user == *low || user == *high,
            Key::Group(group) => {
                let mut ops = facts.ops_on(user, *group).filter(|op| op.asked <= at);
                ops.next()
                    .is_some_and(|op| op.change == Change::Join && op.done.is_some_and(|done| done < asked))
                    && ops.next().is_none()
            }
        };
        let least = acked.before(*conv, asked);
        if !theirs || least == 0 {
            continue;
        }
        let told = listed.get(conv).copied();
        if told.is_none_or(|told| told < least) {
            let says = format!(
                "connection {connection} of client {client} was told {told:?} of conversation {conv}, where {least} was acked before it was begun",
            );
            verdict.wrong_for("I10", at, (Some(client), Some(*conv)), says);
        }
    }
}
