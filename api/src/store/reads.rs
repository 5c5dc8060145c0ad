//! Read cursors: how far each user has seen each conversation. A row a user and conversation, never one a
//! message.

use super::conn::Conn;
use super::dialect;
use super::lists::{any_of, padded, repeated};
use super::sql::{Sql, query};
use shared::door::ReadMark;
use shared::ids::{ConversationId, Seq, UserId};
use std::collections::HashMap;

/// How far a user has read; 0 when they have not begun.
///
/// # Errors
/// The driver's.
pub async fn find(conn: &mut Conn, conversation: ConversationId, user: UserId) -> Result<Seq, sqlx::Error> {
    let found = find_many(conn, &[(conversation, user)]).await?;
    Ok(found.into_values().next().unwrap_or(0))
}

/// How far users have read; those who have not begun are left out.
///
/// # Errors
/// The driver's.
pub async fn find_many(
    conn: &mut Conn,
    wanted: &[(ConversationId, UserId)],
) -> Result<HashMap<(ConversationId, UserId), Seq>, sqlx::Error> {
    let mut found = HashMap::with_capacity(wanted.len());
    for list in padded(wanted) {
        let text = format!(
            "SELECT conversation_id, user_id, read_seq
             FROM conversation_reads
             WHERE {}",
            any_of("conversation_id = ? AND user_id = ?", list.len()),
        );
        let bound =
            list.iter().fold(query(Sql::Built(text)), |query, (id, user)| query.bind(*id).bind(*user));
        for row in bound.fetch_all(conn).await? {
            found.insert((row.get("conversation_id")?, row.get("user_id")?), row.get("read_seq")?);
        }
    }
    Ok(found)
}

/// Moves cursors on, never back. Sorted, so that two writers take the rows in the same order.
///
/// # Errors
/// The driver's.
pub async fn raise(conn: &mut Conn, marks: &[ReadMark]) -> Result<(), sqlx::Error> {
    let mut sorted = marks.to_vec();
    sorted.sort_unstable_by_key(|mark| (mark.conversation_id, mark.user_id, mark.seq));
    for list in padded(&sorted) {
        let text = format!(
            "INSERT INTO conversation_reads (conversation_id, user_id, read_seq)
             VALUES {}{}",
            repeated("(?, ?, ?)", ", ", list.len()),
            dialect::raise_read_seq(conn.engine()),
        );
        let bound = list.iter().fold(query(Sql::Built(text)), |query, mark| {
            query.bind(mark.conversation_id).bind(mark.user_id).bind(mark.seq)
        });
        bound.execute(conn).await?;
    }
    Ok(())
}
