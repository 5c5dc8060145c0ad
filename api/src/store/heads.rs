//! Where users' conversations have come to: one short row a conversation, for many users in one statement.
//! A direct conversation counts from its first entry on, a group as long as the user is its member.

use super::conn::Conn;
use super::lists::{marks, padded};
use super::sql::{Query, Sql, query};
use shared::door::Seat;
use shared::event::Heads;
use shared::ids::UserId;
use std::collections::HashMap;

/// The heads of all conversations of each of the users; a user without any is left out.
///
/// # Errors
/// The driver's.
pub async fn heads_of(conn: &mut Conn, users: &[UserId]) -> Result<HashMap<UserId, Heads>, sqlx::Error> {
    let found = tips_of(conn, users).await?;
    Ok(found.into_iter().map(|(user, tips)| (user, tips.heads)).collect())
}

/// Where a user's conversations have come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tips {
    /// The heads of all of them.
    pub heads: Heads,
    /// The sum of the versions of the user's views of them: another one than a device knows says that it missed a change.
    pub views: i64,
}

/// The heads and views of all conversations of each of the users; a user without any is left out.
///
/// # Errors
/// The driver's.
pub async fn tips_of(conn: &mut Conn, users: &[UserId]) -> Result<HashMap<UserId, Tips>, sqlx::Error> {
    let mut found: HashMap<UserId, Tips> = HashMap::with_capacity(users.len());
    for list in padded(users) {
        for row in three_lists(HEADS, &list).fetch_all(conn).await? {
            let head = [row.get("last_seq")?, row.get("read_seq")?, row.get("peer_read_seq")?];
            let tips = found.entry(row.get("user_id")?).or_default();
            tips.heads.insert(row.get("id")?, head);
            tips.views += row.get::<i64>("view_version")?;
        }
    }
    Ok(found)
}

/// The sum of `last_seq` over all conversations of each of the users; a user without any is left out.
///
/// # Errors
/// The driver's.
pub async fn sums_of(conn: &mut Conn, users: &[UserId]) -> Result<HashMap<UserId, i64>, sqlx::Error> {
    let mut found: HashMap<UserId, i64> = HashMap::with_capacity(users.len());
    for list in padded(users) {
        for row in three_lists(SUMS, &list).fetch_all(conn).await? {
            *found.entry(row.get("user_id")?).or_default() += row.get::<i64>("total")?;
        }
    }
    Ok(found)
}

/// The users' places in their groups.
///
/// # Errors
/// The driver's.
pub async fn seats_of(conn: &mut Conn, users: &[UserId]) -> Result<HashMap<UserId, Vec<Seat>>, sqlx::Error> {
    let mut found: HashMap<UserId, Vec<Seat>> = HashMap::with_capacity(users.len());
    for list in padded(users) {
        let text = format!("{SEATS} ({})", marks(list.len()));
        for row in query(Sql::Built(text)).bind_all(list).fetch_all(conn).await? {
            let seat = Seat {
                group_id: row.get("group_id")?,
                conversation_id: row.get("id")?,
                joined_seq: row.get("joined_seq")?,
                members_version: row.get("members_version")?,
                last_seq: row.get("last_seq")?,
            };
            found.entry(row.get("user_id")?).or_default().push(seat);
        }
    }
    Ok(found)
}

/// A statement in which the list of users stands three times, as `{users}`.
fn three_lists(text: &str, users: &[UserId]) -> Query {
    let text = text.replace("{users}", &marks(users.len()));
    query(Sql::Built(text)).bind_all(users.iter().copied().cycle().take(users.len() * 3))
}

const HEADS: &str = "
    SELECT c.user_low AS user_id, c.id, c.last_seq,
           COALESCE(mine.read_seq, 0) AS read_seq, COALESCE(peers.read_seq, 0) AS peer_read_seq,
           COALESCE(mine.view_version, 0) AS view_version
    FROM conversations c
    LEFT JOIN conversation_reads mine ON mine.conversation_id = c.id AND mine.user_id = c.user_low
    LEFT JOIN conversation_reads peers ON peers.conversation_id = c.id AND peers.user_id = c.user_high
    WHERE c.user_low IN ({users}) AND c.last_seq > 0
    UNION ALL
    SELECT c.user_high AS user_id, c.id, c.last_seq,
           COALESCE(mine.read_seq, 0) AS read_seq, COALESCE(peers.read_seq, 0) AS peer_read_seq,
           COALESCE(mine.view_version, 0) AS view_version
    FROM conversations c
    LEFT JOIN conversation_reads mine ON mine.conversation_id = c.id AND mine.user_id = c.user_high
    LEFT JOIN conversation_reads peers ON peers.conversation_id = c.id AND peers.user_id = c.user_low
    WHERE c.user_high IN ({users}) AND c.user_low <> c.user_high AND c.last_seq > 0
    UNION ALL
    SELECT m.user_id AS user_id, c.id, c.last_seq,
           COALESCE(mine.read_seq, 0) AS read_seq, 0 AS peer_read_seq,
           COALESCE(mine.view_version, 0) AS view_version
    FROM group_members m
    JOIN conversations c ON c.group_id = m.group_id
    LEFT JOIN conversation_reads mine ON mine.conversation_id = c.id AND mine.user_id = m.user_id
    WHERE m.user_id IN ({users})";

const SUMS: &str = "
    SELECT c.user_low AS user_id, CAST(SUM(c.last_seq) AS SIGNED) AS total
    FROM conversations c
    WHERE c.user_low IN ({users})
    GROUP BY c.user_low
    UNION ALL
    SELECT c.user_high AS user_id, CAST(SUM(c.last_seq) AS SIGNED) AS total
    FROM conversations c
    WHERE c.user_high IN ({users}) AND c.user_low <> c.user_high
    GROUP BY c.user_high
    UNION ALL
    SELECT m.user_id AS user_id, CAST(SUM(c.last_seq) AS SIGNED) AS total
    FROM group_members m
    JOIN conversations c ON c.group_id = m.group_id
    WHERE m.user_id IN ({users})
    GROUP BY m.user_id";

const SEATS: &str = "
    SELECT m.user_id, m.group_id, m.joined_seq, c.id, c.members_version, c.last_seq
    FROM group_members m
    JOIN conversations c ON c.group_id = m.group_id
    WHERE m.user_id IN";
