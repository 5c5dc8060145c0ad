//! ⑤ The door between gateway and api within one process: function calls where a cluster has HTTP.

use api::app::App;
use async_trait::async_trait;
use bytes::Bytes;
use gateway::api::{Api, Unavailable};
use shared::door::{
    AppendBatch, AttachAnswer, AttachQuestion, EntriesQuestion, Outcome, ReadMark, Roster, RosterQuestion,
    SumQuestion, WatchQuestion,
};
use shared::event::{Heads, Status};
use shared::ids::{ConversationId, UserId};
use std::fmt::Display;
use std::sync::Arc;

/// The api in this process.
pub struct InProcess {
    app: Arc<App>,
}

impl InProcess {
    /// A door to it.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

/// The gateway learns only that there is no answer; the reason is for the log.
fn unavailable(error: impl Display) -> Unavailable {
    tracing::warn!(%error, "a look-up of the gateway failed");
    Unavailable
}

#[async_trait]
impl Api for InProcess {
    async fn append(&self, _: usize, drafts: AppendBatch) -> Result<Vec<Outcome>, Unavailable> {
        Ok(self.app.append.append(drafts).await)
    }

    async fn attach(&self, questions: Vec<AttachQuestion>) -> Result<Vec<AttachAnswer>, Unavailable> {
        self.app.door.attach(questions).await.map_err(unavailable)
    }

    async fn rosters(&self, questions: Vec<RosterQuestion>) -> Result<Vec<Option<Roster>>, Unavailable> {
        self.app.door.rosters(questions).await.map_err(unavailable)
    }

    async fn entries(&self, question: EntriesQuestion) -> Result<Vec<Bytes>, Unavailable> {
        self.app.door.entries(question).await.map_err(unavailable)
    }

    async fn sums(&self, questions: Vec<SumQuestion>) -> Result<Vec<Option<Heads>>, Unavailable> {
        self.app.door.sums(questions).await.map_err(unavailable)
    }

    async fn read(&self, marks: Vec<ReadMark>) -> Result<(), Unavailable> {
        self.app.door.read(marks).await.map_err(unavailable)
    }

    async fn watchable(&self, question: WatchQuestion) -> Result<Vec<(UserId, Status)>, Unavailable> {
        self.app.door.watchable(question).await.map_err(unavailable)
    }

    async fn may_type(&self, user: UserId, peer: UserId) -> Result<bool, Unavailable> {
        self.app.door.may_type(user, peer).await.map_err(unavailable)
    }

    async fn announce(&self, conversations: Vec<ConversationId>) -> Result<(), Unavailable> {
        self.app.append.announce(&conversations);
        Ok(())
    }
}
