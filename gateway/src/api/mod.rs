//! ⑤ The door to the api: append batches and look-ups. A gateway reaches storage through this trait and in no
//! other way; behind it are function calls in the all-in-one, and HTTP in a cluster.

mod addresses;
pub mod http;
mod limits;
mod link;
mod node;
mod nodes;

pub use addresses::{ApiUrl, BadApiUrl, Resolver, SystemResolver};
pub use limits::Limits;

use async_trait::async_trait;
use bytes::Bytes;
use shared::door::{
    AppendBatch, AttachAnswer, AttachQuestion, EntriesQuestion, Outcome, ReadMark, Roster, RosterQuestion,
    SumQuestion, WatchQuestion,
};
use shared::event::{Heads, Status};
use shared::ids::{ConversationId, UserId};

/// How long a single question to the api may take.
pub const WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// No api answered in time. What was asked may or may not have been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no api answers")]
pub struct Unavailable;

/// The api as gateways see it. Lists of questions are answered in their order, one answer each.
#[async_trait]
pub trait Api: Send + Sync + 'static {
    /// Stores the drafts of a lane, in order. Called again with the same drafts, it answers the same places.
    async fn append(&self, lane: usize, drafts: AppendBatch) -> Result<Vec<Outcome>, Unavailable>;

    /// Whether sessions may go on, and what their users are to hear of. Read after the call began.
    async fn attach(&self, questions: Vec<AttachQuestion>) -> Result<Vec<AttachAnswer>, Unavailable>;

    /// Members of groups, each group from one moment after the call began; `None`: there is no such group.
    async fn rosters(&self, questions: Vec<RosterQuestion>) -> Result<Vec<Option<Roster>>, Unavailable>;

    /// Encoded envelopes of a part of a log, ascending; at most 256.
    async fn entries(&self, question: EntriesQuestion) -> Result<Vec<Bytes>, Unavailable>;

    /// Heads of those users whose sum differs.
    async fn sums(&self, questions: Vec<SumQuestion>) -> Result<Vec<Option<Heads>>, Unavailable>;

    /// Moves read cursors, for those who may.
    async fn read(&self, marks: Vec<ReadMark>) -> Result<(), Unavailable>;

    /// Those whose presence the user may watch, with the status that they chose.
    async fn watchable(&self, question: WatchQuestion) -> Result<Vec<(UserId, Status)>, Unavailable>;

    /// Whether the two have a direct conversation, so that one may show the other that they are typing.
    async fn may_type(&self, user: UserId, peer: UserId) -> Result<bool, Unavailable>;

    /// Has the heads of these conversations announced to all their listeners: their newest entry did not come
    /// over the bus, and who else missed it nobody knows.
    async fn announce(&self, conversations: Vec<ConversationId>) -> Result<(), Unavailable>;

    /// Waits until an api that was there has gone: what it stored last it may not have published. One in the same
    /// process goes with its gateway.
    async fn lost(&self) {
        std::future::pending::<()>().await;
    }

    /// Whether any api is there, for the gateway's health. One in the same process always is.
    async fn answers(&self) -> bool {
        true
    }
}
