//! ⑥ One batch: a transaction that locks its conversations and looks, decides, inserts, and moves the conversations on and
//! commits: three round trips for as many messages as there are. What goes wrong for the batch is tried again; what goes
//! wrong again and again is tried one ask at a time, so that one bad draft never fails its neighbours.

use super::Hooks;
use super::ask::{Item, unavailable};
use super::decide::{Decision, decide};
use super::look::{Known, Wanted, look};
use super::losses::Unsure;
use super::picture::{Picture, Repeats};
use super::places::Places;
use super::publish::Publisher;
use super::settle::{Settled, refused};
use super::stuck::Stuck;
use super::write::write;
use crate::store::messages::StoredMessage;
use crate::store::{Db, Lock, Trouble, Tx, conversations};
use metrics::{counter, histogram};
use shared::draft::ConversationKey;
use shared::metrics::{APPEND_BATCH, APPEND_RETRIES, APPEND_SECONDS};
use shared::time::Clock;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::DropGuard;

/// How often a batch is tried as a whole: once in the hope that nothing of it is a repeat, and then as often as trouble
/// may pass by itself.
const TRIES: usize = 4;
/// How long a batch may take, with all its tries: less than askers wait, so that they hear what became of it.
const LIMIT: Duration = Duration::from_secs(8);

/// What every lane needs.
pub(super) struct Appender {
    pub db: Db,
    pub clock: Clock,
    pub places: Places,
    pub hooks: Hooks,
    pub publisher: Publisher,
    pub stuck: Stuck,
    pub _ended: DropGuard,
}

/// A batch before COMMIT.
struct Written {
    picture: Picture,
    decisions: Vec<Decision>,
    stored: Vec<StoredMessage>,
}

impl Appender {
    /// Settles a lane's batch.
    pub async fn run(&self, items: Vec<Item>) {
        histogram!(APPEND_BATCH).record(items.len() as f64);
        let deadline = Instant::now() + LIMIT;
        let mut lock = Lock::Wait;
        let mut repeats = Repeats::Unlikely;
        for _ in 0..TRIES {
            let error = match self.attempt(&items, lock, repeats, deadline).await {
                Ok(settled) => return self.finish(items, settled).await,
                Err(error) => error,
            };
            let Some(trouble) = Trouble::of(&error) else {
                tracing::error!(%error, drafts = items.len(), "a batch could not be stored");
                return refuse(items);
            };
            tracing::debug!(%error, drafts = items.len(), "a batch is run again");
            counter!(APPEND_RETRIES, "cause" => trouble.as_str()).increment(1);
            // An id that was taken, or a commit that may have come to pass: now it is looked for.
            repeats = Repeats::Likely;
            if trouble == Trouble::LockWait && lock == Lock::Skip {
                // It was no conversation's row that we waited for, and waiting again would take as long.
                break;
            }
            if trouble == Trouble::LockWait {
                lock = Lock::Skip;
            }
        }
        self.one_by_one(items, deadline).await;
    }

    async fn one_by_one(&self, items: Vec<Item>, deadline: Instant) {
        for item in items {
            let alone = vec![item];
            match self.attempt(&alone, Lock::Wait, Repeats::Likely, deadline).await {
                Ok(settled) => self.finish(alone, settled).await,
                Err(error) => {
                    tracing::warn!(%error, "a draft could not be stored, not even alone");
                    refuse(alone);
                }
            }
        }
    }

    /// Answers first: what is committed is committed, and only then told to others.
    async fn finish(&self, items: Vec<Item>, settled: Settled) {
        for (item, reply) in items.into_iter().zip(settled.replies) {
            // Whoever asked may have gone since it was decided; the entry is stored all the same.
            let _ = item.reply.send(reply);
        }
        if let Some(pause) = &self.hooks.before_publish {
            pause(settled.conversations).await;
        }
        self.publisher.publish(&settled.publications, settled.committed_at).await;
    }

    async fn attempt(
        &self,
        items: &[Item],
        lock: Lock,
        repeats: Repeats,
        deadline: Instant,
    ) -> Result<Settled, sqlx::Error> {
        // Dropped at the deadline, the transaction is rolled back.
        let tried = tokio::time::timeout_at(deadline, Box::pin(self.transact(items, lock, repeats)));
        tried.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    async fn transact(&self, items: &[Item], lock: Lock, repeats: Repeats) -> Result<Settled, sqlx::Error> {
        let now = self.clock.now();
        let keys: BTreeSet<ConversationKey> = items.iter().map(|item| item.ask.conversation()).collect();
        let places = self.places.resolve(&self.db, &keys, now).await?;
        let started = Instant::now();
        let wanted = Wanted::of(items.iter().map(|item| &item.ask));
        let (mut tx, known) = look(&self.db, &wanted, places, &self.stuck, lock, now).await?;
        let written = match self.write(&mut tx, items, &wanted, &known, repeats).await {
            Ok(written) => written,
            Err(error) => {
                // Waited for, or the next try meets the locks of this one. What goes wrong here goes wrong
                // with the connection, and frees them too.
                let _ = tx.rollback().await;
                return Err(error);
            }
        };
        if let Some(pause) = &self.hooks.before_commit {
            pause(written.picture.locked()).await;
        }
        let unsure = Unsure::about(&written.stored, &self.publisher.losses, now);
        tx.commit_with(conversations::advancing(self.db.engine(), &written.picture.moved())).await?;
        let committed_at = self.clock.now();
        unsure.settle();
        histogram!(APPEND_SECONDS).record(started.elapsed().as_secs_f64());
        Ok(Settled::of(written.decisions, &written.stored, &written.picture, committed_at))
    }

    /// Decides, and writes what comes of it.
    async fn write(
        &self,
        tx: &mut Tx,
        items: &[Item],
        wanted: &Wanted,
        known: &Known,
        repeats: Repeats,
    ) -> Result<Written, sqlx::Error> {
        let mut picture = Picture::load(tx, wanted, known, repeats).await?;
        let mut decisions = decide_all(&mut picture, items);
        if repeats == Repeats::Unlikely && decisions.iter().any(Decision::is_refusal) {
            // Whoever may not do it now may have done it before.
            picture = Picture::load(tx, wanted, known, Repeats::Likely).await?;
            decisions = decide_all(&mut picture, items);
        }
        let stored = write(&self.db, tx, &picture).await?;
        Ok(Written { picture, decisions, stored })
    }
}

/// With the rows locked. A draft whose gateway was told meanwhile, by another node, that it is refused for good must not be
/// stored here after all: this node may have stood still since it was asked.
fn decide_all(picture: &mut Picture, items: &[Item]) -> Vec<Decision> {
    let decided = items.iter().map(|item| match item.is_forgotten() {
        true => Decision::Refused(unavailable()),
        false => decide(picture, &item.ask),
    });
    decided.collect()
}

fn refuse(items: Vec<Item>) {
    for item in items {
        // As above.
        let _ = item.reply.send(refused(unavailable()));
    }
}
