//! ⑥ ⑦ The one append of the system: whatever becomes an entry of a conversation's log passes through here, in
//! the order of its lane. A lane's batch is one transaction: dedupe, authorise what is new, number, insert,
//! commit; then the askers are answered, and then the entries are published.

mod announce;
mod ask;
mod batch;
mod decide;
mod entry;
mod look;
mod losses;
mod membership;
mod picture;
mod places;
mod publish;
mod settle;
mod stuck;
mod write;

pub use entry::envelope_of;
pub use membership::{MEMBER_JOINED, MEMBER_LEFT, MemberDetail};

use crate::store::{Db, conversations, groups};
use announce::Announcer;
use ask::{Ask, ChangeKind, Item, MemberChange, Reply, unavailable};
use batch::Appender;
use futures_util::future::{BoxFuture, join_all};
use losses::{Loss, Losses};
use metrics::gauge;
use places::Places;
use publish::Publisher;
use settle::refused;
use shared::bus::Bus;
use shared::door::{Outcome, Refusal};
use shared::draft::Draft;
use shared::ids::{ConversationId, GroupId, UserId};
use shared::lane::{Bounds, Lanes, MAX_BATCH};
use shared::metrics::LANE_DEPTH;
use shared::time::Clock;
use std::sync::Arc;
use std::time::Duration;
use stuck::Stuck;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How many asks wait in one lane.
const QUEUE: usize = 1024;
/// How long whoever asked waits for an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// A pause at a point of a batch, for tests; it is told which conversations the batch holds.
pub type Pause = Arc<dyn Fn(Vec<ConversationId>) -> BoxFuture<'static, ()> + Send + Sync>;

/// Where tests may hold a batch. By default nowhere.
#[derive(Clone, Default)]
pub struct Hooks {
    /// Everything is written that is not sent together with the COMMIT, and the rows are locked.
    pub before_commit: Option<Pause>,
    /// The askers have been answered.
    pub before_publish: Option<Pause>,
}

/// What the append is made of.
pub struct AppendParts<'a> {
    /// Where entries are stored.
    pub db: Db,
    /// Where they are published.
    pub bus: Arc<dyn Bus>,
    /// What they are dated by.
    pub clock: Clock,
    /// How many lanes; one on SQLite, which has one writer.
    pub lanes: usize,
    /// Pauses, for tests.
    pub hooks: Hooks,
    /// Owns the tasks of the lanes.
    pub tasks: &'a TaskTracker,
    /// Ends them, after what is queued.
    pub stop: &'a CancellationToken,
}

/// The append. Cheap to clone.
#[derive(Clone)]
pub struct Append {
    db: Db,
    clock: Clock,
    lanes: Arc<Lanes<Item>>,
    losses: Arc<Losses>,
}

impl Append {
    /// Starts the lanes.
    #[must_use]
    pub fn start(parts: AppendParts<'_>) -> Self {
        let AppendParts { db, bus, clock, lanes, hooks, tasks, stop } = parts;
        let losses = Arc::new(Losses::default());
        let ended = CancellationToken::new();
        let announcer = Announcer {
            losses: losses.clone(),
            db: db.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            ended: ended.clone(),
        };
        tasks.spawn(announcer.run());
        let appender = Appender {
            db: db.clone(),
            clock: clock.clone(),
            places: Places::default(),
            hooks,
            publisher: Publisher { bus, losses: losses.clone() },
            stuck: Stuck::default(),
            // The lanes alone hold this, so it goes with the last of them.
            _ended: ended.drop_guard(),
        };
        let appender = Arc::new(appender);
        let bounds = Bounds { lanes, queue: QUEUE, batch: MAX_BATCH };
        let lanes = Lanes::start(bounds, tasks, stop, move |_, items: Vec<Item>| {
            let appender = appender.clone();
            async move {
                gauge!(LANE_DEPTH, "side" => "api").decrement(items.len() as f64);
                appender.run(items).await;
            }
        });
        Self { db, clock, lanes: Arc::new(lanes), losses }
    }

    /// Stores a message: its place, or why not. `Ok` comes after COMMIT only. A repeat, with the same id, is
    /// answered with the place that the first one got, whatever the sender may do by now.
    pub async fn send(&self, draft: Draft) -> Outcome {
        self.ask(Ask::Send(draft)).await?.ok_or_else(unavailable)
    }

    /// Stores messages; one outcome each, in the same order. Those of a conversation are stored in order.
    pub async fn append(&self, drafts: Vec<Draft>) -> Vec<Outcome> {
        // Queued one after the other before any is waited for.
        let asked: Vec<_> = drafts.into_iter().map(|draft| self.push(Ask::Send(draft))).collect();
        let answers = asked.into_iter().map(|asked| async { answer(asked).await?.ok_or_else(unavailable) });
        join_all(answers).await
    }

    /// Tells everybody who listens how far these logs have come: a gateway missed an entry on the bus, and the
    /// node that stored it may be gone.
    pub fn announce(&self, conversations: &[ConversationId]) {
        let lost = |id: &ConversationId| Loss { conversation: *id, subject: None, unsure: false };
        self.losses.remember(conversations.iter().map(lost), self.clock.now());
    }

    /// Makes a group, and its owner the first member. Name and description are checked.
    ///
    /// # Errors
    /// `unavailable`; then a group may be left that only its owner can join.
    pub async fn create_group(
        &self,
        owner: UserId,
        name: &str,
        description: &str,
    ) -> Result<GroupId, Refusal> {
        let made = tokio::time::timeout(ANSWER_LIMIT, self.make_group(owner, name, description));
        let group = made.await.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(|error| {
            tracing::error!(%error, "a group could not be made");
            unavailable()
        })?;
        self.join(owner, group).await?;
        Ok(group)
    }

    /// Makes a user a member of a group; one who is a member stays it.
    ///
    /// # Errors
    /// `not_found`, or `unavailable`.
    pub async fn join(&self, user: UserId, group: GroupId) -> Result<(), Refusal> {
        self.change(ChangeKind::Join, group, user, user).await
    }

    /// Takes a user out of a group. The owner's leaving hands the group over; the last one's closes it.
    ///
    /// # Errors
    /// `not_found` for who is no member, or `unavailable`.
    pub async fn leave(&self, user: UserId, group: GroupId) -> Result<(), Refusal> {
        self.change(ChangeKind::Leave, group, user, user).await
    }

    /// Has `actor` remove `user` from a group.
    ///
    /// # Errors
    /// `not_found` when either is no member, `forbidden` for a role that may not, `bad_request` for oneself,
    /// or `unavailable`.
    pub async fn kick(&self, actor: UserId, user: UserId, group: GroupId) -> Result<(), Refusal> {
        self.change(ChangeKind::Kick, group, actor, user).await
    }

    async fn make_group(&self, owner: UserId, name: &str, description: &str) -> Result<GroupId, sqlx::Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let group = groups::insert(&mut tx, owner, name, description, now).await?;
        conversations::make_group(&mut tx, group, now).await?;
        tx.commit().await?;
        Ok(group)
    }

    async fn change(
        &self,
        kind: ChangeKind,
        group: GroupId,
        actor: UserId,
        subject: UserId,
    ) -> Result<(), Refusal> {
        self.ask(Ask::Change(MemberChange::new(kind, group, actor, subject))).await.map(|_place| ())
    }

    async fn ask(&self, ask: Ask) -> Reply {
        answer(self.push(ask)).await
    }

    fn push(&self, ask: Ask) -> Result<oneshot::Receiver<Reply>, Refusal> {
        let (reply, answer) = oneshot::channel();
        let key = ask.conversation();
        // Counted first, so that a lane that is quicker than this line does not take it below zero.
        let depth = gauge!(LANE_DEPTH, "side" => "api");
        depth.increment(1.0);
        self.lanes.push(key, Item { ask, reply }).map_err(|_full| {
            depth.decrement(1.0);
            unavailable()
        })?;
        Ok(answer)
    }
}

/// What the lane says; `unavailable` when it was full, lost the ask, or takes too long.
async fn answer(asked: Result<oneshot::Receiver<Reply>, Refusal>) -> Reply {
    let Ok(answer) = asked else { return refused(unavailable()) };
    match tokio::time::timeout(ANSWER_LIMIT, answer).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(_)) | Err(_) => Err(unavailable()),
    }
}
