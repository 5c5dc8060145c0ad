//! The look-ups that gateways ask for, beside append: who may attach, who is a member, what was written. Each
//! is answered for many users in a fixed number of statements. Called directly in the all-in-one, over the
//! internal port in a cluster ([`http`]); whoever calls is a node, so nothing here is for clients.

pub mod http;

use crate::append::envelope_of;
use crate::reads::{Reads, TooManyMoving};
use crate::store::heads::Tips;
use crate::store::{Db, accounts, conversations, epoch, heads, members, messages};
use bytes::Bytes;
use shared::door::{
    AttachAnswer, AttachQuestion, EntriesQuestion, ReadMark, Roster, RosterQuestion, SessionState,
    SumQuestion, WatchQuestion,
};
use shared::draft::ConversationKey;
use shared::event::{Heads, Status};
use shared::ids::{GroupId, UserId};
use std::collections::{BTreeSet, HashMap};

/// The most entries that one question gets.
const MOST_ENTRIES: i64 = 256;
/// The most users that one may watch.
const MOST_WATCHED: usize = 200;

/// Why a look-up was not answered.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The database did not.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// Read marks only: some were not taken.
    #[error(transparent)]
    Reads(#[from] TooManyMoving),
}

/// The look-ups. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    db: Db,
    reads: Reads,
}

impl Door {
    /// Look-ups in a database.
    #[must_use]
    pub fn new(db: Db, reads: Reads) -> Self {
        Self { db, reads }
    }

    /// Whether sessions may go on, and what their users are to hear of; one answer a question, in order.
    ///
    /// # Errors
    /// [`DoorError::Database`].
    pub async fn attach(&self, questions: Vec<AttachQuestion>) -> Result<Vec<AttachAnswer>, DoorError> {
        let mut conn = self.db.read().await?;
        let users: Vec<UserId> = each_once(questions.iter().map(|question| question.user_id));
        let sessions: Vec<_> = questions.iter().map(|question| question.session_id).collect();
        let standings = accounts::standings(&mut conn, &users).await?;
        let sessions = accounts::live_sessions(&mut conn, &sessions).await?;
        let epoch = epoch::epoch(&mut conn).await?;
        let seats = heads::seats_of(&mut conn, &users).await?;
        let tips = heads::tips_of(&mut conn, &users).await?;
        let answers = questions.iter().map(|AttachQuestion { user_id, session_id }| {
            let standing = standings.get(user_id);
            let session = match standing {
                Some(standing) if standing.closed => SessionState::AccountClosed,
                Some(_) if sessions.get(session_id) == Some(user_id) => SessionState::Live,
                _ => SessionState::Ended,
            };
            let live = session == SessionState::Live;
            let Tips { heads, views } = tips.get(user_id).filter(|_| live).cloned().unwrap_or_default();
            AttachAnswer {
                session,
                status: standing.map_or(Status::Offline, |standing| standing.status),
                epoch: epoch.clone(),
                groups: seats.get(user_id).filter(|_| live).cloned().unwrap_or_default(),
                heads,
                views,
            }
        });
        Ok(answers.collect())
    }

    /// Which of the asked-for users are members of groups; `None`: there is no such group. The version is
    /// read first: an answer may be newer than it says, which a hub forgives, and never older.
    ///
    /// # Errors
    /// [`DoorError::Database`].
    pub async fn rosters(&self, questions: Vec<RosterQuestion>) -> Result<Vec<Option<Roster>>, DoorError> {
        let mut conn = self.db.read().await?;
        let groups: Vec<GroupId> = each_once(questions.iter().map(|question| question.group_id));
        let found = conversations::find_groups(&mut conn, &groups).await?;
        let found: HashMap<_, _> = found.into_iter().map(|c| (c.key, c)).collect();
        let asked = questions.iter().flat_map(|q| q.user_ids.iter().map(|user| (q.group_id, *user)));
        let members = members::find_many(&mut conn, &each_once(asked)).await?;
        let seats: HashMap<_, _> =
            members.into_iter().map(|m| ((m.group_id, m.user_id), m.joined_seq)).collect();
        let answers = questions.into_iter().map(|RosterQuestion { group_id, user_ids }| {
            let conversation = found.get(&ConversationKey::Group(group_id))?;
            let seat = |user| seats.get(&(group_id, user)).map(|seq| (user, *seq));
            Some(Roster {
                conversation_id: conversation.id,
                members_version: conversation.members_version,
                last_seq: conversation.last_seq,
                members: user_ids.into_iter().filter_map(seat).collect(),
            })
        });
        Ok(answers.collect())
    }

    /// A part of a log as encoded envelopes, ascending. Not access-checked.
    ///
    /// # Errors
    /// [`DoorError::Database`].
    pub async fn entries(&self, question: EntriesQuestion) -> Result<Vec<Bytes>, DoorError> {
        let EntriesQuestion { conversation_id, after, through } = question;
        let mut conn = self.db.read().await?;
        let found = messages::between(&mut conn, conversation_id, after, through, MOST_ENTRIES).await?;
        Ok(found.iter().map(|(message, version)| envelope_of(message, *version).encode()).collect())
    }

    /// The heads of those users who have not everything; one answer a question, in order.
    ///
    /// # Errors
    /// [`DoorError::Database`].
    pub async fn sums(&self, questions: Vec<SumQuestion>) -> Result<Vec<Option<Heads>>, DoorError> {
        let mut conn = self.db.read().await?;
        let users: Vec<UserId> = each_once(questions.iter().map(|question| question.user_id));
        let sums = heads::sums_of(&mut conn, &users).await?;
        let differs =
            |question: &SumQuestion| sums.get(&question.user_id).copied().unwrap_or(0) != question.sum;
        let behind = questions.iter().filter(|question| differs(question)).map(|question| question.user_id);
        let heads = heads::heads_of(&mut conn, &each_once(behind)).await?;
        let answers = questions.iter().map(|question| {
            differs(question).then(|| heads.get(&question.user_id).cloned().unwrap_or_default())
        });
        Ok(answers.collect())
    }

    /// Moves read cursors, of those who may: soon, and each at most once a second.
    ///
    /// # Errors
    /// [`DoorError::Reads`].
    pub async fn read(&self, marks: Vec<ReadMark>) -> Result<(), DoorError> {
        Ok(self.reads.mark(marks)?)
    }

    /// Those of the asked-for users whom the user shares a conversation with, and the status that they chose.
    ///
    /// # Errors
    /// [`DoorError::Database`].
    pub async fn watchable(&self, question: WatchQuestion) -> Result<Vec<(UserId, Status)>, DoorError> {
        let mut asked = each_once(question.user_ids.into_iter());
        asked.truncate(MOST_WATCHED);
        let mut conn = self.db.read().await?;
        Ok(accounts::sharing_with(&mut conn, question.user_id, &asked).await?)
    }

    /// Whether the two have talked, and both may.
    ///
    /// # Errors
    /// [`DoorError::Database`].
    pub async fn may_type(&self, user: UserId, peer: UserId) -> Result<bool, DoorError> {
        let mut conn = self.db.read().await?;
        let conversation = conversations::find_pair(&mut conn, user, peer).await?;
        if conversation.is_none_or(|conversation| conversation.last_seq == 0) {
            return Ok(false);
        }
        let open = accounts::open_among(&mut conn, &[user, peer]).await?;
        Ok(open.contains(&user) && open.contains(&peer))
    }
}

fn each_once<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<T>>().into_iter().collect()
}
