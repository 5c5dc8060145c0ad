//! Sessions: one row a log-in on a device. The row holds what refresh tokens are derived from, and nothing
//! that could be presented as one (`docs/adr/0004-refresh-tokens-are-derived.md`).

use super::conn::Conn;
use super::row::Row;
use super::sql::query;
use shared::ids::{SessionId, UserId};
use shared::time::Timestamp;

/// The most sessions that a list shows: the newest.
const LISTED: i64 = 200;

/// A log-in on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id: the `sid` of its tokens.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// Random bytes that its refresh tokens are derived from.
    pub seed: Vec<u8>,
    /// How often its refresh token was changed.
    pub generation: i64,
    /// What the device called itself.
    pub device: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When its refresh token was last changed.
    pub rotated_at: Timestamp,
    /// Whether it was ended.
    pub ended: bool,
}

/// What a new session is made of.
pub struct NewSession<'a> {
    /// Whose.
    pub user_id: UserId,
    /// Random bytes.
    pub seed: &'a [u8],
    /// What the device called itself.
    pub device: &'a str,
}

/// Whether a session speaks for its user still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is.
    pub user_id: UserId,
    /// Neither was it ended nor the account closed.
    pub live: bool,
}

/// Begins a session, at generation 0.
///
/// # Errors
/// The driver's.
pub async fn insert(conn: &mut Conn, new: NewSession<'_>, now: Timestamp) -> Result<SessionId, sqlx::Error> {
    let done = query(
        "INSERT INTO sessions (user_id, seed, generation, device, created_at, rotated_at)
         VALUES (?, ?, 0, ?, ?, ?)",
    )
    .bind(new.user_id)
    .bind(new.seed.to_vec())
    .bind(new.device)
    .bind(now)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(SessionId(done.last_id))
}

/// What each request asks: whose session this is, and whether it lives.
///
/// # Errors
/// The driver's.
pub async fn find_standing(conn: &mut Conn, id: SessionId) -> Result<Option<Standing>, sqlx::Error> {
    let row = query(
        "SELECT s.user_id, s.ended_at, u.closed_at
         FROM sessions s
         JOIN users u ON u.id = s.user_id
         WHERE s.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let ended: Option<Timestamp> = row.get("ended_at")?;
        let closed: Option<Timestamp> = row.get("closed_at")?;
        Ok(Standing { user_id: row.get("user_id")?, live: ended.is_none() && closed.is_none() })
    })
    .transpose()
}

/// The session of that id, ended or not.
///
/// # Errors
/// The driver's.
pub async fn find(conn: &mut Conn, id: SessionId) -> Result<Option<Session>, sqlx::Error> {
    let row = query(
        "SELECT id, user_id, seed, generation, device, created_at, rotated_at, ended_at
         FROM sessions
         WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(session).transpose()
}

/// The sessions of a user that live and were used since `idle_since`, newest first.
///
/// # Errors
/// The driver's.
pub async fn list_live(
    conn: &mut Conn,
    user_id: UserId,
    idle_since: Timestamp,
) -> Result<Vec<Session>, sqlx::Error> {
    let rows = query(
        "SELECT id, user_id, seed, generation, device, created_at, rotated_at, ended_at
         FROM sessions
         WHERE user_id = ? AND ended_at IS NULL AND rotated_at > ?
         ORDER BY id DESC
         LIMIT ?",
    )
    .bind(user_id)
    .bind(idle_since)
    .bind(LISTED)
    .fetch_all(conn)
    .await?;
    rows.iter().map(session).collect()
}

/// Moves a live session from one generation to the next; `false` when somebody else did, or it was ended.
///
/// # Errors
/// The driver's.
pub async fn rotate(
    conn: &mut Conn,
    id: SessionId,
    generation: i64,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = query(
        "UPDATE sessions
         SET generation = generation + 1, rotated_at = ?
         WHERE id = ? AND generation = ? AND ended_at IS NULL",
    )
    .bind(now)
    .bind(id)
    .bind(generation)
    .execute(conn)
    .await?;
    Ok(done.rows > 0)
}

/// Ends a session of this user; `false` when there is none that lives.
///
/// # Errors
/// The driver's.
pub async fn end(
    conn: &mut Conn,
    user_id: UserId,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = query("UPDATE sessions SET ended_at = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL")
        .bind(now)
        .bind(id)
        .bind(user_id)
        .execute(conn)
        .await?;
    Ok(done.rows > 0)
}

/// Ends all sessions of a user but `kept`; how many.
///
/// # Errors
/// The driver's.
pub async fn end_all_but(
    conn: &mut Conn,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let done = query("UPDATE sessions SET ended_at = ? WHERE user_id = ? AND id <> ? AND ended_at IS NULL")
        .bind(now)
        .bind(user_id)
        .bind(kept.unwrap_or(SessionId(0)))
        .execute(conn)
        .await?;
    Ok(done.rows)
}

fn session(row: &Row) -> Result<Session, sqlx::Error> {
    let ended: Option<Timestamp> = row.get("ended_at")?;
    Ok(Session {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        seed: row.get("seed")?,
        generation: row.get("generation")?,
        device: row.get("device")?,
        created_at: row.get("created_at")?,
        rotated_at: row.get("rotated_at")?,
        ended: ended.is_some(),
    })
}
