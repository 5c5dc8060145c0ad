//! Accounts: the rows of `users`. Names and addresses are found and kept apart by their keys, which are made
//! in `auth/names.rs`; what decides between two that race for one is the unique key.

use super::conn::Conn;
use super::lists::{marks, padded};
use super::row::Row;
use super::sql::{Sql, query};
use shared::event::Status;
use shared::ids::UserId;
use shared::time::Timestamp;

/// An account, without what only log-in may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The name, as its owner writes it.
    pub username: String,
    /// The address, as its owner writes it.
    pub email: String,
    /// An address of a picture, or nothing.
    pub avatar: String,
    /// The owner's own choice.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it was closed.
    pub closed: bool,
}

/// An account and the hash of its password.
pub struct Credentials {
    /// The account.
    pub user: User,
    /// bcrypt's, in its own text form.
    pub password_hash: String,
}

/// What a new account is made of.
pub struct NewUser<'a> {
    /// The name, trimmed.
    pub username: &'a str,
    /// What it is kept apart by.
    pub username_key: &'a str,
    /// The address, trimmed.
    pub email: &'a str,
    /// What it is kept apart by.
    pub email_key: &'a str,
    /// bcrypt's.
    pub password_hash: &'a str,
}

/// Makes an account.
///
/// # Errors
/// The driver's; a unique violation when the name or the address is taken.
pub async fn insert(conn: &mut Conn, new: NewUser<'_>, now: Timestamp) -> Result<UserId, sqlx::Error> {
    let done = query(
        "INSERT INTO users (username, username_key, email, email_key, password_hash, avatar, status,
                            created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, '', 'online', ?, ?)",
    )
    .bind(new.username)
    .bind(new.username_key)
    .bind(new.email)
    .bind(new.email_key)
    .bind(new.password_hash)
    .bind(now)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(UserId(done.last_id))
}

/// Whether a name is taken, by whomever.
///
/// # Errors
/// The driver's.
pub async fn is_username_taken(conn: &mut Conn, username_key: &str) -> Result<bool, sqlx::Error> {
    let found =
        query("SELECT id FROM users WHERE username_key = ?").bind(username_key).fetch_optional(conn).await?;
    Ok(found.is_some())
}

/// Whether an address is taken, by whomever.
///
/// # Errors
/// The driver's.
pub async fn is_email_taken(conn: &mut Conn, email_key: &str) -> Result<bool, sqlx::Error> {
    let found =
        query("SELECT id FROM users WHERE email_key = ?").bind(email_key).fetch_optional(conn).await?;
    Ok(found.is_some())
}

/// The account of that id, closed or not.
///
/// # Errors
/// The driver's.
pub async fn find(conn: &mut Conn, id: UserId) -> Result<Option<User>, sqlx::Error> {
    Ok(list(conn, &[id]).await?.into_iter().next())
}

/// The accounts of these ids, closed or not, in no order.
///
/// # Errors
/// The driver's.
pub async fn list(conn: &mut Conn, ids: &[UserId]) -> Result<Vec<User>, sqlx::Error> {
    let mut users = Vec::with_capacity(ids.len());
    for ids in padded(ids) {
        let text = format!(
            "SELECT id, username, email, avatar, status, created_at, closed_at
             FROM users
             WHERE id IN ({})",
            marks(ids.len()),
        );
        for row in query(Sql::Built(text)).bind_all(ids).fetch_all(conn).await? {
            users.push(user(&row)?);
        }
    }
    Ok(users)
}

/// The open account of that name.
///
/// # Errors
/// The driver's.
pub async fn find_by_username(conn: &mut Conn, username_key: &str) -> Result<Option<User>, sqlx::Error> {
    let row = query(
        "SELECT id, username, email, avatar, status, created_at, closed_at
         FROM users
         WHERE username_key = ? AND closed_at IS NULL",
    )
    .bind(username_key)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(user).transpose()
}

/// The open account of that address, for log-in.
///
/// # Errors
/// The driver's.
pub async fn find_credentials(conn: &mut Conn, email_key: &str) -> Result<Option<Credentials>, sqlx::Error> {
    let row = query(
        "SELECT id, username, email, avatar, status, created_at, closed_at, password_hash
         FROM users
         WHERE email_key = ? AND closed_at IS NULL",
    )
    .bind(email_key)
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok(Credentials { user: user(&row)?, password_hash: row.get("password_hash")? })).transpose()
}

/// The hash of an open account's password.
///
/// # Errors
/// The driver's.
pub async fn find_password_hash(conn: &mut Conn, id: UserId) -> Result<Option<String>, sqlx::Error> {
    let row = query("SELECT password_hash FROM users WHERE id = ? AND closed_at IS NULL")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.get("password_hash")).transpose()
}

/// Holds an open account until the transaction ends: what is read of it then stays so. `false` when there is
/// none.
///
/// # Errors
/// The driver's.
pub async fn hold(conn: &mut Conn, id: UserId) -> Result<bool, sqlx::Error> {
    // Takes the row's lock in words that both engines know; the rows that match are counted, changed or not.
    let done = query("UPDATE users SET updated_at = updated_at WHERE id = ? AND closed_at IS NULL")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(done.rows > 0)
}

/// The same, if its password is still the one of this hash: what was found out about the password outside the
/// transaction then holds inside it.
///
/// # Errors
/// The driver's.
pub async fn hold_with(conn: &mut Conn, id: UserId, password_hash: &str) -> Result<bool, sqlx::Error> {
    let done = query(
        "UPDATE users
         SET updated_at = updated_at
         WHERE id = ? AND password_hash = ? AND closed_at IS NULL",
    )
    .bind(id)
    .bind(password_hash)
    .execute(conn)
    .await?;
    Ok(done.rows > 0)
}

/// Sets a hash in place of another; `false` when that is no longer the account's.
///
/// # Errors
/// The driver's.
pub async fn replace_password_hash(
    conn: &mut Conn,
    id: UserId,
    old: &str,
    new: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = query(
        "UPDATE users
         SET password_hash = ?, updated_at = ?
         WHERE id = ? AND password_hash = ? AND closed_at IS NULL",
    )
    .bind(new)
    .bind(now)
    .bind(id)
    .bind(old)
    .execute(conn)
    .await?;
    Ok(done.rows > 0)
}

/// Writes what the owner may change: name, picture and status.
///
/// # Errors
/// The driver's; a unique violation when the name is taken.
pub async fn set_profile(
    conn: &mut Conn,
    user: &User,
    username_key: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    query(
        "UPDATE users
         SET username = ?, username_key = ?, avatar = ?, status = ?, updated_at = ?
         WHERE id = ?",
    )
    .bind(user.username.as_str())
    .bind(username_key)
    .bind(user.avatar.as_str())
    .bind(user.status.as_str())
    .bind(now)
    .bind(user.id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes an account, for good. Its name and address stay taken: nobody can pass for who was there before.
///
/// # Errors
/// The driver's.
pub async fn close(conn: &mut Conn, id: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    query("UPDATE users SET closed_at = ?, updated_at = ? WHERE id = ? AND closed_at IS NULL")
        .bind(now)
        .bind(now)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

fn user(row: &Row) -> Result<User, sqlx::Error> {
    let closed: Option<Timestamp> = row.get("closed_at")?;
    Ok(User {
        id: row.get("id")?,
        username: row.get("username")?,
        email: row.get("email")?,
        avatar: row.get("avatar")?,
        // A word that no release wrote is shown as the most private one.
        status: Status::parse(&row.get::<String>("status")?).unwrap_or(Status::Offline),
        created_at: row.get("created_at")?,
        closed: closed.is_some(),
    })
}
