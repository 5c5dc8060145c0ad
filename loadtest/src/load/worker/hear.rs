//! What comes over a connection, from bytes to what is done about them.

use super::catch_up::{self, Why};
use super::ledger::Taken;
use super::line::{End, Line};
use super::orders::To;
use super::say;
use super::shared::Shared;
use crate::load::measure::{Micros, micros};
use crate::load::wire::{Opcode, Scanned, next_frame, scan};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;
use tokio::select;

/// What is no frame or no event of ours ends a connection like this.
const NOT_OURS: u16 = 1002;

/// Holds a connection until it ends. `unread` came right behind the upgrade.
pub async fn hear(
    shared: &Rc<Shared>,
    line: &Rc<Line>,
    mut reader: OwnedReadHalf,
    mut unread: Vec<u8>,
) -> End {
    let first = std::mem::take(&mut unread);
    if let Some(end) = take(shared, line, &mut unread, &first) {
        return end;
    }
    loop {
        let behind = line.behind();
        select! {
            biased;
            () = line.poke.notified() => {
                if let Some(at) = line.cut.take() {
                    return End::Cut(at);
                }
            }
            _ = async { behind.as_ref()?.writable().await.ok() }, if behind.is_some() => line.flush(),
            end = poll_fn(|context| read(context, shared, line, &mut reader, &mut unread)) => {
                if let Some(end) = end {
                    return end;
                }
            }
        }
    }
}

/// Reads once, into the buffer that all share, and looks at it before anybody else may read.
fn read(
    context: &mut Context<'_>,
    shared: &Rc<Shared>,
    line: &Rc<Line>,
    reader: &mut OwnedReadHalf,
    unread: &mut Vec<u8>,
) -> Poll<Option<End>> {
    let mut scratch = shared.scratch.borrow_mut();
    let mut buffer = ReadBuf::new(&mut scratch);
    let end = match ready!(Pin::new(reader).poll_read(context, &mut buffer)) {
        Ok(()) if !buffer.filled().is_empty() => take(shared, line, unread, buffer.filled()),
        _ => Some(End::Closed(0)),
    };
    Poll::Ready(end)
}

/// Takes all frames that are whole; the beginning of one stays in `unread`, which is mostly empty.
fn take(shared: &Rc<Shared>, line: &Rc<Line>, unread: &mut Vec<u8>, piece: &[u8]) -> Option<End> {
    let now = micros();
    if unread.is_empty() {
        let used = frames(shared, line, piece, now);
        return used.map_or_else(Some, |used| {
            unread.extend_from_slice(&piece[used..]);
            None
        });
    }
    unread.extend_from_slice(piece);
    match frames(shared, line, unread, now) {
        Ok(used) => {
            unread.drain(..used);
            None
        }
        Err(end) => Some(end),
    }
}

fn frames(shared: &Rc<Shared>, line: &Rc<Line>, bytes: &[u8], now: Micros) -> Result<usize, End> {
    let mut used = 0;
    while let Some(frame) = next_frame(bytes, used).map_err(|_| End::Closed(NOT_OURS))? {
        let payload = &bytes[frame.payload.clone()];
        used = frame.payload.end;
        match frame.opcode {
            Opcode::Text => {
                let event = scan(payload).ok_or(End::Closed(NOT_OURS))?;
                obey(shared, line, &event, now);
            }
            Opcode::Ping => line.send(Opcode::Pong, payload),
            Opcode::Pong => {}
            Opcode::Binary => return Err(End::Closed(NOT_OURS)),
            Opcode::Close => {
                let code = payload.get(..2).map_or(0, |code| u16::from_be_bytes([code[0], code[1]]));
                return Err(End::Closed(code));
            }
        }
    }
    Ok(used)
}

fn obey(shared: &Rc<Shared>, line: &Rc<Line>, event: &Scanned<'_>, now: Micros) {
    match event.kind {
        b"message" => entry(shared, line, event, now),
        b"ack" => ack(shared, line, event, now),
        b"ready" => attached(shared, line, event, now),
        b"error" => error(shared, line, event),
        b"heads" => {
            let behind = line.ledger.borrow_mut().behind(heads(event.heads));
            catch_up::start_all(shared, line, behind);
        }
        b"resync" => resync(shared, line, event),
        // Presence, typing, cursors, pongs; a drain is followed by a close.
        _ => {}
    }
}

fn entry(shared: &Rc<Shared>, line: &Rc<Line>, event: &Scanned<'_>, now: Micros) {
    let conversation = event.conversation_id;
    if event.group_id == 0 {
        shared.learn(conversation, To::pair(event.user_id, event.receiver_id));
    }
    let taken = line.ledger.borrow_mut().take(conversation, event.seq, event.client_message_id);
    let mut tally = shared.tally.borrow_mut();
    match taken {
        Taken::Next => tally.delivered(event.user_id == line.task.user, event.stamp, now),
        Taken::Early => {
            tally.delivered(event.user_id == line.task.user, event.stamp, now);
            let wait = if event.group_id == 0 { catch_up::OVERTAKEN } else { Duration::ZERO };
            // While what was missed is being fetched, what comes live is beyond it: that is no hole.
            tally.counts.holes += u64::from(catch_up::start(shared, line, conversation, Why::Hole(wait)));
        }
        Taken::Late => tally.counts.late += 1,
        Taken::Doubled => {}
    }
}

fn ack(shared: &Rc<Shared>, line: &Rc<Line>, event: &Scanned<'_>, now: Micros) {
    let id = event.client_message_id;
    // A second ack answers a repeat.
    let Some(answered) = line.unanswered.borrow_mut().remove(&id) else { return };
    shared.learn(event.conversation_id, answered.to);
    let mut tally = shared.tally.borrow_mut();
    tally.acked(answered.to, (event.conversation_id, event.seq), id, answered.intended, now);
    let closed_loop = tally.speech.is_some_and(|speech| speech.rate.is_none() && now < speech.until);
    drop(tally);
    if closed_loop {
        say::say(shared, line, answered.to, now);
    }
}

fn attached(shared: &Rc<Shared>, line: &Rc<Line>, event: &Scanned<'_>, now: Micros) {
    line.is_attached.set(true);
    shared.tally.borrow_mut().counts.connected += 1;
    let mut ledger = line.ledger.borrow_mut();
    if ledger.begins() {
        shared.tried(None);
    }
    let behind = ledger.attach(heads(event.heads));
    drop(ledger);
    if line.is_absent.get() {
        shared.absent.borrow_mut().attached(now);
    }
    let ids: Vec<u128> = line.unanswered.borrow().keys().copied().collect();
    ids.into_iter().for_each(|id| say::again(shared, line, id));
    if behind.is_empty() {
        catch_up::whole(shared, line);
    }
    catch_up::start_all(shared, line, behind);
}

fn error(shared: &Rc<Shared>, line: &Rc<Line>, event: &Scanned<'_>) {
    let code = String::from_utf8_lossy(event.code).into_owned();
    let may_try_again = matches!(code.as_str(), "too_fast" | "unavailable");
    let id = event.client_message_id;
    *shared.tally.borrow_mut().counts.errors.entry(code).or_default() += 1;
    if may_try_again {
        let (shared, line) = (shared.clone(), line.clone());
        let wait = Duration::from_millis(event.wait_ms.clamp(10, 10_000) as u64);
        tokio::task::spawn_local(async move {
            tokio::time::sleep(wait).await;
            say::again(&shared, &line, id);
        });
    } else if line.unanswered.borrow_mut().remove(&id).is_some() {
        shared.tally.borrow_mut().counts.refused += 1;
    }
}

fn resync(shared: &Rc<Shared>, line: &Rc<Line>, event: &Scanned<'_>) {
    shared.tally.borrow_mut().counts.resyncs += 1;
    let named: Option<Vec<i64>> = serde_json::from_slice(event.conversations).unwrap_or(None);
    let all = || line.ledger.borrow().places().map(|(conversation, _)| conversation).collect();
    catch_up::start_all(shared, line, named.unwrap_or_else(all));
}

/// The conversations and their newest places. What is no list of heads is an empty one, and then what is missing shows.
fn heads(json: &[u8]) -> Vec<(i64, i64)> {
    let heads: HashMap<&str, [i64; 3]> = serde_json::from_slice(json).unwrap_or_default();
    heads.into_iter().filter_map(|(id, [last, _, _])| Some((id.parse().ok()?, last))).collect()
}

#[cfg(test)]
mod tests {
    use super::heads;

    #[test]
    fn heads_are_conversations_and_their_newest_places() {
        let mut read = heads(br#"{ "11": [42, 40, 41], "9007199254740991": [1, 0, 0] }"#);
        read.sort_unstable();
        assert_eq!(read, [(11, 42), (9_007_199_254_740_991, 1)]);
        assert!(heads(b"").is_empty());
    }
}
