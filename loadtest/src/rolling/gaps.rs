//! What people saw of the restarts: how long each was without a line, until each had everything that was said meanwhile,
//! who was shown to be gone, and what could not be sent.

use super::restart::Restart;
use crate::history::{ClientId, Event, Kind, Micros, What};
use shared::event::Status;
use std::collections::HashMap;
use uuid::Uuid;

/// A client's way from one gateway to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    /// When the line was gone.
    pub from: Micros,
    /// Until there was another one; `None`: there never was.
    pub line: Option<Micros>,
    /// Until the client had what the gateway said that there was.
    pub whole: Option<Micros>,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// In the order in which lines were lost.
    pub gaps: Vec<Gap>,
    /// How often somebody was shown to be gone, though nobody was.
    pub flaps: u64,
    /// Messages that were tried to be sent.
    pub sends: u64,
    /// Of them, those that needed more than one try.
    pub repeated: u64,
    /// Those that were refused because their sender was out of the group by then.
    pub refused: u64,
    /// Those that have no answer in the end.
    pub failed: u64,
    /// From the first try of a message to its ack.
    pub answers: Vec<Micros>,
}

/// A gap that is not over.
struct Open {
    gap: usize,
    /// What is still to be shown, by conversation; `None` before there is a line.
    wants: Option<HashMap<i64, i64>>,
}

/// What became of a message.
#[derive(Default)]
struct Send {
    first: Micros,
    tries: u64,
    answered: bool,
    out_of_group: bool,
}

#[derive(Default)]
struct Reading {
    seen: Seen,
    users: HashMap<ClientId, i64>,
    have: HashMap<(ClientId, i64), i64>,
    open: HashMap<ClientId, Open>,
    sends: HashMap<Uuid, Send>,
}

impl Seen {
    /// From the first restart on. Before it nobody was without a line.
    pub fn of(events: &[Event], restarts: &[Restart]) -> Self {
        let began = restarts.first().map_or(0, |restart| restart.asked);
        let mut reading = Reading::default();
        for event in events {
            match &event.what {
                What::SendInvoke { .. } | What::SendOk { .. } | What::SendFail { .. } => reading.send(event),
                What::Presence { status: Status::Offline, .. } if event.at >= began => {
                    reading.seen.flaps += 1;
                }
                What::Quiet => break,
                _ => reading.line(event, began),
            }
        }
        reading.finish()
    }

    /// The gaps that began in this restart.
    pub fn during<'a>(&'a self, restart: &'a Restart) -> impl Iterator<Item = &'a Gap> {
        self.gaps.iter().filter(|gap| (restart.asked..=restart.over).contains(&gap.from))
    }
}

impl Reading {
    fn line(&mut self, event: &Event, began: Micros) {
        let at = event.at;
        match &event.what {
            What::Client { client, user } => drop(self.users.insert(*client, *user)),
            What::Close { client, .. } if at >= began => {
                let gaps = &mut self.seen.gaps;
                // Who loses the next line before having everything is still in the same gap.
                let open = self.open.entry(*client).or_insert_with(|| {
                    gaps.push(Gap { from: at, line: None, whole: None });
                    Open { gap: gaps.len() - 1, wants: None }
                });
                open.wants = None;
            }
            What::Ready { client, heads, .. } => {
                let Some(open) = self.open.get_mut(client) else { return };
                let gap = &mut self.seen.gaps[open.gap];
                gap.line = Some(at - gap.from);
                let have = |conv| self.have.get(&(*client, conv)).copied().unwrap_or(0);
                let lacks = heads.iter().filter(|(conv, head)| head[0] > have(*conv));
                open.wants = Some(lacks.map(|(conv, head)| (*conv, head[0])).collect());
                self.look(*client, at);
            }
            What::Render { client, conv, seq } => {
                self.have.insert((*client, *conv), *seq);
                if let Some(wants) = self.open.get_mut(client).and_then(|open| open.wants.as_mut())
                    && wants.get(conv).is_some_and(|head| head <= seq)
                {
                    wants.remove(conv);
                    self.look(*client, at);
                }
            }
            // Out of the group: what is said there is not theirs any more.
            What::Recv { client, seen, .. }
                if self.users.get(client).is_some_and(|user| seen.kind == Kind::Left(*user)) =>
            {
                if let Some(wants) = self.open.get_mut(client).and_then(|open| open.wants.as_mut()) {
                    wants.remove(&seen.conv);
                    self.look(*client, at);
                }
            }
            _ => {}
        }
    }

    fn look(&mut self, client: ClientId, at: Micros) {
        let Some(open) = self.open.get(&client) else { return };
        if open.wants.as_ref().is_some_and(HashMap::is_empty) {
            let gap = &mut self.seen.gaps[open.gap];
            gap.whole = Some(at - gap.from);
            self.open.remove(&client);
        }
    }

    fn send(&mut self, event: &Event) {
        match &event.what {
            What::SendInvoke { cmid, .. } => {
                let send =
                    self.sends.entry(*cmid).or_insert_with(|| Send { first: event.at, ..Send::default() });
                send.tries += u64::from(!send.answered);
            }
            What::SendOk { cmid, .. } => {
                let send = self.sends.entry(*cmid).or_default();
                if !std::mem::replace(&mut send.answered, true) {
                    self.seen.answers.push(event.at - send.first);
                }
            }
            What::SendFail { cmid, definite, code, .. } => {
                self.sends.entry(*cmid).or_default().out_of_group = *definite && &**code == "not_found";
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Seen {
        let unanswered = |send: &&Send| !send.answered;
        self.seen.sends = self.sends.len() as u64;
        self.seen.repeated = self.sends.values().filter(|send| send.tries > 1).count() as u64;
        self.seen.refused =
            self.sends.values().filter(unanswered).filter(|send| send.out_of_group).count() as u64;
        self.seen.failed =
            self.sends.values().filter(unanswered).filter(|send| !send.out_of_group).count() as u64;
        self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{self, Key, Via};

    const MOVED: ClientId = 1;
    const CONV: i64 = 9;

    fn restart() -> Restart {
        let node = "gateway-1".to_owned();
        Restart { node, to: "", code: Some(0), asked: 100, ended: 200, ready: 300, over: 400 }
    }

    fn seen(events: Vec<(Micros, What)>) -> Seen {
        let events: Vec<Event> = events.into_iter().map(|(at, what)| Event { at, what }).collect();
        Seen::of(&events, &[restart()])
    }

    fn close(at: Micros) -> (Micros, What) {
        (at, What::Close { client: MOVED, connection: 1, code: Some(1012) })
    }

    fn ready(at: Micros, head: i64) -> (Micros, What) {
        let heads = vec![(CONV, [head, 0, 0])].into();
        (at, What::Ready { client: MOVED, connection: 2, session: 1, gateway: 0, asked: at, heads })
    }

    fn render(at: Micros, seq: i64) -> (Micros, What) {
        (at, What::Render { client: MOVED, conv: CONV, seq })
    }

    #[test]
    fn a_gap_ends_with_the_last_entry_that_was_missed_and_not_with_the_line() {
        let seen = seen(vec![render(10, 3), close(150), ready(160, 5), render(170, 4), render(190, 5)]);
        assert_eq!(seen.gaps, [Gap { from: 150, line: Some(10), whole: Some(40) }]);
        assert_eq!(seen.during(&restart()).count(), 1);
    }

    #[test]
    fn who_missed_nothing_is_whole_with_the_line_and_who_never_came_back_never_is() {
        let missed_nothing = seen(vec![render(10, 3), close(150), ready(160, 3)]);
        assert_eq!(missed_nothing.gaps, [Gap { from: 150, line: Some(10), whole: Some(10) }]);
        assert_eq!(seen(vec![close(150)]).gaps, [Gap { from: 150, line: None, whole: None }]);
        assert_eq!(seen(vec![close(50), ready(60, 0)]).gaps, [], "before the first restart");
        let twice = seen(vec![close(150), ready(160, 7), close(170), ready(200, 7), render(210, 7)]);
        assert_eq!(twice.gaps, [Gap { from: 150, line: Some(50), whole: Some(60) }]);
        // What is read over REST meanwhile is no line.
        let without = seen(vec![close(150), ready(160, 7), close(170), render(175, 7), ready(200, 7)]);
        assert_eq!(without.gaps, [Gap { from: 150, line: Some(50), whole: Some(50) }]);
    }

    #[test]
    fn who_is_out_of_a_group_by_then_waits_for_nothing_that_was_said_there() {
        let left = |at, user| {
            let (id, sender, cmid, hash) = (1, user, Uuid::nil(), 0);
            let seen = history::Seen { conv: CONV, seq: 4, id, sender, cmid, hash, kind: Kind::Left(user) };
            (at, What::Recv { client: MOVED, connection: 2, seen, via: Via::Live, asked: at })
        };
        let until = |user| {
            let known = (1, What::Client { client: MOVED, user: 7 });
            seen(vec![known, render(10, 3), close(150), ready(160, 5), left(170, user)]).gaps[0].whole
        };
        assert_eq!((until(7), until(8)), (Some(20), None));
    }

    /// Then the nodes are stopped, and whoever loses a line loses it for good.
    #[test]
    fn what_comes_after_the_end_of_the_load_is_no_gap() {
        let events = vec![close(150), ready(160, 0), (500, What::Quiet), close(510)];
        assert_eq!(seen(events).gaps.len(), 1);
    }

    #[test]
    fn a_flap_is_whoever_is_shown_to_be_gone_after_the_first_restart() {
        let offline = |at| {
            let (client, connection, user, status) = (MOVED, 1, 7, Status::Offline);
            (at, What::Presence { client, connection, user, status })
        };
        assert_eq!(seen(vec![offline(50), offline(150), offline(160)]).flaps, 2);
    }

    #[test]
    fn a_send_without_an_answer_has_failed_unless_its_sender_was_out_of_the_group() {
        let cmid = Uuid::from_u128;
        let invoke = |at, id| {
            let (client, connection, key, via) = (MOVED, 1, Key::Group(1), Via::Live);
            (at, What::SendInvoke { client, connection, key, cmid: cmid(id), hash: 0, nth: 1, burst: 0, via })
        };
        let fail = |at, id, definite, code: &str| {
            (at, What::SendFail { client: MOVED, cmid: cmid(id), definite, code: code.into() })
        };
        let ok = |at, id| {
            let (client, connection, via) = (MOVED, 1, Via::Live);
            (at, What::SendOk { client, connection, cmid: cmid(id), conv: CONV, seq: 1, id: 1, via })
        };
        let seen = seen(vec![
            invoke(10, 1),
            fail(20, 1, false, "unavailable"),
            invoke(30, 1),
            ok(40, 1),
            invoke(50, 2),
            fail(60, 2, false, "unavailable"),
            invoke(70, 3),
            fail(80, 3, true, "not_found"),
            invoke(90, 4),
            fail(95, 4, true, "too_long"),
        ]);
        assert_eq!((seen.sends, seen.repeated, seen.refused, seen.failed), (4, 1, 1, 2));
        assert_eq!(seen.answers, [30]);
    }
}
