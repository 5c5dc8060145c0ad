//! ④ ⑤ The calling side of the append: a draft waits in its conversation's lane, a lane has one batch under
//! way, and each outcome goes back to the connection that sent the draft.

use crate::api::Api;
use crate::connection::Connection;
use crate::echoes::Echoes;
use metrics::histogram;
use shared::door::{Outcome, Refusal};
use shared::draft::Draft;
use shared::error::Code;
use shared::event::{Ack, ServerEvent};
use shared::lane::{Bounds, Full, Lanes, MAX_BATCH};
use shared::metrics as names;
use shared::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// How many drafts wait in a lane at most.
const LANE_QUEUE: usize = 1024;

/// How long a batch may take, over all api nodes that are tried.
const WITHIN: Duration = Duration::from_secs(10);

/// When a client is told to try again that could not be served.
const RETRY_AFTER_MS: u64 = 1000;

/// How many drafts of a connection wait for their outcome.
#[derive(Default)]
pub(crate) struct Unanswered {
    drafts: AtomicUsize,
    answered: Notify,
}

impl Unanswered {
    pub(crate) fn is_zero(&self) -> bool {
        self.drafts.load(Ordering::Acquire) == 0
    }

    /// Waits until none does.
    pub(crate) async fn zero(&self) {
        loop {
            let answered = self.answered.notified();
            if self.is_zero() {
                return;
            }
            answered.await;
        }
    }
}

/// The lanes of this gateway.
pub struct Sends {
    lanes: Lanes<Pending>,
}

/// A draft, and who waits for its outcome.
struct Pending {
    draft: Draft,
    asker: Asker,
}

enum Asker {
    /// A client, for its ack.
    Client(Waiting),
    /// This gateway itself. Nothing is counted for it: what is counted is what people feel.
    Canary(oneshot::Sender<Outcome>),
}

/// A client that waits.
struct Waiting {
    connection: Arc<Connection>,
    received_at: Timestamp,
}

impl Sends {
    /// Starts the lanes on `tasks`; after `stop` they finish what they have.
    pub fn start(
        api: Arc<dyn Api>,
        echoes: Arc<Echoes>,
        lanes: usize,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Self {
        let bounds = Bounds { lanes, queue: LANE_QUEUE, batch: MAX_BATCH };
        let lanes = Lanes::start(bounds, tasks, stop, move |lane, batch| {
            let (api, echoes) = (api.clone(), echoes.clone());
            async move { append(&*api, &echoes, lane, batch).await }
        });
        Self { lanes }
    }

    /// Puts a draft into its lane. The answer is an `ack` or an `error`, to the connection.
    pub fn push(&self, draft: Draft, connection: &Arc<Connection>) {
        let received_at = connection.clock.now();
        let client_message_id = draft.client_message_id;
        tracing::debug!(connection_id = %connection.id, %client_message_id, "a draft waits for its lane");
        connection.unanswered.drafts.fetch_add(1, Ordering::AcqRel);
        self.queue(Pending {
            draft,
            asker: Asker::Client(Waiting { connection: connection.clone(), received_at }),
        });
    }

    /// Puts a canary into its lane; its outcome is answered here.
    pub(crate) fn push_canary(&self, draft: Draft) -> oneshot::Receiver<Outcome> {
        let (asker, outcome) = oneshot::channel();
        self.queue(Pending { draft, asker: Asker::Canary(asker) });
        outcome
    }

    fn queue(&self, pending: Pending) {
        if let Err(Full(pending)) = self.lanes.push(pending.draft.conversation(), pending) {
            pending.answer(Err(unavailable()));
        }
    }

    /// How many drafts wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.lanes.depth()
    }
}

async fn append(api: &dyn Api, echoes: &Echoes, lane: usize, batch: Vec<Pending>) {
    let drafts = batch.iter().map(|pending| pending.draft.clone()).collect();
    let outcomes = tokio::time::timeout(WITHIN, api.append(lane, drafts)).await;
    let outcomes = match outcomes {
        Ok(Ok(outcomes)) if outcomes.len() == batch.len() => outcomes,
        // Whether they are stored is not known; with the same ids, a repeat finds out.
        _ => batch.iter().map(|_| Err(unavailable())).collect(),
    };
    for (pending, outcome) in batch.into_iter().zip(outcomes) {
        if let (Ok(stored), Asker::Client(_)) = (&outcome, &pending.asker) {
            echoes.expect(&pending.draft, stored);
        }
        pending.answer(outcome);
    }
}

fn unavailable() -> Refusal {
    Refusal { code: Code::Unavailable, retry_after_ms: Some(RETRY_AFTER_MS) }
}

/// Whatever became of it, nobody waits for it any more.
impl Drop for Waiting {
    fn drop(&mut self) {
        let unanswered = &self.connection.unanswered;
        if unanswered.drafts.fetch_sub(1, Ordering::AcqRel) == 1 {
            unanswered.answered.notify_waiters();
        }
    }
}

impl Pending {
    fn answer(self, outcome: Outcome) {
        match self.asker {
            Asker::Client(waiting) => waiting.answer(self.draft.client_message_id, outcome),
            // It may have stopped waiting.
            Asker::Canary(asker) => drop(asker.send(outcome)),
        }
    }
}

impl Waiting {
    fn answer(&self, client_message_id: Uuid, outcome: Outcome) {
        let (connection_id, seq) = (self.connection.id, outcome.as_ref().ok().map(|stored| stored.seq));
        let code = outcome.as_ref().err().map(|refusal| refusal.code.as_str());
        tracing::debug!(%connection_id, %client_message_id, seq, code, "a draft is answered");
        match outcome {
            Ok(stored) => {
                histogram!(names::ACK_SECONDS).record(self.connection.clock.now().since(self.received_at));
                self.connection.tell(&ServerEvent::Ack(Ack {
                    client_message_id,
                    message_id: stored.message_id,
                    conversation_id: stored.conversation_id,
                    seq: stored.seq,
                    created_at: stored.created_at,
                }));
            }
            Err(refusal) => {
                let id = Some(client_message_id.to_string());
                self.connection.refuse(refusal.code, id, refusal.retry_after_ms);
            }
        }
    }
}
