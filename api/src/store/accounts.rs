//! What the way of a message asks about accounts, about many at once.

use super::conn::Conn;
use super::lists::{marks, padded};
use super::row::Row;
use super::sql::{Query, Sql, query};
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
    let mut rows = Vec::with_capacity(users.len());
    for query in asking_open(users) {
        rows.extend(query.fetch_all(conn).await?);
    }
    open_of(users, &rows)
}

/// The statements of [`open_among`].
pub fn asking_open(users: &[UserId]) -> Vec<Query> {
    let people: Vec<UserId> = users.iter().copied().filter(|user| !user.is_canary()).collect();
    asking(&people).collect()
}

/// What [`open_among`] makes of the rows that they give. Canaries have none, and are open.
///
/// # Errors
/// The driver's.
pub fn open_of(users: &[UserId], rows: &[Row]) -> Result<HashSet<UserId>, sqlx::Error> {
    let mut open: HashSet<UserId> = users.iter().copied().filter(|user| user.is_canary()).collect();
    for row in rows {
        let (user, standing) = standing(row)?;
        if !standing.closed {
            open.insert(user);
        }
    }
    Ok(open)
}

/// How the users' accounts stand; those that never were are left out.
///
/// # Errors
/// The driver's.
pub async fn standings(conn: &mut Conn, users: &[UserId]) -> Result<HashMap<UserId, Standing>, sqlx::Error> {
    let mut found = HashMap::with_capacity(users.len());
    for query in asking(users) {
        for row in query.fetch_all(conn).await? {
            let (user, standing) = standing(&row)?;
            found.insert(user, standing);
        }
    }
    Ok(found)
}

fn asking(users: &[UserId]) -> impl Iterator<Item = Query> {
    padded(users).map(|list| {
        let text = format!(
            "SELECT id, status, CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END AS closed
             FROM users
             WHERE id IN ({})",
            marks(list.len()),
        );
        query(Sql::Built(text)).bind_all(list)
    })
}

fn standing(row: &Row) -> Result<(UserId, Standing), sqlx::Error> {
    let closed = row.get::<i64>("closed")? != 0;
    Ok((row.get("id")?, Standing { status: status(row)?, closed }))
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
