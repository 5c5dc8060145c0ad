//! Fetching what was missed, as the protocol tells clients to: `list?after_seq=` from what is there, page by page.

use super::line::Line;
use super::orders::To;
use super::shared::Shared;
use crate::load::measure::micros;
use crate::load::wire::leading_number;
use serde::Deserialize;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

/// An entry of a direct conversation may be overtaken by the next: so long it is waited for.
pub const OVERTAKEN: Duration = Duration::from_millis(300);
/// How often a page is asked for.
const TRIES: u32 = 60;
const BETWEEN: Duration = Duration::from_millis(500);

/// Why something is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// There is a hole, which may close itself within this time.
    Hole(Duration),
    /// There is more than is here.
    Missed,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Message>,
    has_more: bool,
    through_seq: i64,
}

#[derive(Deserialize)]
struct Message {
    seq: i64,
    sender_id: i64,
    content: String,
    client_message_id: Uuid,
}

/// Fetches what is missing of a conversation, unless that is under way already, and whether it was not.
pub fn start(shared: &Rc<Shared>, line: &Rc<Line>, conversation: i64, why: Why) -> bool {
    if !line.fetching.borrow_mut().insert(conversation) {
        return false;
    }
    let (shared, line) = (shared.clone(), line.clone());
    tokio::task::spawn_local(async move {
        if let Why::Hole(wait) = why {
            sleep(wait).await;
        }
        if why == Why::Missed || line.ledger.borrow().has_hole(conversation) {
            fetch(&shared, &line, conversation).await;
        }
        line.fetching.borrow_mut().remove(&conversation);
        whole(&shared, &line);
    });
    true
}

/// The same for several that have gone on without us.
pub fn start_all(shared: &Rc<Shared>, line: &Rc<Line>, conversations: Vec<i64>) {
    for conversation in conversations {
        start(shared, line, conversation, Why::Missed);
    }
}

/// Takes note if a connection that was cut off has everything again.
pub fn whole(shared: &Shared, line: &Line) {
    if line.is_attached.get() && line.fetching.borrow().is_empty() && line.is_absent.replace(false) {
        shared.absent.borrow_mut().whole(micros());
    }
}

async fn fetch(shared: &Shared, line: &Line, conversation: i64) {
    let mut tries = 0;
    loop {
        let have = line.ledger.borrow().have(conversation);
        let target = shared.targets.borrow().get(&conversation).copied();
        // Who is in it is told by its first entry; one that knows nothing of it has no hole either.
        let Some(to) = target else { return };
        let Some(page) = page(shared, line, to, have).await else {
            tries += 1;
            if tries == TRIES {
                return;
            }
            sleep(BETWEEN).await;
            continue;
        };
        let entries: Vec<(i64, u128)> =
            page.messages.iter().map(|message| (message.seq, message.client_message_id.as_u128())).collect();
        take_note(shared, line, conversation, &page);
        line.ledger.borrow_mut().fetched(conversation, &entries, page.through_seq);
        if !page.has_more || page.through_seq <= have {
            return;
        }
    }
}

/// How long somebody who was connected waited for what is fetched belongs to the latency of deliveries. How long those
/// were away who were cut off is told elsewhere.
fn take_note(shared: &Shared, line: &Line, conversation: i64, page: &Page) {
    let (ledger, now) = (line.ledger.borrow(), micros());
    let mut tally = shared.tally.borrow_mut();
    for message in page.messages.iter().filter(|message| ledger.lacks(conversation, message.seq)) {
        let is_untold = line.is_absent.get() || message.sender_id == line.task.user;
        tally.fetched(is_untold, leading_number(message.content.as_bytes()), now);
    }
}

async fn page(shared: &Shared, line: &Line, to: To, have: i64) -> Option<Page> {
    let user = line.task.user;
    let target = match to {
        To::Group(group) => format!("group_id={group}"),
        To::Pair(..) => format!("receiver_id={}", to.peer_of(user).unwrap_or(user)),
    };
    let api = &shared.task.apis[user as usize % shared.task.apis.len()];
    let url = format!("{api}/api/messages/list?{target}&after_seq={have}&limit=200");
    let _turn = shared.fetches.acquire().await.ok()?;
    shared.tally.borrow_mut().counts.fetches += 1;
    let answer = shared.http.get(url).bearer_auth(&line.task.token).send().await.ok()?;
    serde_json::from_slice(&answer.bytes().await.ok()?).ok()
}
