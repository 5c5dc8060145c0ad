//! I9: who has an ack finds the message in the history of every api node. I11: unread is what others wrote beyond the
//! cursor, the same from every node, and a cursor is where it was put.

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::{Kind, Listed, ReadRow, What};
use std::collections::HashMap;

/// Unread is counted so far.
const MOST: i64 = 100;

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    for event in facts.events {
        if let What::OwnRead { client, conv, seq, api, found: false } = &event.what {
            let says = format!(
                "client {client} had {seq} of conversation {conv} acked, and api {api} does not have it"
            );
            verdict.wrong_for("I9", event.at, (Some(*client), Some(*conv)), says);
        }
    }
    let cursors: HashMap<(i64, i64), i64> = facts
        .ending
        .reads
        .iter()
        .map(|ReadRow { conv, user, read_seq }| ((*user, *conv), *read_seq))
        .collect();
    cursors_hold(facts, verdict, &cursors);
    facts.ending.lists.iter().for_each(|line| unread(facts, verdict, line, &cursors));
}

fn cursors_hold(facts: &Facts<'_>, verdict: &mut Verdict, cursors: &HashMap<(i64, i64), i64>) {
    for ((user, conv), read_seq) in cursors {
        let head = facts.heads.get(conv).copied().unwrap_or(0);
        if *read_seq > head {
            let says =
                format!("user {user} has read {read_seq} of conversation {conv}, which ends at {head}");
            verdict.wrong_for("I11", facts.end, (None, Some(*conv)), says);
        }
    }
    let Some(quiet) = facts.quiet else { return };
    let last = facts.events.iter().rev().take_while(|event| event.at >= quiet);
    for event in last {
        let What::ReadSent { client, conv, seq } = &event.what else { continue };
        let user = facts.user(*client);
        let stored = cursors.get(&(user, *conv)).copied().unwrap_or(0);
        if stored < *seq && facts.readable(user, *conv).is_some_and(|(_, head)| *seq <= head) {
            let says = format!(
                "client {client} has read {seq} of conversation {conv} at rest, and stored is {stored}"
            );
            verdict.wrong_for("I11", event.at, (Some(*client), Some(*conv)), says);
        }
    }
}

fn unread(facts: &Facts<'_>, verdict: &mut Verdict, line: &Listed, cursors: &HashMap<(i64, i64), i64>) {
    let Listed { user, api, conv, last_seq, read_seq, unread } = *line;
    let about = (None, Some(conv));
    let Some((from, head)) = facts.readable(user, conv) else {
        let says = format!("api {api} lists conversation {conv} for user {user}, who is not in it");
        return verdict.wrong_for("I8", facts.end, about, says);
    };
    let cursor = cursors.get(&(user, conv)).copied().unwrap_or(0);
    let others = ((cursor + 1).max(from)..=head).filter_map(|seq| facts.rows.get(&(conv, seq)));
    let others =
        others.filter(|row| row.kind == Kind::Text && row.sender != user).take(MOST as usize).count() as i64;
    if (last_seq, read_seq, unread) != (head, cursor, others) {
        let says = format!(
            "api {api} tells user {user} of conversation {conv}: head {last_seq}, read {read_seq}, unread {unread}; \
             and it is {head}, {cursor}, {others}",
        );
        verdict.wrong_for("I11", facts.end, about, says);
    }
}
