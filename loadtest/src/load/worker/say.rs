//! Saying things: by a schedule that waits for nobody, or as fast as answers come. Latency counts from when a message
//! was to be sent; a sender that is late does not hide that.

use super::line::{Line, Unanswered};
use super::orders::{Speech, To};
use super::shared::Shared;
use crate::load::measure::{Micros, micros, sleep_until};
use crate::load::wire::Opcode;
use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::sleep;
use uuid::Uuid;

/// A message without an answer is sent again after this, as the protocol says.
const AGAIN: Micros = 10_000_000;
/// How long answers are waited for after the last message.
const LAST_ANSWERS: Micros = 30_000_000;

/// So much is said without listening.
const BREATH: u64 = 16;

/// Says all that is to be said, and waits for the answers. Gives back how many are missing.
pub async fn speak(shared: &Rc<Shared>, speech: Speech) -> u64 {
    shared.tally.borrow_mut().speech = Some(speech);
    let speaks = |to: &To| speech.group.is_none_or(|group| *to == To::Group(group));
    let speakers: Vec<(&Rc<Line>, To)> =
        shared.lines.iter().filter_map(|line| Some((line, line.task.speaks.filter(speaks)?))).collect();
    sleep_until(speech.from).await;
    match speech.rate {
        _ if speakers.is_empty() => {}
        Some(rate) => by_schedule(shared, &speakers, &speech, rate).await,
        None => {
            for (line, to) in &speakers {
                (0..speech.in_flight).for_each(|_| say(shared, line, *to, micros()));
            }
        }
    }
    sleep_until(speech.until).await;
    let missing = || shared.lines.iter().map(|line| line.unanswered.borrow().len() as u64).sum();
    while missing() > 0 && micros() < speech.until + LAST_ANSWERS {
        sleep(Duration::from_millis(20)).await;
    }
    missing()
}

/// The nth message is due at `from + n / rate`, whatever became of those before it.
async fn by_schedule(shared: &Rc<Shared>, speakers: &[(&Rc<Line>, To)], speech: &Speech, rate: f64) {
    for nth in 0..speech.most.unwrap_or(u64::MAX) {
        let due = speech.from + (nth as f64 * 1e6 / rate) as Micros;
        if due >= speech.until {
            return;
        }
        if due > micros() {
            sleep_until(due).await;
        } else if nth % BREATH == 0 {
            // One who is behind hears nevertheless: there is one thread for both.
            yield_now().await;
        }
        let (line, to) = &speakers[nth as usize % speakers.len()];
        say(shared, line, *to, due);
    }
}

/// Says something new that was to be said at `intended`.
pub fn say(shared: &Shared, line: &Line, to: To, intended: Micros) {
    let id = Uuid::now_v7().as_u128();
    line.unanswered.borrow_mut().insert(id, Unanswered { to, intended, sent: micros() });
    shared.tally.borrow_mut().sent(intended);
    send(shared, line, to, intended, id);
}

/// Says something once more, if it has no answer yet.
pub fn again(shared: &Shared, line: &Line, id: u128) {
    let waiting = match line.unanswered.borrow_mut().get_mut(&id) {
        Some(waiting) if line.is_attached.get() => {
            waiting.sent = micros();
            *waiting
        }
        // Answered meanwhile, or said again with everything else once the connection is back.
        _ => return,
    };
    shared.tally.borrow_mut().counts.repeated += 1;
    send(shared, line, waiting.to, waiting.intended, id);
}

/// Says again, now and then, what has had no answer for too long.
pub async fn insist(shared: Rc<Shared>) {
    loop {
        sleep(Duration::from_secs(1)).await;
        let long_ago = micros().saturating_sub(AGAIN);
        for line in &shared.lines {
            let waiting = line.unanswered.borrow();
            let late: Vec<u128> =
                waiting.iter().filter(|(_, one)| one.sent < long_ago).map(|(id, _)| *id).collect();
            drop(waiting);
            late.into_iter().for_each(|id| again(&shared, line, id));
        }
    }
}

/// Asks each connection's gateway now and then whether everything is here, all of them evenly spread over the time.
pub async fn ask(shared: Rc<Shared>, every: Duration) {
    const PARTS: u32 = 100;
    for round in 0_u64.. {
        for part in 0..PARTS as usize {
            sleep(every / PARTS).await;
            for line in shared.lines.iter().skip(part).step_by(PARTS as usize) {
                if !line.is_attached.get() {
                    continue;
                }
                let sum = line.ledger.borrow().sum();
                let ping = match round % 2 {
                    0 => r#"{"event_type":"ping"}"#.to_owned(),
                    _ => format!(r#"{{"event_type":"ping","sum":{sum}}}"#),
                };
                line.send(Opcode::Text, ping.as_bytes());
            }
        }
    }
}

fn send(shared: &Shared, line: &Line, to: To, intended: Micros, id: u128) {
    line.send(Opcode::Text, text(line.task.user, to, intended, id, shared.task.size).as_bytes());
}

/// The event. The content begins with the time, and is filled up; it is the same each time that it is said.
fn text(user: i64, to: To, intended: Micros, id: u128, size: usize) -> String {
    let mut text = String::with_capacity(size + 160);
    let target = match to {
        To::Group(group) => ("group_id", group),
        To::Pair(..) => ("receiver_id", to.peer_of(user).unwrap_or(user)),
    };
    // Writing to a String does not fail.
    let _ = write!(text, r#"{{"event_type":"message","{}":{},"content":"{intended} "#, target.0, target.1);
    let content = 1 + intended.to_string().len();
    text.extend(std::iter::repeat_n('x', size.saturating_sub(content)));
    let _ = write!(text, r#"","client_message_id":"{}"}}"#, Uuid::from_u128(id));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_message_has_the_wanted_length_and_says_when_it_was_due() {
        let event: Value = serde_json::from_str(&text(3, To::Pair(3, 9), 1_234_567, 5, 200)).unwrap();
        assert_eq!((&event["event_type"], &event["receiver_id"]), (&"message".into(), &9.into()));
        let content = event["content"].as_str().unwrap();
        assert_eq!((content.len(), content.split(' ').next()), (200, Some("1234567")));
        assert_eq!(event["client_message_id"], Uuid::from_u128(5).to_string());
        assert_eq!(
            text(3, To::Group(4), 7, 5, 0),
            text(3, To::Group(4), 7, 5, 2),
            "never less than the time"
        );
    }
}
