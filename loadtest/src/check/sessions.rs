//! P6: a session that ended is refused by REST at once, and its connections close in time and tell nothing more. (The
//! project's list has it under I8: nothing of any kind after a revocation.)

use super::facts::Facts;
use super::verdict::Verdict;
use crate::history::{ConnectionId, Micros, SessionNo, What};
use std::collections::HashMap;

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    verdict.counts.sessions_ended = facts.ended.len() as u64;
    let sessions: HashMap<ConnectionId, SessionNo> =
        facts.spans.iter().map(|span| (span.connection, span.session)).collect();
    let due: HashMap<SessionNo, Micros> =
        facts.ended.iter().map(|(session, at)| (*session, facts.due(*at, facts.rules.ended))).collect();
    for span in &facts.spans {
        let (Some(ended), Some(due)) = (facts.ended.get(&span.session), due.get(&span.session)) else {
            continue;
        };
        let open = span.closed.is_none_or(|closed| closed > *due);
        let read = facts.reads(span.client, *ended, *due);
        if span.asked > *ended {
            let says =
                format!("session {} ended and was attached again as {}", span.session, span.connection);
            verdict.wrong_for("P6", span.ready, (Some(span.client), None), says);
        } else if open && read && *due < facts.end {
            let says = format!(
                "session {} ended at {ended}, and {} was open at {due}",
                span.session, span.connection
            );
            verdict.wrong_for("P6", *due, (Some(span.client), None), says);
        }
    }
    for event in facts.events {
        match &event.what {
            What::EndedProbe { client, session, asked, status } => {
                let after = facts.ended.get(session).is_some_and(|ended| ended < asked);
                if after && (200..300).contains(status) {
                    let says = format!("session {session} had ended, and REST answered it with {status}");
                    verdict.wrong_for("P6", event.at, (Some(*client), None), says);
                }
            }
            What::Recv { client, connection, .. } | What::Typing { client, connection, .. } => {
                let due = sessions.get(connection).and_then(|session| due.get(session));
                let paused =
                    due.is_some_and(|due| !facts.reads(*client, due.saturating_sub(facts.rules.ended), *due));
                if due.is_some_and(|due| event.at > *due) && !paused {
                    let says =
                        format!("connection {connection} of an ended session was told {:?}", event.what);
                    verdict.wrong_for("P6", event.at, (Some(*client), None), says);
                }
            }
            _ => {}
        }
    }
}
