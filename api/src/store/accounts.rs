//! What the way of a message asks about accounts, about many at once.

use super::conn::Conn;
use super::lists::{marks, padded};
use super::sql::{Row, Sql, query};
use shared::event::Status;
use shared::ids::{SessionId, UserId};
use std::collections::{HashMap, HashSet};

/// An account as far as attaching needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The user's own choice.
    pub status: Status,
    /// Whether the account was closed.
    pub closed: bool,
}

/// Those of the users who exist and are open.
///
/// # Errors
/// The driver's.
pub async fn open_among(conn: &mut Conn, users: &[UserId]) -> Result<HashSet<UserId>, sqlx::Error> {
    let (canaries, people): (Vec<UserId>, Vec<UserId>) = users.iter().partition(|user| user.is_canary());
    let standings = standings(conn, &people).await?;
    let open = standings.into_iter().filter(|(_, standing)| !standing.closed).map(|(user, _)| user);
    Ok(open.chain(canaries).collect())
}

/// How the users' accounts stand; those that never were are left out.
///
/// # Errors
/// The driver's.
pub async fn standings(conn: &mut Conn, users: &[UserId]) -> Result<HashMap<UserId, Standing>, sqlx::Error> {
    let mut found = HashMap::with_capacity(users.len());
    for list in padded(users) {
        let text = format!(
            "SELECT id, status, CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END AS closed
             FROM users
             WHERE id IN ({})",
            marks(list.len()),
        );
        for row in query(Sql::Built(text)).bind_all(list).fetch_all(conn).await? {
            let closed = row.get::<i64>("closed")? != 0;
            found.insert(row.get("id")?, Standing { status: status(&row)?, closed });
        }
    }
    Ok(found)
}

/// Whose sessions these are, of those that have not ended.
///
/// # Errors
/// The driver's.
pub async fn live_sessions(
    conn: &mut Conn,
    sessions: &[SessionId],
) -> Result<HashMap<SessionId, UserId>, sqlx::Error> {
    let mut found = HashMap::with_capacity(sessions.len());
    for list in padded(sessions) {
        let text = format!(
            "SELECT id, user_id
             FROM sessions
             WHERE id IN ({}) AND ended_at IS NULL",
            marks(list.len()),
        );
        for row in query(Sql::Built(text)).bind_all(list).fetch_all(conn).await? {
            found.insert(row.get("id")?, row.get("user_id")?);
        }
    }
    Ok(found)
}

/// Those of `asked` who are open and share a conversation with `user`, or are `user`, with their choice.
///
/// # Errors
/// The driver's.
pub async fn sharing_with(
    conn: &mut Conn,
    user: UserId,
    asked: &[UserId],
) -> Result<Vec<(UserId, Status)>, sqlx::Error> {
    let mut sharing = Vec::new();
    for list in padded(asked) {
        let text = format!("{SHARING} AND u.id IN ({})", marks(list.len()));
        let rows = query(Sql::Built(text)).bind_all([user; 4]).bind_all(list).fetch_all(conn).await?;
        for row in rows {
            sharing.push((row.get("id")?, status(&row)?));
        }
    }
    Ok(sharing)
}

const SHARING: &str = "
    SELECT u.id, u.status
    FROM users u
    WHERE u.closed_at IS NULL
      AND (u.id = ?
        OR EXISTS (SELECT 1 FROM conversations c
                   WHERE c.user_low = ? AND c.user_high = u.id AND c.last_seq > 0)
        OR EXISTS (SELECT 1 FROM conversations c
                   WHERE c.user_low = u.id AND c.user_high = ? AND c.last_seq > 0)
        OR EXISTS (SELECT 1 FROM group_members mine
                   JOIN group_members theirs ON theirs.group_id = mine.group_id
                   WHERE mine.user_id = ? AND theirs.user_id = u.id))";

/// A word that no release wrote is shown as the most private one.
fn status(row: &Row) -> Result<Status, sqlx::Error> {
    Ok(Status::parse(&row.get::<String>("status")?).unwrap_or(Status::Offline))
}
