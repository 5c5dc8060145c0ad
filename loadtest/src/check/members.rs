//! I8: an entry reaches those alone who were members when it was written, over every path; and who is out hears nothing
//! more of the group, not who types and not who its members are.

use super::facts::{Facts, MemberOp};
use super::verdict::Verdict;
use crate::history::{Change, ClientId, Key, MemberRow, Micros, Seen, Via, What};
use std::collections::BTreeSet;

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    facts.each_recv(|at, client, seen, via, asked| entry(facts, verdict, (at, asked), client, seen, via));
    for event in facts.events {
        match &event.what {
            What::Typing { client, user, group: Some(group), .. } => {
                signal(facts, verdict, event.at, *client, *group, &format!("that {user} types"));
            }
            What::MembersAsked { client, group, asked, status: 200 } => {
                let user = facts.user(*client);
                if let Some(out) = out_since(facts, user, *group, *asked).filter(|out| out < asked) {
                    let says = format!(
                        "client {client} was out of group {group} since {out} and was given its members"
                    );
                    verdict.wrong_for("I8", event.at, (Some(*client), None), says);
                }
            }
            What::ReadSeen { client, user, conv, .. } => {
                read(facts, verdict, event.at, *client, *user, *conv);
            }
            _ => {}
        }
    }
    table_is_the_log(facts, verdict);
}

fn entry(
    facts: &Facts<'_>,
    verdict: &mut Verdict,
    (at, asked): (Micros, Micros),
    client: ClientId,
    seen: &Seen,
    via: Via,
) {
    let user = facts.user(client);
    let about = (Some(client), Some(seen.conv));
    if !facts.may_see(user, seen.conv, seen.seq) {
        let stays = facts.stays_of(user, seen.conv);
        let says = format!("client {client} (user {user}, there {stays:?}) got {seen:?} ({via:?})");
        return verdict.wrong_for("I8", at, about, says);
    }
    let Some(Key::Group(group)) = facts.keys.get(&seen.conv) else { return };
    if via == Via::Rest {
        // Each leaving that was confirmed before the question ended one stay, whichever: what is before the next one
        // is not theirs any more.
        let over = facts.ops_on(user, *group).filter(|op| op.change != Change::Join);
        let over = over.filter(|op| op.done.is_some_and(|done| done < asked)).count();
        let first = facts.stays_of(user, seen.conv).get(over).map(|stay| stay.from);
        if first.is_none_or(|first| seen.seq < first) {
            let says = format!(
                "client {client} (user {user}) had left {over} times and found {} in the history: {first:?} is the first that is theirs",
                seen.seq
            );
            verdict.wrong_for("I8", at, about, says);
        }
    }
}

fn signal(facts: &Facts<'_>, verdict: &mut Verdict, at: Micros, client: ClientId, group: i64, what: &str) {
    let user = facts.user(client);
    let Some(out) = out_since(facts, user, group, at) else { return };
    if at > facts.due(out, facts.rules.ended) && facts.reads(client, out, at) {
        let says =
            format!("client {client} (user {user}) was out of group {group} since {out} and was told {what}");
        verdict.wrong_for("I8", at, (Some(client), None), says);
    }
}

/// Since when a user was surely out of a group at this time: a leaving was confirmed, and nobody had asked for the
/// user's return.
fn out_since(facts: &Facts<'_>, user: i64, group: i64, at: Micros) -> Option<Micros> {
    let before: Vec<&MemberOp> = facts.ops_on(user, group).filter(|op| op.asked < at).collect();
    let out = before.iter().filter(|op| op.change != Change::Join).filter_map(|op| op.done).max()?;
    // A joining counts as possible from its beginning to, if nobody knows how it ended, for ever.
    let may_be_in = before
        .iter()
        .any(|op| op.change == Change::Join && !op.refused && op.done.is_none_or(|done| done > out));
    (out < at && !may_be_in).then_some(out)
}

fn read(facts: &Facts<'_>, verdict: &mut Verdict, at: Micros, client: ClientId, reader: i64, conv: i64) {
    let user = facts.user(client);
    let theirs = match facts.keys.get(&conv) {
        Some(Key::Pair(low, high)) => [low, high].contains(&&user) && [low, high].contains(&&reader),
        // In a group only one's own cursor is told.
        Some(Key::Group(_)) => user == reader,
        None => false,
    };
    if !theirs {
        let says =
            format!("client {client} (user {user}) was told how far {reader} has read conversation {conv}");
        verdict.wrong_for("I8", at, (Some(client), Some(conv)), says);
    }
}

/// The table of members says what the log says.
fn table_is_the_log(facts: &Facts<'_>, verdict: &mut Verdict) {
    let table: BTreeSet<(i64, i64, i64)> = facts
        .ending
        .members
        .iter()
        .map(|MemberRow { group, user, joined_seq }| (*group, *user, *joined_seq))
        .collect();
    let mut log = BTreeSet::new();
    for ((user, conv), stays) in &facts.stays {
        if let (Some(Key::Group(group)), Some(stay)) = (facts.keys.get(conv), stays.last())
            && stay.through.is_none()
        {
            log.insert((*group, *user, stay.from));
        }
    }
    for (group, user, joined) in table.symmetric_difference(&log) {
        let says = format!(
            "group {group}, user {user}, joined at {joined}: in the table or in the log, not in both"
        );
        verdict.wrong("I8", facts.end, says);
    }
}
