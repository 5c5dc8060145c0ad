//! The log: one row an entry, whatever kind of entry it is. Read by place, never by id or time.

use super::conn::Conn;
use super::db::Db;
use super::lists::{any_of, cut, padded, repeated};
use super::row::Row;
use super::sql::{Query, Sql, query};
use shared::ids::{ConversationId, GroupId, MessageId, Seq, UserId};
use shared::time::Timestamp;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// An entry without the id that its row will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Where.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// Who wrote it, or did it.
    pub sender_id: UserId,
    /// In a direct conversation: to whom.
    pub receiver_id: Option<UserId>,
    /// In a group: which.
    pub group_id: Option<GroupId>,
    /// The text; for other kinds the detail, as JSON.
    pub content: String,
    /// `text`, `image`, `file`, `member_joined`, `member_left`, `group_updated`.
    pub message_type: String,
    /// The sender's id for it, by which a repeat is known.
    pub client_message_id: Uuid,
    /// When it was stored; never runs backwards within a conversation.
    pub created_at: Timestamp,
}

impl NewMessage {
    /// The entry as it is stored under that id.
    #[must_use]
    pub fn stored(self, id: MessageId) -> StoredMessage {
        StoredMessage {
            id,
            conversation_id: self.conversation_id,
            seq: self.seq,
            sender_id: self.sender_id,
            receiver_id: self.receiver_id,
            group_id: self.group_id,
            content: self.content,
            message_type: self.message_type,
            client_message_id: self.client_message_id,
            created_at: self.created_at,
        }
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its row's id; never a cursor.
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// Who wrote it, or did it.
    pub sender_id: UserId,
    /// In a direct conversation: to whom.
    pub receiver_id: Option<UserId>,
    /// In a group: which.
    pub group_id: Option<GroupId>,
    /// The text; for other kinds the detail, as JSON.
    pub content: String,
    /// `text`, `image`, `file`, `member_joined`, `member_left`, `group_updated`.
    pub message_type: String,
    /// The sender's id for it.
    pub client_message_id: Uuid,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// Where a page of a log begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// At the newest entry, going back.
    Newest,
    /// Before this place, going back.
    Before(Seq),
    /// After this place, going on.
    After(Seq),
}

/// Deletes the beginning of a log, through `seq`. Only a canary's is ever trimmed.
///
/// # Errors
/// The driver's.
pub async fn trim(conn: &mut Conn, conversation: ConversationId, seq: Seq) -> Result<(), sqlx::Error> {
    let text = "DELETE FROM messages WHERE conversation_id = ? AND seq <= ?";
    query(text).bind(conversation).bind(seq).execute(conn).await.map(drop)
}

/// A part of a log, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries.
    pub messages: Vec<StoredMessage>,
    /// Whether there are more in the direction of the cursor.
    pub has_more: bool,
}

pub(super) const COLUMNS: &str = "m.id, m.conversation_id, m.seq, m.sender_id, m.receiver_id, m.group_id, m.content, \
                                  m.message_type, m.client_message_id, m.created_at";

impl StoredMessage {
    pub(super) fn read(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.get("id")?,
            conversation_id: row.get("conversation_id")?,
            seq: row.get("seq")?,
            sender_id: row.get("sender_id")?,
            receiver_id: row.get("receiver_id")?,
            group_id: row.get("group_id")?,
            content: row.get("content")?,
            message_type: row.get("message_type")?,
            client_message_id: row.get("client_message_id")?,
            created_at: row.get("created_at")?,
        })
    }
}

async fn all(query: Query, conn: &mut Conn) -> Result<Vec<StoredMessage>, sqlx::Error> {
    query.fetch_all(conn).await?.iter().map(StoredMessage::read).collect()
}

fn select(condition: &str) -> Query {
    query(Sql::Built(format!("SELECT {COLUMNS} FROM messages m WHERE {condition}")))
}

/// A page of a conversation's log, of at most `limit` entries, all of them within `places`: from a member's
/// `joined_seq`, or 1, to the head that they may read up to. Not access-checked.
///
/// # Errors
/// The driver's.
pub async fn page(
    conn: &mut Conn,
    conversation: ConversationId,
    places: RangeInclusive<Seq>,
    cursor: Cursor,
    limit: i64,
) -> Result<Page, sqlx::Error> {
    let (floor, head) = places.into_inner();
    let (low, high, order) = match cursor {
        Cursor::Newest => (floor, head, "DESC"),
        Cursor::Before(seq) => (floor, head.min(seq.saturating_sub(1)), "DESC"),
        Cursor::After(seq) => (floor.max(seq.saturating_add(1)), head, "ASC"),
    };
    let condition =
        format!("m.conversation_id = ? AND m.seq >= ? AND m.seq <= ? ORDER BY m.seq {order} LIMIT ?");
    let rows = select(&condition).bind(conversation).bind(low).bind(high).bind(limit.saturating_add(1));
    let mut messages = all(rows, conn).await?;
    let has_more = messages.len() > usize::try_from(limit).unwrap_or(0);
    if has_more {
        messages.pop();
    }
    if order == "DESC" {
        messages.reverse();
    }
    Ok(Page { messages, has_more })
}

/// The entry at a place. Not access-checked.
///
/// # Errors
/// The driver's.
pub async fn find(
    conn: &mut Conn,
    conversation: ConversationId,
    seq: Seq,
) -> Result<Option<StoredMessage>, sqlx::Error> {
    Ok(find_many(conn, &[(conversation, seq)]).await?.pop())
}

/// The entries at those places, in no order.
///
/// # Errors
/// The driver's.
pub async fn find_many(
    conn: &mut Conn,
    places: &[(ConversationId, Seq)],
) -> Result<Vec<StoredMessage>, sqlx::Error> {
    let mut found = Vec::with_capacity(places.len());
    for list in padded(places) {
        let condition = any_of("m.conversation_id = ? AND m.seq = ?", list.len());
        let bound = list.iter().fold(select(&condition), |query, (id, seq)| query.bind(*id).bind(*seq));
        found.extend(all(bound, conn).await?);
    }
    Ok(found)
}

/// What senders have sent under those ids, in no order: how a repeat is known.
///
/// # Errors
/// The driver's.
pub async fn find_sent(conn: &mut Conn, sent: &[(UserId, Uuid)]) -> Result<Vec<StoredMessage>, sqlx::Error> {
    let mut found = Vec::new();
    for list in padded(sent) {
        let condition = any_of("m.sender_id = ? AND m.client_message_id = ?", list.len());
        let bound = list.iter().fold(select(&condition), |query, (user, id)| query.bind(*user).bind(*id));
        found.extend(all(bound, conn).await?);
    }
    Ok(found)
}

/// The entries of a range, `after < seq ≤ through`, ascending, at most `limit`, each with the version that
/// the group's members have now. One statement, so that no version is older than its entry.
///
/// # Errors
/// The driver's.
pub async fn between(
    conn: &mut Conn,
    conversation: ConversationId,
    after: Seq,
    through: Seq,
    limit: i64,
) -> Result<Vec<(StoredMessage, i64)>, sqlx::Error> {
    let text = format!(
        "SELECT {COLUMNS}, c.members_version
         FROM messages m
         JOIN conversations c ON c.id = m.conversation_id
         WHERE m.conversation_id = ? AND m.seq > ? AND m.seq <= ?
         ORDER BY m.seq
         LIMIT ?"
    );
    let rows = query(Sql::Built(text)).bind(conversation).bind(after).bind(through).bind(limit);
    let rows = rows.fetch_all(conn).await?;
    rows.iter().map(|row| Ok((StoredMessage::read(row)?, row.get("members_version")?))).collect()
}

/// Inserts the entries and gives their ids, in the same order.
///
/// # Errors
/// The driver's; a unique violation when a place or a sender's id is taken.
pub async fn insert(db: &Db, conn: &mut Conn, entries: &[NewMessage]) -> Result<Vec<MessageId>, sqlx::Error> {
    let mut ids = Vec::with_capacity(entries.len());
    for piece in cut(entries) {
        let text = format!(
            "INSERT INTO messages (conversation_id, seq, sender_id, receiver_id, group_id, content,
                                   message_type, client_message_id, created_at)
             VALUES {}",
            repeated("(?, ?, ?, ?, ?, ?, ?, ?, ?)", ", ", piece.len()),
        );
        let bound = piece.iter().fold(query(Sql::Built(text)), bind_entry);
        let done = bound.execute(conn).await?;
        let (first, step) = db.inserted_ids(done, piece.len());
        ids.extend((0i64..).zip(piece).map(|(place, _)| MessageId(first + place * step)));
    }
    Ok(ids)
}

fn bind_entry(query: Query, entry: &NewMessage) -> Query {
    query
        .bind(entry.conversation_id)
        .bind(entry.seq)
        .bind(entry.sender_id)
        .bind(entry.receiver_id)
        .bind(entry.group_id)
        .bind(entry.content.as_str())
        .bind(entry.message_type.as_str())
        .bind(entry.client_message_id)
        .bind(entry.created_at)
}
