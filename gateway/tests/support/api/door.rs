//! The door itself: what the gateway asks, answered from the tables. An answer is read first and waits at its
//! gate after that, so a late answer says what was true when it was asked for.

use super::{Call, FakeApi};
use async_trait::async_trait;
use bytes::Bytes;
use gateway::api::{Api, Unavailable};
use shared::door::{
    AppendBatch, AttachAnswer, AttachQuestion, EntriesQuestion, Outcome, ReadMark, Roster, RosterQuestion,
    SessionState, SumQuestion, WatchQuestion,
};
use shared::draft::{ConversationKey, Target};
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::event::{Heads, ServerEvent, Status};
use shared::ids::{ConversationId, UserId};
use shared::topic::Topic;

impl FakeApi {
    async fn answer<T>(&self, call: Call, read: impl FnOnce(&Self) -> T) -> Result<T, Unavailable> {
        let gate = self.gates.of(call);
        let number = gate.enter().ok_or(Unavailable)?;
        let answer = read(self);
        gate.pass(number).await;
        Ok(answer)
    }

    fn attach_one(&self, question: AttachQuestion) -> AttachAnswer {
        let AttachQuestion { user_id, session_id } = question;
        let store = self.store();
        let session = match store.sessions.get(&session_id) {
            _ if store.closed.contains(&user_id) => SessionState::AccountClosed,
            Some(user) if *user == user_id => SessionState::Live,
            _ => SessionState::Ended,
        };
        AttachAnswer {
            session,
            status: store.users.get(&user_id).copied().unwrap_or(Status::Online),
            epoch: "epoch-for-tests".to_owned(),
            groups: store.seats_of(user_id),
            heads: store.heads_of(user_id),
            views: 0,
        }
    }

    fn roster_one(&self, question: &RosterQuestion) -> Option<Roster> {
        if let Some((roster, times)) = self.stale.lock().unwrap().get_mut(&question.group_id)
            && *times > 0
        {
            *times -= 1;
            return Some(roster.clone());
        }
        let store = self.store();
        store
            .find(ConversationKey::Group(question.group_id))
            .map(|group| group.roster(Some(&question.user_ids)))
    }
}

#[async_trait]
impl Api for FakeApi {
    async fn append(&self, _: usize, drafts: AppendBatch) -> Result<Vec<Outcome>, Unavailable> {
        let number = self.gates.of(Call::Append).enter().ok_or(Unavailable)?;
        let outcomes = self.store_and_publish(drafts).await;
        self.gates.of(Call::Append).pass(number).await;
        Ok(outcomes)
    }

    async fn attach(&self, questions: Vec<AttachQuestion>) -> Result<Vec<AttachAnswer>, Unavailable> {
        self.answer(Call::Attach, |api| questions.into_iter().map(|q| api.attach_one(q)).collect()).await
    }

    async fn rosters(&self, questions: Vec<RosterQuestion>) -> Result<Vec<Option<Roster>>, Unavailable> {
        self.answer(Call::Rosters, |api| questions.iter().map(|q| api.roster_one(q)).collect()).await
    }

    async fn entries(&self, question: EntriesQuestion) -> Result<Vec<Bytes>, Unavailable> {
        let EntriesQuestion { conversation_id, after, through } = question;
        self.answer(Call::Entries, |api| api.store().conversations[&conversation_id].entries(after, through))
            .await
    }

    async fn sums(&self, questions: Vec<SumQuestion>) -> Result<Vec<Option<Heads>>, Unavailable> {
        let differs =
            |q: SumQuestion| (self.sum_of(q.user_id) != q.sum).then(|| self.store().heads_of(q.user_id));
        self.answer(Call::Sums, |_| questions.into_iter().map(differs).collect()).await
    }

    async fn read(&self, marks: Vec<ReadMark>) -> Result<(), Unavailable> {
        let moved = |mark: &ReadMark| -> Vec<(Topic, Bytes)> {
            let mut store = self.store();
            let Some(conversation) = store.conversations.get_mut(&mark.conversation_id) else {
                return Vec::new();
            };
            if !conversation.is_of(mark.user_id) || mark.seq > conversation.last_seq() {
                return Vec::new();
            }
            conversation.reads.insert(mark.user_id, mark.seq);
            let readers = match conversation.key {
                ConversationKey::Pair(low, high) => vec![low, high],
                ConversationKey::Group(_) => vec![mark.user_id],
            };
            let signal = self.read_signal(mark).encode();
            readers.into_iter().map(|user| (Topic::User(user), signal.clone())).collect()
        };
        let out = self.answer(Call::Read, |_| marks.iter().flat_map(moved).collect::<Vec<_>>()).await?;
        self.publish(&out).await;
        Ok(())
    }

    async fn watchable(&self, question: WatchQuestion) -> Result<Vec<(UserId, Status)>, Unavailable> {
        let WatchQuestion { user_id, user_ids } = question;
        self.answer(Call::Watchable, |api| {
            let store = api.store();
            let known = user_ids.into_iter().filter(|other| store.share_a_conversation(user_id, *other));
            known.map(|other| (other, store.users[&other])).collect()
        })
        .await
    }

    async fn may_type(&self, user: UserId, peer: UserId) -> Result<bool, Unavailable> {
        let key = ConversationKey::of(user, Target::User(peer));
        self.answer(Call::MayType, |api| api.store().find(key).is_some()).await
    }

    async fn lost(&self) {
        self.gone.notified().await;
    }

    async fn announce(&self, conversations: Vec<ConversationId>) -> Result<(), Unavailable> {
        let announced = |id: &ConversationId| -> Vec<(Topic, Bytes)> {
            let store = self.store();
            let conversation = &store.conversations[id];
            let head = conversation.head(self.clock.now()).encode();
            match conversation.key {
                ConversationKey::Pair(low, high) => {
                    vec![(Topic::User(low), head.clone()), (Topic::User(high), head)]
                }
                ConversationKey::Group(group) => vec![(Topic::Group(group), head)],
            }
        };
        let out =
            self.answer(Call::Announce, |_| conversations.iter().flat_map(announced).collect::<Vec<_>>());
        self.publish(&out.await?).await;
        Ok(())
    }
}

impl FakeApi {
    fn read_signal(&self, mark: &ReadMark) -> Envelope {
        let ReadMark { user_id, conversation_id, seq } = *mark;
        let header = Header {
            kind: Kind::Ephemeral,
            change: Change::None,
            members_version: 0,
            seq: 0,
            conversation_id: ConversationId(0),
            at: self.clock.now(),
            subject_id: user_id,
        };
        let body = serde_json::to_vec(&ServerEvent::Read { user_id, conversation_id, seq }).unwrap().into();
        Envelope { header, body }
    }
}
