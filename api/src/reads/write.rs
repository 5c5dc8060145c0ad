//! Writing read cursors and telling of them: to the user's own devices, and in a direct conversation to the
//! peer's.

use crate::store::conversations::{self, Conversation};
use crate::store::{Conn, Db, members, reads};
use bytes::Bytes;
use metrics::counter;
use shared::bus::Bus;
use shared::door::ReadMark;
use shared::draft::ConversationKey;
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::event::ServerEvent;
use shared::ids::{ConversationId, GroupId, UserId};
use shared::metrics::PUBLISH_FAILED;
use shared::time::Clock;
use shared::topic::Topic;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// How long the database, and then the bus, may take.
const LIMIT: Duration = Duration::from_secs(10);

pub(super) struct Writer {
    pub db: Db,
    pub bus: Arc<dyn Bus>,
    pub clock: Clock,
}

/// A mark that moves a cursor, and where.
struct Move {
    mark: ReadMark,
    conversation: Conversation,
}

impl Writer {
    /// Writes those of the marks that may be and move a cursor, and tells of them.
    pub async fn write(&self, marks: &[ReadMark]) -> Result<(), sqlx::Error> {
        let written = tokio::time::timeout(LIMIT, self.write_allowed(marks)).await;
        let moves = written.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
        if !moves.is_empty() {
            self.publish(&moves).await;
        }
        Ok(())
    }

    async fn write_allowed(&self, marks: &[ReadMark]) -> Result<Vec<Move>, sqlx::Error> {
        let moves = moves(&mut self.db.read().await?, marks).await?;
        if !moves.is_empty() {
            let marks: Vec<ReadMark> = moves.iter().map(|Move { mark, .. }| *mark).collect();
            reads::raise(&mut self.db.write().await?, &marks).await?;
        }
        Ok(moves)
    }

    async fn publish(&self, moves: &[Move]) {
        let mut batch: Vec<(Topic, Bytes)> = Vec::new();
        for Move { mark, conversation } in moves {
            let bytes = self.envelope(mark).encode();
            batch.extend(listeners(mark.user_id, conversation.key).map(|topic| (topic, bytes.clone())));
        }
        let lost = match tokio::time::timeout(LIMIT, self.bus.publish(&batch)).await {
            Ok(Ok(())) => return,
            Ok(Err(failed)) => failed.failed.len(),
            Err(_late) => batch.len(),
        };
        // Not told again: the cursors are in the next heads.
        counter!(PUBLISH_FAILED).increment(lost as u64);
    }

    fn envelope(&self, mark: &ReadMark) -> Envelope {
        let ReadMark { user_id, conversation_id, seq } = *mark;
        let header = Header {
            kind: Kind::Ephemeral,
            change: Change::None,
            members_version: 0,
            seq: 0,
            conversation_id,
            at: self.clock.now(),
            subject_id: user_id,
        };
        let event = ServerEvent::Read { user_id, conversation_id, seq };
        // Three numbers always have a JSON form.
        Envelope { header, body: serde_json::to_vec(&event).unwrap_or_default().into() }
    }
}

/// The marks of those who may read there, clamped to the head, that move a cursor on.
async fn moves(conn: &mut Conn, marks: &[ReadMark]) -> Result<Vec<Move>, sqlx::Error> {
    let ids: Vec<ConversationId> = marks.iter().map(|mark| mark.conversation_id).collect();
    let found = conversations::find_many(conn, &ids).await?;
    let found: HashMap<_, _> = found.into_iter().map(|c| (c.id, c)).collect();
    let moved = marks.iter().filter_map(|mark| {
        let conversation = *found.get(&mark.conversation_id)?;
        Some(Move { mark: ReadMark { seq: mark.seq.min(conversation.last_seq), ..*mark }, conversation })
    });
    let mut moves: Vec<Move> = moved.collect();
    let members = members_among(conn, &moves).await?;
    let places: Vec<_> = moves.iter().map(|m| (m.mark.conversation_id, m.mark.user_id)).collect();
    let present = reads::find_many(conn, &places).await?;
    moves.retain(|Move { mark, conversation }| {
        let read_seq = present.get(&(mark.conversation_id, mark.user_id)).copied().unwrap_or(0);
        mark.seq > read_seq
            && match conversation.key {
                ConversationKey::Pair(low, high) => mark.user_id == low || mark.user_id == high,
                ConversationKey::Group(group) => members.contains(&(group, mark.user_id)),
            }
    });
    Ok(moves)
}

async fn members_among(conn: &mut Conn, moves: &[Move]) -> Result<HashSet<(GroupId, UserId)>, sqlx::Error> {
    let asked = moves.iter().filter_map(|Move { mark, conversation }| match conversation.key {
        ConversationKey::Group(group) => Some((group, mark.user_id)),
        ConversationKey::Pair(..) => None,
    });
    let found = members::find_many(conn, &asked.collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|member| (member.group_id, member.user_id)).collect())
}

fn listeners(reader: UserId, key: ConversationKey) -> impl Iterator<Item = Topic> {
    let peer = match key {
        ConversationKey::Pair(low, high) => Some(if reader == low { high } else { low }),
        ConversationKey::Group(_) => None,
    };
    let peer = peer.filter(|peer| *peer != reader);
    [Some(reader), peer].into_iter().flatten().map(Topic::User)
}
