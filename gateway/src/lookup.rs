//! ⑤ Look-ups by the batch: what was asked while one batch was under way is the next one, so ten thousand
//! reconnects are forty questions to the api and not ten thousand.

use crate::api::Unavailable;
use std::future::Future;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How many questions wait at most; more are `unavailable` at once.
const QUEUE: usize = 16_384;

/// How many questions make a batch at most.
const BATCH: usize = 256;

/// How long an answer is waited for, by a batch and by each question. The door goes from node to node within
/// it, so what waits behind a batch that met a silent node is answered right after it.
const WITHIN: Duration = Duration::from_secs(10);

/// One kind of look-up.
pub struct Lookup<Q, A> {
    queue: mpsc::Sender<Asked<Q, A>>,
}

struct Asked<Q, A> {
    question: Q,
    answer: oneshot::Sender<A>,
}

impl<Q: Send + 'static, A: Send + 'static> Lookup<Q, A> {
    /// Starts asking on `tasks` until `stop`; `ask` answers a batch in its order.
    pub fn start<F, Fut>(tasks: &TaskTracker, stop: &CancellationToken, ask: F) -> Self
    where
        F: Fn(Vec<Q>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Vec<A>, Unavailable>> + Send,
    {
        let (queue, mut asked) = mpsc::channel::<Asked<Q, A>>(QUEUE);
        let stop = stop.clone();
        tasks.spawn(async move {
            let mut batch = Vec::new();
            loop {
                tokio::select! {
                    taken = asked.recv_many(&mut batch, BATCH) => if taken == 0 { return },
                    () = stop.cancelled() => return,
                }
                // Whoever waited too long, behind a batch that nobody answered, asks again or has gone.
                batch.retain(|asked| !asked.answer.is_closed());
                if batch.is_empty() {
                    continue;
                }
                let (questions, answers): (Vec<Q>, Vec<_>) =
                    batch.drain(..).map(|asked| (asked.question, asked.answer)).unzip();
                // Answers that are not given are dropped, which tells who waits.
                let Ok(Ok(given)) = tokio::time::timeout(WITHIN, ask(questions)).await else { continue };
                for (to, answer) in answers.into_iter().zip(given) {
                    // Who asked may have gone.
                    let _ = to.send(answer);
                }
            }
        });
        Self { queue }
    }

    /// Asks; the batch begins after this call.
    ///
    /// # Errors
    /// [`Unavailable`] when no api answered in time, or too many questions wait.
    pub async fn ask(&self, question: Q) -> Result<A, Unavailable> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Asked { question, answer }).map_err(|_| Unavailable)?;
        tokio::time::timeout(WITHIN, answered).await.map_err(|_| Unavailable)?.map_err(|_| Unavailable)
    }
}
