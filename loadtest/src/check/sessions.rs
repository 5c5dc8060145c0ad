//! P6: a session that ended is refused by REST at once, and its connections close in time and tell nothing more; so do
//! connections whose token has run out. (The project's list has it under I8: nothing of any kind after a revocation.)

use super::facts::{Facts, Span};
use super::verdict::Verdict;
use crate::history::{ConnectionId, Micros, What};
use std::collections::HashMap;

/// How often a gateway looks for tokens that have run out.
const WHEEL: Micros = 1_000_000;

/// The end of what a connection may be told.
#[derive(Clone, Copy)]
struct End {
    at: Micros,
    due: Micros,
}

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    verdict.counts.sessions_ended = facts.ended.len() as u64;
    let mut ends: HashMap<ConnectionId, End> = HashMap::new();
    for span in &facts.spans {
        if let Some(end) = end_of(facts, span) {
            ends.insert(span.connection, end);
            closes(facts, verdict, span, end);
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
                let Some(end) = ends.get(connection).filter(|end| event.at > end.due) else { continue };
                if facts.reads(*client, end.at, end.due) {
                    let says = format!("connection {connection} had ended, and was told {:?}", event.what);
                    verdict.wrong_for("P6", event.at, (Some(*client), None), says);
                }
            }
            _ => {}
        }
    }
}

fn end_of(facts: &Facts<'_>, span: &Span) -> Option<End> {
    let session = facts.ended.get(&span.session).map(|at| (*at, facts.rules.ended));
    let token = facts.expired.get(&span.connection).map(|at| (*at, facts.rules.ended + WHEEL));
    let (at, allowed) = session.into_iter().chain(token).min()?;
    Some(End { at, due: facts.due(at, allowed) })
}

fn closes(facts: &Facts<'_>, verdict: &mut Verdict, span: &Span, end: End) {
    let about = (Some(span.client), None);
    if facts.ended.get(&span.session).is_some_and(|ended| span.asked > *ended) {
        let says = format!("session {} ended and was attached again as {}", span.session, span.connection);
        return verdict.wrong_for("P6", span.ready, about, says);
    }
    let open = span.closed.is_none_or(|closed| closed > end.due);
    if open && end.due < facts.end && facts.reads(span.client, end.at, end.due) {
        let says = format!(
            "the session or the token of {} ended at {}, and it was open at {}",
            span.connection, end.at, end.due
        );
        verdict.wrong_for("P6", end.due, about, says);
    }
}
