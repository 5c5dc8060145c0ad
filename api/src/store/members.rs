//! Who is in which group, since which entry, and as what. Only append writes here, under the lock of the
//! group's conversation, so that the table always says what the log says.

use super::conn::Conn;
use super::dialect;
use super::lists::{any_of, cut, marks, padded, repeated};
use super::row::Row;
use super::sql::{Query, Sql, query};
use shared::ids::{GroupId, Seq, UserId};
use shared::time::Timestamp;

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Anything; there is one while anybody is in the group.
    Owner,
    /// Removes members.
    Admin,
    /// Talks.
    Member,
}

impl Role {
    /// The word in the table and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// A word that no release wrote gives no rights.
    fn parse(word: &str) -> Self {
        [Self::Owner, Self::Admin].into_iter().find(|role| role.as_str() == word).unwrap_or(Self::Member)
    }
}

/// A user's place in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The group.
    pub group_id: GroupId,
    /// The user.
    pub user_id: UserId,
    /// As what.
    pub role: Role,
    /// When they joined.
    pub joined_at: Timestamp,
    /// The entry of their joining: the first that they may see.
    pub joined_seq: Seq,
    /// Until when they may not write.
    pub muted_until: Option<Timestamp>,
}

const SELECT: &str = "
    SELECT m.group_id, m.user_id, m.role, m.joined_at, m.joined_seq, m.muted_until
    FROM group_members m
    WHERE ";

impl Member {
    /// From a row that has all columns.
    ///
    /// # Errors
    /// The driver's.
    pub fn read(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            group_id: row.get("group_id")?,
            user_id: row.get("user_id")?,
            role: Role::parse(&row.get::<String>("role")?),
            joined_at: row.get("joined_at")?,
            joined_seq: row.get("joined_seq")?,
            muted_until: row.get("muted_until")?,
        })
    }

    /// Until when they may not write, if they may not at `now`.
    #[must_use]
    pub fn muted_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.muted_until.filter(|until| *until > now)
    }
}

async fn all(query: Query, conn: &mut Conn) -> Result<Vec<Member>, sqlx::Error> {
    query.fetch_all(conn).await?.iter().map(Member::read).collect()
}

/// Everybody in a group, the oldest member first.
///
/// # Errors
/// The driver's.
pub async fn list(conn: &mut Conn, group: GroupId) -> Result<Vec<Member>, sqlx::Error> {
    let text = format!("{SELECT} m.group_id = ? ORDER BY m.joined_seq");
    all(query(Sql::Built(text)).bind(group), conn).await
}

/// A user's place in a group, if they have one.
///
/// # Errors
/// The driver's.
pub async fn find(conn: &mut Conn, group: GroupId, user: UserId) -> Result<Option<Member>, sqlx::Error> {
    Ok(find_many(conn, &[(group, user)]).await?.pop())
}

/// The users' places in the groups, of those that they have; in no order.
///
/// # Errors
/// The driver's.
pub async fn find_many(conn: &mut Conn, wanted: &[(GroupId, UserId)]) -> Result<Vec<Member>, sqlx::Error> {
    let mut found = Vec::with_capacity(wanted.len());
    for query in finding(wanted) {
        found.extend(all(query, conn).await?);
    }
    Ok(found)
}

/// The statements of [`find_many`]; a row of their answers is a [`Member`].
pub fn finding(wanted: &[(GroupId, UserId)]) -> Vec<Query> {
    let finding = padded(wanted).map(|list| {
        let text = format!("{SELECT}{}", any_of("m.group_id = ? AND m.user_id = ?", list.len()));
        bind_pairs(query(Sql::Built(text)), &list)
    });
    finding.collect()
}

/// Who would own the group next: the oldest admins, then the oldest members, at most `limit`, the owner not
/// among them.
///
/// # Errors
/// The driver's.
pub async fn heirs(conn: &mut Conn, group: GroupId, limit: i64) -> Result<Vec<Member>, sqlx::Error> {
    let text = format!(
        "{SELECT} m.group_id = ? AND m.role <> 'owner'
         ORDER BY CASE m.role WHEN 'admin' THEN 0 ELSE 1 END, m.joined_seq
         LIMIT ?"
    );
    all(query(Sql::Built(text)).bind(group).bind(limit), conn).await
}

/// Adds members.
///
/// # Errors
/// The driver's; a unique violation for one who is there.
pub async fn insert(conn: &mut Conn, members: &[Member]) -> Result<(), sqlx::Error> {
    for piece in cut(members) {
        let text = format!(
            "INSERT INTO group_members (group_id, user_id, role, joined_at, joined_seq, muted_until)
             VALUES {}",
            repeated("(?, ?, ?, ?, ?, ?)", ", ", piece.len()),
        );
        let bound = piece.iter().fold(query(Sql::Built(text)), |query, m| {
            let place = query.bind(m.group_id).bind(m.user_id).bind(m.role.as_str());
            place.bind(m.joined_at).bind(m.joined_seq).bind(m.muted_until)
        });
        bound.execute(conn).await?;
    }
    Ok(())
}

/// Takes members away; those who are not there are passed over.
///
/// # Errors
/// The driver's.
pub async fn delete(conn: &mut Conn, members: &[(GroupId, UserId)]) -> Result<(), sqlx::Error> {
    let mut ids: Vec<i64> = Vec::with_capacity(members.len());
    for list in padded(members) {
        let condition = any_of("m.group_id = ? AND m.user_id = ?", list.len());
        let text = format!("SELECT m.id FROM group_members m WHERE {condition}");
        for row in bind_pairs(query(Sql::Built(text)), &list).fetch_all(conn).await? {
            ids.push(row.get("id")?);
        }
    }
    ids.sort_unstable();
    for list in padded(&ids) {
        let delete = dialect::delete_by_id(conn.engine(), "group_members");
        let text = format!("{delete} WHERE id IN ({})", marks(list.len()));
        query(Sql::Built(text)).bind_all(list).execute(conn).await?;
    }
    Ok(())
}

/// Gives a member another role.
///
/// # Errors
/// The driver's.
pub async fn set_role(conn: &mut Conn, group: GroupId, user: UserId, role: Role) -> Result<(), sqlx::Error> {
    let update = "UPDATE group_members SET role = ? WHERE group_id = ? AND user_id = ?";
    query(update).bind(role.as_str()).bind(group).bind(user).execute(conn).await?;
    Ok(())
}

fn bind_pairs(query: Query, pairs: &[(GroupId, UserId)]) -> Query {
    pairs.iter().fold(query, |query, (group, user)| query.bind(*group).bind(*user))
}
