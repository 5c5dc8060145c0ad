//! Groups: their name and owner. Who is in them is `members.rs`, what is said in them is `messages.rs`.

use super::conn::Conn;
use super::lists::{marks, padded};
use super::row::Row;
use super::sql::{Sql, query};
use shared::ids::{GroupId, UserId};
use shared::time::Timestamp;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// What it is about; may be empty.
    pub description: String,
    /// Its picture; may be empty.
    pub avatar: String,
    /// Who owns it.
    pub owner_id: UserId,
    /// `open`: anybody may join.
    pub join_policy: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When any of this last changed.
    pub updated_at: Timestamp,
    /// When its last member left; nobody joins it since.
    pub closed_at: Option<Timestamp>,
}

const COLUMNS: &str = "g.id, g.name, g.description, g.avatar, g.owner_id, g.join_policy, \
                       g.created_at, g.updated_at, g.closed_at";

impl Group {
    fn read(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            description: row.get("description")?,
            avatar: row.get("avatar")?,
            owner_id: row.get("owner_id")?,
            join_policy: row.get("join_policy")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            closed_at: row.get("closed_at")?,
        })
    }
}

/// The group of that id, open or closed. Not access-checked.
///
/// # Errors
/// The driver's.
pub async fn find(conn: &mut Conn, id: GroupId) -> Result<Option<Group>, sqlx::Error> {
    Ok(find_many(conn, &[id]).await?.pop())
}

/// The groups of those ids, open or closed, in no order.
///
/// # Errors
/// The driver's.
pub async fn find_many(conn: &mut Conn, ids: &[GroupId]) -> Result<Vec<Group>, sqlx::Error> {
    let mut found = Vec::with_capacity(ids.len());
    for list in padded(ids) {
        let text = format!("SELECT {COLUMNS} FROM groups_table g WHERE g.id IN ({})", marks(list.len()));
        for row in query(Sql::Built(text)).bind_all(list).fetch_all(conn).await? {
            found.push(Group::read(&row)?);
        }
    }
    Ok(found)
}

/// The groups that a user is in, by id.
///
/// # Errors
/// The driver's.
pub async fn list_for(conn: &mut Conn, user: UserId) -> Result<Vec<Group>, sqlx::Error> {
    let text = format!(
        "SELECT {COLUMNS}
         FROM group_members m
         JOIN groups_table g ON g.id = m.group_id
         WHERE m.user_id = ?
         ORDER BY g.id"
    );
    query(Sql::Built(text)).bind(user).fetch_all(conn).await?.iter().map(Group::read).collect()
}

/// Makes a group that nobody is in yet.
///
/// # Errors
/// The driver's.
pub async fn insert(
    conn: &mut Conn,
    owner: UserId,
    name: &str,
    description: &str,
    at: Timestamp,
) -> Result<GroupId, sqlx::Error> {
    let insert =
        "INSERT INTO groups_table (name, description, avatar, owner_id, join_policy, created_at, updated_at)
         VALUES (?, ?, '', ?, 'open', ?, ?)";
    let bound = query(insert).bind(name).bind(description).bind(owner).bind(at).bind(at);
    Ok(GroupId(bound.execute(conn).await?.last_id))
}

/// Gives a group to another owner.
///
/// # Errors
/// The driver's.
pub async fn set_owner(
    conn: &mut Conn,
    group: GroupId,
    owner: UserId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let update = "UPDATE groups_table SET owner_id = ?, updated_at = ? WHERE id = ?";
    query(update).bind(owner).bind(at).bind(group).execute(conn).await?;
    Ok(())
}

/// Closes a group for good.
///
/// # Errors
/// The driver's.
pub async fn close(conn: &mut Conn, group: GroupId, at: Timestamp) -> Result<(), sqlx::Error> {
    let update = "UPDATE groups_table SET closed_at = ?, updated_at = ? WHERE id = ?";
    query(update).bind(at).bind(at).bind(group).execute(conn).await?;
    Ok(())
}
