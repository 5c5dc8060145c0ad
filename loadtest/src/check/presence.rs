//! I12: who watches a user sees them come and go in time, and sees no ghosts.

use super::facts::{Facts, Span};
use super::verdict::Verdict;
use crate::history::{ConnectionId, Micros, What};
use shared::event::Status;
use std::collections::HashMap;

/// What one connection was told of one user, in order.
type Told = HashMap<(ConnectionId, i64), Vec<(Micros, Status)>>;

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut told = Told::new();
    for event in facts.events {
        if let What::Presence { connection, user, status, .. } = &event.what {
            told.entry((*connection, *user)).or_default().push((event.at, *status));
        }
    }
    let spans: HashMap<ConnectionId, Span> =
        facts.spans.iter().map(|span| (span.connection, *span)).collect();
    let lines = lines(facts);
    for ((connection, user), told) in &told {
        let (Some(span), Some(line)) = (spans.get(connection), lines.get(user)) else { continue };
        for (from, to, online) in line {
            watched(facts, verdict, (span, *user, told), (*from, *to, *online));
        }
    }
}

/// When a user was online and when not, by the connections that were attached.
fn lines(facts: &Facts<'_>) -> HashMap<i64, Vec<(Micros, Micros, bool)>> {
    let mut changes: HashMap<i64, Vec<(Micros, i32)>> = HashMap::new();
    for span in &facts.spans {
        let changes = changes.entry(facts.user(span.client)).or_default();
        changes.push((span.ready, 1));
        changes.extend(span.closed.map(|closed| (closed, -1)));
    }
    let mut lines = HashMap::new();
    for (user, mut changes) in changes {
        changes.sort_unstable_by_key(|(at, by)| (*at, -by));
        let (mut open, mut since) = (0, 0);
        let line: &mut Vec<(Micros, Micros, bool)> = lines.entry(user).or_default();
        for (at, by) in changes {
            if (open == 0) != (open + by == 0) {
                line.push((since, at, open > 0));
                since = at;
            }
            open += by;
        }
        line.push((since, facts.end, open > 0));
    }
    lines
}

fn watched(
    facts: &Facts<'_>,
    verdict: &mut Verdict,
    (span, user, told): (&Span, i64, &[(Micros, Status)]),
    (from, to, online): (Micros, Micros, bool),
) {
    let Some((first_told, _)) = told.first() else { return };
    let allowed = if online { facts.rules.came } else { facts.rules.gone };
    // Looked at some time after the change itself, and after whatever was told since.
    let since = told.iter().map(|(at, _)| *at).filter(|at| from < *at && *at < to);
    for began in [from.max(*first_told)].into_iter().chain(since) {
        let due = facts.due(began, allowed);
        if due >= to || !span.covers(began, due) || !facts.reads(span.client, began, due) {
            continue;
        }
        let Some((_, status)) = told.iter().rfind(|(at, _)| *at <= due) else { continue };
        if (*status != Status::Offline) != online {
            let state = if online { "connected" } else { "not connected" };
            let says = format!(
                "user {user} was {state} from {from} to {to}, and connection {} of client {} saw {status:?} at {due}",
                span.connection, span.client,
            );
            return verdict.wrong_for("I12", due, (Some(span.client), None), says);
        }
    }
}
