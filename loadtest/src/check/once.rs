//! I3: a message is stored once, however often it is sent, and every repeat is answered with the same place.

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::What;
use std::collections::HashMap;

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    for ((user, cmid), sent) in &facts.sends {
        let Some(first) = sent.oks.first() else { continue };
        for ok in &sent.oks[1..] {
            if (ok.conv, ok.seq, ok.id) != (first.conv, first.seq, first.id) {
                let says = format!(
                    "{cmid} of user {user} was answered with {:?} and with {:?}",
                    (first.conv, first.seq, first.id),
                    (ok.conv, ok.seq, ok.id),
                );
                verdict.wrong_for("I3", ok.at, (Some(ok.client), Some(ok.conv)), says);
            }
        }
    }
    let (mut by_sender, mut by_id) = (HashMap::new(), HashMap::new());
    for row in &facts.ending.messages {
        let seen = &row.seen;
        let about = (None, Some(seen.conv));
        if let Some(other) = by_sender.insert((seen.sender, seen.cmid), seen) {
            verdict.wrong_for("I3", facts.end, about, format!("stored twice: {other:?} and {seen:?}"));
        }
        if let Some(other) = by_id.insert(seen.id, seen) {
            verdict.wrong_for(
                "I3",
                facts.end,
                about,
                format!("two rows with one id: {other:?} and {seen:?}"),
            );
        }
    }
    repeats_are_answered(facts, verdict);
}

/// What was stored stays stored: a repeat is answered with its place, whatever its sender may do by then.
fn repeats_are_answered(facts: &Facts<'_>, verdict: &mut Verdict) {
    for event in facts.events {
        let What::SendFail { client, cmid, definite: true, code } = &event.what else { continue };
        let sent = facts.sends.get(&(facts.user(*client), *cmid));
        let acked = sent.and_then(|sent| sent.oks.first()).is_some_and(|ok| ok.at < event.at);
        let about = (Some(*client), None);
        if &**code == "id_reused" {
            let says =
                format!("{cmid} of client {client} was an honest repeat and was refused as another message");
            verdict.wrong_for("I3", event.at, about, says);
        } else if acked && &**code != "too_fast" {
            let says = format!("{cmid} of client {client} was stored, and its repeat was refused as {code}");
            verdict.wrong_for("I3", event.at, about, says);
        }
    }
}
