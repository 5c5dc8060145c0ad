//! Conversations: a row a pair of users or a group. Its `last_seq` numbers the entries, and whoever holds the
//! row's lock is the only one who may.

use super::conn::Conn;
use super::db::Engine;
use super::dialect::{self, Lock};
use super::lists::{any_of, cut, marks, padded, repeated};
use super::row::Row;
use super::sql::{Query, Sql, query};
use shared::draft::ConversationKey;
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use shared::time::Timestamp;

/// A conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Whose it is.
    pub key: ConversationKey,
    /// The place of its newest entry; 0 when there is none.
    pub last_seq: Seq,
    /// How often the members of the group have changed; 0 in direct conversations.
    pub members_version: i64,
    /// When its newest entry was written.
    pub updated_at: Timestamp,
}

pub(super) const COLUMNS: &str =
    "c.id, c.kind, c.user_low, c.user_high, c.group_id, c.last_seq, c.members_version, c.updated_at";

impl Conversation {
    /// From a row that has all columns.
    ///
    /// # Errors
    /// The driver's.
    pub fn read(row: &Row) -> Result<Self, sqlx::Error> {
        let key = match row.get::<Option<GroupId>>("group_id")? {
            Some(group) => ConversationKey::Group(group),
            None => ConversationKey::Pair(row.get("user_low")?, row.get("user_high")?),
        };
        Ok(Self {
            id: row.get("id")?,
            key,
            last_seq: row.get("last_seq")?,
            members_version: row.get("members_version")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

async fn all(query: Query, conn: &mut Conn) -> Result<Vec<Conversation>, sqlx::Error> {
    query.fetch_all(conn).await?.iter().map(Conversation::read).collect()
}

fn select(condition: &str) -> Query {
    query(Sql::Built(format!("SELECT {COLUMNS} FROM conversations c WHERE {condition}")))
}

/// The conversation of that id. Not access-checked.
///
/// # Errors
/// The driver's.
pub async fn find(conn: &mut Conn, id: ConversationId) -> Result<Option<Conversation>, sqlx::Error> {
    Ok(find_many(conn, &[id]).await?.pop())
}

/// The conversations of those ids, in no order.
///
/// # Errors
/// The driver's.
pub async fn find_many(conn: &mut Conn, ids: &[ConversationId]) -> Result<Vec<Conversation>, sqlx::Error> {
    let mut found = Vec::with_capacity(ids.len());
    for list in padded(ids) {
        let condition = format!("c.id IN ({})", marks(list.len()));
        found.extend(all(select(&condition).bind_all(list), conn).await?);
    }
    Ok(found)
}

/// The direct conversation of two users, named in any order; the same one twice: their notes.
///
/// # Errors
/// The driver's.
pub async fn find_pair(conn: &mut Conn, a: UserId, b: UserId) -> Result<Option<Conversation>, sqlx::Error> {
    Ok(find_pairs(conn, &[(a.min(b), a.max(b))]).await?.pop())
}

/// The conversation of a group.
///
/// # Errors
/// The driver's.
pub async fn find_group(conn: &mut Conn, group: GroupId) -> Result<Option<Conversation>, sqlx::Error> {
    Ok(find_groups(conn, &[group]).await?.pop())
}

/// The direct conversations of the pairs, each with the lower id first; in no order.
///
/// # Errors
/// The driver's.
pub async fn find_pairs(
    conn: &mut Conn,
    pairs: &[(UserId, UserId)],
) -> Result<Vec<Conversation>, sqlx::Error> {
    let mut found = Vec::with_capacity(pairs.len());
    for list in padded(pairs) {
        let condition = any_of("c.user_low = ? AND c.user_high = ?", list.len());
        let users = list.into_iter().flat_map(|(low, high)| [low, high]);
        found.extend(all(select(&condition).bind_all(users), conn).await?);
    }
    Ok(found)
}

/// The conversations of the groups, in no order.
///
/// # Errors
/// The driver's.
pub async fn find_groups(conn: &mut Conn, groups: &[GroupId]) -> Result<Vec<Conversation>, sqlx::Error> {
    let mut found = Vec::with_capacity(groups.len());
    for list in padded(groups) {
        let condition = format!("c.group_id IN ({})", marks(list.len()));
        found.extend(all(select(&condition).bind_all(list), conn).await?);
    }
    Ok(found)
}

/// Makes the rows of pairs that have none. Several nodes may make the same one.
///
/// # Errors
/// The driver's.
pub async fn ensure_pairs(
    conn: &mut Conn,
    pairs: &[(UserId, UserId)],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    for piece in cut(pairs) {
        let text = format!(
            "INSERT INTO conversations (kind, user_low, user_high, last_seq, members_version, updated_at)
             VALUES {}{}",
            repeated("('direct', ?, ?, 0, 0, ?)", ", ", piece.len()),
            dialect::unless_there(conn.engine()),
        );
        let values = query(Sql::Built(text));
        let bound = piece.iter().fold(values, |query, (low, high)| query.bind(*low).bind(*high).bind(at));
        bound.execute(conn).await?;
    }
    Ok(())
}

/// Makes the row of a new group.
///
/// # Errors
/// The driver's.
pub async fn make_group(
    conn: &mut Conn,
    group: GroupId,
    at: Timestamp,
) -> Result<ConversationId, sqlx::Error> {
    let insert = "INSERT INTO conversations (kind, group_id, last_seq, members_version, updated_at)
                  VALUES ('group', ?, 0, 0, ?)";
    Ok(ConversationId(query(insert).bind(group).bind(at).execute(conn).await?.last_id))
}

/// Locks the conversations of those ids, in their order, so that two batches never wait for each other; what
/// is read after it in this transaction is what the one before has committed. `ids` is sorted.
///
/// # Errors
/// The driver's, among them a lock that did not come free.
pub async fn lock(
    conn: &mut Conn,
    ids: &[ConversationId],
    how: Lock,
) -> Result<Vec<Conversation>, sqlx::Error> {
    let mut locked = Vec::with_capacity(ids.len());
    for query in locking(conn.engine(), ids, how) {
        locked.extend(all(query, conn).await?);
    }
    Ok(locked)
}

/// The statements of [`lock`]; a row of their answers is a [`Conversation`].
pub fn locking(engine: Engine, ids: &[ConversationId], how: Lock) -> Vec<Query> {
    let locking = padded(ids).map(|list| {
        let text = format!(
            "SELECT {COLUMNS} FROM conversations c{} WHERE c.id IN ({}) ORDER BY c.id{}",
            dialect::by_id_only(engine),
            marks(list.len()),
            dialect::for_update(engine, how),
        );
        query(Sql::Built(text)).bind_all(list)
    });
    locking.collect()
}

/// Statements that move locked conversations on to what they have become.
pub fn advancing(engine: Engine, changed: &[Conversation]) -> Vec<Query> {
    let advancing = padded(changed).map(|list| {
        let whens = repeated("WHEN ? THEN ?", " ", list.len());
        let text = format!(
            "UPDATE conversations{}
             SET last_seq = CASE id {whens} ELSE last_seq END,
                 members_version = CASE id {whens} ELSE members_version END,
                 updated_at = CASE id {whens} ELSE updated_at END
             WHERE id IN ({})",
            dialect::by_id_only(engine),
            marks(list.len()),
        );
        let mut update = query(Sql::Built(text));
        update = list.iter().fold(update, |query, c| query.bind(c.id).bind(c.last_seq));
        update = list.iter().fold(update, |query, c| query.bind(c.id).bind(c.members_version));
        update = list.iter().fold(update, |query, c| query.bind(c.id).bind(c.updated_at));
        update.bind_all(list.iter().map(|c| c.id))
    });
    advancing.collect()
}

/// Those that were written to since a moment, from the one after `after` on, by id; at most `limit`.
///
/// # Errors
/// The driver's.
pub async fn updated_since(
    conn: &mut Conn,
    since: Timestamp,
    after: ConversationId,
    limit: i64,
) -> Result<Vec<Conversation>, sqlx::Error> {
    let found = select("c.id > ? AND c.updated_at >= ? ORDER BY c.id LIMIT ?");
    all(found.bind(after).bind(since).bind(limit), conn).await
}
