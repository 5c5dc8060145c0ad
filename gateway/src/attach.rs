//! ② How a connection comes to hear what it may hear, in the order that loses nothing: into the hub with its
//! outbox held → topics subscribed → a look-up begun after that → `ready` → what waited. The same look-up runs
//! again, as a *refresh*, whenever what a user may hear changed or may have been missed.

use crate::commands::watch;
use crate::connection::{Connection, text_frame};
use crate::hub::recovery;
use crate::node::Node;
use metrics::counter;
use shared::close::Close;
use shared::door::{AttachAnswer, AttachQuestion, SessionState};
use shared::event::{Ready, ServerEvent};
use shared::ids::GroupId;
use shared::metrics as names;
use shared::topic::Topic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// How often the groups of a user may change while they are looked up before the client is sent away.
const MAX_ROUNDS: usize = 8;

/// How long a refresh that could not be done waits for its next try.
const RETRY: Duration = Duration::from_millis(500);

/// Attaches a connection.
///
/// # Errors
/// Why it is to be closed: the session is over, or nobody can say whether it is.
pub async fn attach(node: &Arc<Node>, connection: &Arc<Connection>) -> Result<(), Close> {
    for oldest in node.hub.enter(connection, node.config.connections_per_user) {
        oldest.outbox.close(Close::Replaced);
    }
    if node.is_draining() {
        // Who entered before this was so is told by the drain.
        return Err(Close::Restarting);
    }
    connection.memory().listens = true;
    if node.topics.listen(vec![Topic::User(connection.user_id)]).await.is_err() {
        counter!(names::WS_CONNECTS, "result" => "unavailable").increment(1);
        return Err(Close::Unavailable);
    }
    let answer = match look_up(node, connection).await {
        Ok(answer) => answer,
        Err(why) => {
            let result = if why == Close::Unavailable { "unavailable" } else { "refused" };
            counter!(names::WS_CONNECTS, "result" => result).increment(1);
            return Err(why);
        }
    };
    connection.memory().present = true;
    node.presence.enter(node, connection.user_id, answer.status).await;
    counter!(names::WS_CONNECTS, "result" => "attached").increment(1);
    tracing::debug!(connection_id = %connection.id, user_id = connection.user_id.0, "a connection is attached");
    connection.outbox.release(text_frame(&ServerEvent::Ready(Ready {
        connection_id: connection.id,
        user_id: connection.user_id,
        epoch: answer.epoch,
        heartbeat_ms: u64::try_from(node.config.heartbeat.as_millis()).unwrap_or(u64::MAX),
        heads: answer.heads,
        views: answer.views,
    })));
    if !connection.refreshing.end() {
        spawn_refresh(node, connection);
    }
    Ok(())
}

/// Undoes all that attaching did, as far as it came.
pub async fn detach(node: &Arc<Node>, connection: &Arc<Connection>) {
    connection.outbox.close(Close::Normal);
    node.hub.exit(connection);
    if connection.memory().present {
        node.presence.leave(connection.user_id);
    }
    leave(node, connection, |_| true).await;
    watch::stop(node, connection).await;
    if std::mem::take(&mut connection.memory().listens) {
        node.topics.unlisten(vec![Topic::User(connection.user_id)]).await;
    }
}

/// Looks up again what a connection may hear, and tells it the heads. Look-ups of one connection never run
/// side by side, or an older answer could undo a newer one: asked for while one runs, it runs once more.
pub fn refresh(node: &Arc<Node>, connection: &Arc<Connection>) {
    if connection.refreshing.begin() {
        spawn_refresh(node, connection);
    }
}

fn spawn_refresh(node: &Arc<Node>, connection: &Arc<Connection>) {
    let (node, connection) = (node.clone(), connection.clone());
    node.tasks.clone().spawn(async move {
        while connection.outbox.closing().is_none() {
            match look_up(&node, &connection).await {
                Ok(answer) => connection.tell(&ServerEvent::Heads { heads: answer.heads }),
                // Whether the session still lives is not known: the look-up goes on until somebody answers.
                Err(Close::Unavailable) => {
                    tokio::time::sleep(RETRY).await;
                    continue;
                }
                Err(why) => connection.outbox.close(why),
            }
            if connection.refreshing.end() {
                break;
            }
        }
        if connection.outbox.closing().is_some() {
            // It may have been detached meanwhile, and then nobody else gives back what was just listened to.
            leave(&node, &connection, |_| true).await;
        }
    });
}

/// Whether a connection's look-up runs, and whether another one is wanted after it. Starts as running: the
/// first one attaches.
pub(crate) struct Refreshing(AtomicU8);

impl Refreshing {
    const IDLE: u8 = 0;
    const RUNNING: u8 = 1;
    const AGAIN: u8 = 2;

    pub(crate) fn attaching() -> Self {
        Self(AtomicU8::new(Self::RUNNING))
    }

    /// Whether the caller is to run it; otherwise whoever runs it will run it again.
    fn begin(&self) -> bool {
        self.step(|state| if state == Self::IDLE { Self::RUNNING } else { Self::AGAIN }) == Self::IDLE
    }

    /// Whether it is over; otherwise it was asked for again meanwhile.
    fn end(&self) -> bool {
        self.step(|state| if state == Self::AGAIN { Self::RUNNING } else { Self::IDLE }) == Self::RUNNING
    }

    fn step(&self, next: impl Fn(u8) -> u8) -> u8 {
        let stepped = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| Some(next(state)));
        stepped.unwrap_or_else(|state| state)
    }
}

/// Seats the connection in all groups of its user, and answers with a look-up that began after every topic
/// was subscribed and every seat taken: what is not in the answer was given to the seat.
async fn look_up(node: &Arc<Node>, connection: &Arc<Connection>) -> Result<AttachAnswer, Close> {
    let question = AttachQuestion { user_id: connection.user_id, session_id: connection.session_id };
    for _ in 0..MAX_ROUNDS {
        let answer = node.attaches.ask(question).await.map_err(|_| Close::Unavailable)?;
        match answer.session {
            SessionState::Live => {}
            SessionState::Ended => return Err(Close::SessionEnded),
            SessionState::AccountClosed => return Err(Close::AccountClosed),
        }
        let groups: Vec<GroupId> = answer.groups.iter().map(|seat| seat.group_id).collect();
        listen(node, connection, &groups).await?;
        if let Some(why) = connection.outbox.closing() {
            return Err(why);
        }
        let mut sat_everywhere = true;
        for seat in &answer.groups {
            let (sat, need) = node.hub.seat(connection, *seat);
            recovery::meet(node, need);
            sat_everywhere &= sat;
        }
        if sat_everywhere {
            leave(node, connection, |group| !groups.contains(&group)).await;
            return Ok(answer);
        }
    }
    Err(Close::Unavailable)
}

/// Listens to those of the groups that the connection does not listen to yet.
async fn listen(node: &Node, connection: &Connection, groups: &[GroupId]) -> Result<(), Close> {
    let new: Vec<GroupId> = {
        let memory = connection.memory();
        groups.iter().copied().filter(|group| !memory.seated.contains(group)).collect()
    };
    if new.is_empty() {
        return Ok(());
    }
    let topics: Vec<Topic> = new.iter().copied().map(Topic::Group).collect();
    if node.topics.listen(topics.clone()).await.is_err() {
        node.topics.unlisten(topics).await;
        return Err(Close::Unavailable);
    }
    connection.memory().seated.extend(new);
    Ok(())
}

/// Gives up those of its groups, with their topics.
async fn leave(node: &Node, connection: &Connection, which: impl Fn(GroupId) -> bool) {
    let left: Vec<GroupId> = connection.memory().seated.extract_if(.., |group| which(*group)).collect();
    for group in &left {
        node.hub.unseat(connection.id, *group);
    }
    node.topics.unlisten(left.into_iter().map(Topic::Group).collect()).await;
}
