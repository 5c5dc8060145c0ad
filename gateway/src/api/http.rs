//! ⑤ The door over HTTP: an api node is chosen for each question, and while it does not answer the next one is
//! asked the same. Every call may be repeated, so whoever asks learns only of the last answer.

use super::addresses::{self, ApiUrl, Resolver, SystemResolver};
use super::limits::Limits;
use super::link::Link;
use super::node::{Fault, Node};
use super::nodes::Nodes;
use super::{Api, Unavailable};
use async_trait::async_trait;
use bytes::Bytes;
use hyper::header::HeaderValue;
use metrics::{counter, histogram};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::config::Secret;
use shared::door::{
    AnnounceQuestion, AppendBatch, AttachAnswer, AttachQuestion, Call, EntriesQuestion, Outcome, ReadMark,
    Roster, RosterQuestion, SumQuestion, TypingQuestion, WatchQuestion, from_frames,
};
use shared::error::Code;
use shared::event::{Heads, Status};
use shared::ids::{ConversationId, UserId};
use shared::lane::mix;
use shared::metrics::{DOOR_REQUESTS, DOOR_SECONDS};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// What the door is made of.
pub struct Setup {
    /// Where the api nodes are.
    pub urls: Vec<ApiUrl>,
    /// What nodes show each other.
    pub secret: Secret,
    /// What names stand for.
    pub resolver: Arc<dyn Resolver>,
    /// How long things may take.
    pub limits: Limits,
}

/// The api nodes of a cluster, behind HTTP.
pub struct HttpApi {
    nodes: Arc<Nodes>,
    limits: Limits,
    /// Counts look-ups, each of which has its own order of nodes.
    turn: AtomicU64,
}

/// Something to be asked: the same bytes of whichever node.
struct Question {
    /// What it is called in the logs of both sides.
    id: HeaderValue,
    call: Call,
    /// By what its order of nodes is chosen.
    key: u64,
    body: Bytes,
    patience: Duration,
}

impl Question {
    /// For the log: as text, which is what the other side's log has.
    fn name(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }
}

/// What a node answered.
enum Answer<A> {
    /// What was asked for.
    Given(A),
    /// That nothing of it can be done now; another node may.
    PutOff(A),
}

/// How it went to ask every node that is worth it.
enum Round<A> {
    Answered(A),
    /// All refused the question, and would again.
    Refused,
    /// Somebody was waited for in vain, and may just be slow.
    Late,
    /// Nobody is there.
    InVain,
}

impl HttpApi {
    /// A door to the api nodes at `urls`. It follows their addresses and looks after those that failed until
    /// `stop`; what is asked after that is asked of those that are known.
    pub fn start(
        urls: Vec<ApiUrl>,
        secret: Secret,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Arc<Self> {
        let resolver = Arc::new(SystemResolver);
        Self::start_as(Setup { urls, secret, resolver, limits: Limits::default() }, tasks, stop)
    }

    /// The same with other names and limits.
    pub fn start_as(setup: Setup, tasks: &TaskTracker, stop: &CancellationToken) -> Arc<Self> {
        let Setup { urls, secret, resolver, limits } = setup;
        let nodes = Arc::new(Nodes::new(Link::new(&secret, limits.connect)));
        tasks.spawn(addresses::follow(urls, resolver, nodes.clone(), limits, stop.clone()));
        tasks.spawn(nodes.clone().watch(limits, stop.clone()));
        Arc::new(Self { nodes, limits, turn: AtomicU64::new(0) })
    }

    /// A look-up; each goes to another node.
    async fn look_up<A: DeserializeOwned>(
        &self,
        call: Call,
        question: &impl Serialize,
        is_whole: impl Fn(&A) -> bool + Sync,
    ) -> Result<A, Unavailable> {
        let question = self.question(call, question)?;
        self.ask(question, |body| read(&body, &is_whole).map(Answer::Given)).await
    }

    fn question(&self, call: Call, question: &impl Serialize) -> Result<Question, Unavailable> {
        let body = serde_json::to_vec(question).map_err(|error| {
            tracing::error!(%error, call = call.name(), "a question cannot be written");
            Unavailable
        })?;
        let key = mix(self.turn.fetch_add(1, Ordering::Relaxed));
        let id = HeaderValue::from_str(Uuid::now_v7().simple().encode_lower(&mut Uuid::encode_buffer()));
        let id = id.map_err(|_| Unavailable)?;
        Ok(Question { id, call, key, body: body.into(), patience: self.limits.look_up })
    }

    async fn ask<A, R>(&self, question: Question, read: R) -> Result<A, Unavailable>
    where
        R: Fn(Bytes) -> Result<Answer<A>, Fault>,
    {
        let asked = tokio::time::timeout(self.limits.call, Box::pin(self.rounds(question, read))).await;
        asked.unwrap_or(Err(Unavailable))
    }

    /// Round after round, until there is an answer or the caller's time is over.
    async fn rounds<A, R>(&self, mut question: Question, read: R) -> Result<A, Unavailable>
    where
        R: Fn(Bytes) -> Result<Answer<A>, Fault>,
    {
        loop {
            match self.round(&question, &read).await {
                Round::Answered(answer) => return Ok(answer),
                Round::Refused => return Err(Unavailable),
                // All may be slow: asked again as hastily, none would ever answer.
                Round::Late => question.patience *= 2,
                Round::InVain => {}
            }
            tokio::time::sleep(self.limits.pause).await;
        }
    }

    async fn round<A, R>(&self, question: &Question, read: &R) -> Round<A>
    where
        R: Fn(Bytes) -> Result<Answer<A>, Fault>,
    {
        let (mut tried, mut put_off, mut faults) = (Vec::new(), None, Vec::new());
        while let Some(node) = self.nodes.next(question.key, &tried) {
            tried.push(node.address);
            match self.attempt(&node, question, read).await {
                Ok(Answer::Given(answer)) => return Round::Answered(answer),
                Ok(Answer::PutOff(answer)) => put_off = Some(answer),
                Err(fault) => faults.push(fault),
            }
        }
        if let Some(answer) = put_off {
            // The clients try again when they are told to; the lane's other drafts need not wait for that.
            return Round::Answered(answer);
        }
        let is_refusal = |fault: &Fault| matches!(fault, Fault::Refused(_));
        match faults.as_slice() {
            [_, ..] if faults.iter().all(is_refusal) => Round::Refused,
            faults if faults.contains(&Fault::Late) => Round::Late,
            _ => Round::InVain,
        }
    }

    /// Asks one node, and remembers how it went.
    async fn attempt<A, R>(&self, node: &Node, question: &Question, read: &R) -> Result<Answer<A>, Fault>
    where
        R: Fn(Bytes) -> Result<Answer<A>, Fault>,
    {
        let Question { id, call, body, patience, .. } = question;
        let begun = Instant::now();
        let answered = tokio::time::timeout(*patience, node.post(*call, id, body.clone())).await;
        let answered = answered.unwrap_or(Err(Fault::Late)).and_then(read);
        let result = match &answered {
            Ok(Answer::Given(_)) => {
                self.nodes.answered(node);
                "ok"
            }
            Ok(Answer::PutOff(_)) => {
                self.nodes.doubt(node);
                "put_off"
            }
            Err(fault) => {
                self.nodes.failed(node, fault);
                fault.result()
            }
        };
        tracing::debug!(door_id = question.name(), call = call.name(), node = %node.address, result, "an api node was asked");
        counter!(DOOR_REQUESTS, "call" => call.name(), "result" => result).increment(1);
        histogram!(DOOR_SECONDS, "call" => call.name()).record(begun.elapsed().as_secs_f64());
        answered
    }
}

/// Reads an answer; fields that are not known are passed over, since a newer api may answer.
fn read<A: DeserializeOwned>(body: &[u8], is_whole: impl Fn(&A) -> bool) -> Result<A, Fault> {
    let answer = serde_json::from_slice(body).map_err(|error| Fault::Unreadable(error.to_string()))?;
    if is_whole(&answer) {
        Ok(answer)
    } else {
        Err(Fault::Unreadable("it answers something else".to_owned()))
    }
}

/// When nothing of a batch was stored for reasons that pass, another node may store it. A repeat of what was
/// stored all the same finds its place.
fn sort(outcomes: Vec<Outcome>) -> Answer<Vec<Outcome>> {
    let is_put_off = |outcome: &Outcome| matches!(outcome, Err(refusal) if refusal.code == Code::Unavailable);
    let none_stored = !outcomes.is_empty() && outcomes.iter().all(is_put_off);
    if none_stored { Answer::PutOff(outcomes) } else { Answer::Given(outcomes) }
}

#[async_trait]
impl Api for HttpApi {
    async fn append(&self, lane: usize, drafts: AppendBatch) -> Result<Vec<Outcome>, Unavailable> {
        let count = drafts.len();
        let question = self.question(Call::Append, &drafts)?;
        let question = Question { key: lane as u64, patience: self.limits.append, ..question };
        for draft in &drafts {
            tracing::debug!(door_id = question.name(), client_message_id = %draft.client_message_id, "a draft is handed on");
        }
        self.ask(question, |body| read(&body, |outcomes: &Vec<Outcome>| outcomes.len() == count).map(sort))
            .await
    }

    async fn attach(&self, questions: Vec<AttachQuestion>) -> Result<Vec<AttachAnswer>, Unavailable> {
        let count = questions.len();
        self.look_up(Call::Attach, &questions, |answers: &Vec<_>| answers.len() == count).await
    }

    async fn rosters(&self, questions: Vec<RosterQuestion>) -> Result<Vec<Option<Roster>>, Unavailable> {
        let count = questions.len();
        self.look_up(Call::Rosters, &questions, |answers: &Vec<_>| answers.len() == count).await
    }

    async fn entries(&self, question: EntriesQuestion) -> Result<Vec<Bytes>, Unavailable> {
        let question = self.question(Call::Entries, &question)?;
        let read = |body| match from_frames(body) {
            Ok(entries) => Ok(Answer::Given(entries)),
            Err(bad) => Err(Fault::Unreadable(bad.to_string())),
        };
        self.ask(question, read).await
    }

    async fn sums(&self, questions: Vec<SumQuestion>) -> Result<Vec<Option<Heads>>, Unavailable> {
        let count = questions.len();
        self.look_up(Call::Sums, &questions, |answers: &Vec<_>| answers.len() == count).await
    }

    async fn read(&self, marks: Vec<ReadMark>) -> Result<(), Unavailable> {
        self.look_up(Call::Read, &marks, |()| true).await
    }

    async fn watchable(&self, question: WatchQuestion) -> Result<Vec<(UserId, Status)>, Unavailable> {
        self.look_up(Call::Watchable, &question, |_: &Vec<_>| true).await
    }

    async fn may_type(&self, user_id: UserId, peer_id: UserId) -> Result<bool, Unavailable> {
        self.look_up(Call::MayType, &TypingQuestion { user_id, peer_id }, |_: &bool| true).await
    }

    async fn announce(&self, conversation_ids: Vec<ConversationId>) -> Result<(), Unavailable> {
        self.look_up(Call::Announce, &AnnounceQuestion { conversation_ids }, |()| true).await
    }

    async fn lost(&self) {
        self.nodes.lost().await;
    }

    async fn answers(&self) -> bool {
        self.nodes.is_any_up()
    }
}
