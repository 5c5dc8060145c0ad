//! A user's list of conversations: whose they are, how far they have come, how much of that is unread, and
//! the last thing said. A fixed number of statements, however many conversations there are; one for a single line.

use super::conn::Conn;
use super::conversations::{self, Conversation};
use super::messages::{self, StoredMessage};
use super::row::Row;
use super::sql::{Query, Sql, query};
use super::views;
use shared::event::View;
use shared::ids::{GroupId, Seq, UserId};
use std::collections::HashMap;

/// Unread entries are counted so far and no further: "99+".
pub const UNREAD_MOST: i64 = 100;

/// How many conversations are counted in one statement at most.
const BLOCKS: usize = 64;

/// A line of a user's list of conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The conversation.
    pub conversation: Conversation,
    /// In a direct one: the other user, or oneself for notes.
    pub peer_id: Option<UserId>,
    /// In a group: which.
    pub group_id: Option<GroupId>,
    /// In a group: the first entry that the user may see; otherwise 1.
    pub joined_seq: Seq,
    /// How far the user has read.
    pub read_seq: Seq,
    /// How far the peer has read; 0 in groups.
    pub peer_read_seq: Seq,
    /// How the user keeps it on the list.
    pub view: View,
    /// Messages by others after `read_seq`, up to [`UNREAD_MOST`].
    pub unread: i64,
    /// The newest entry.
    pub last: Option<StoredMessage>,
}

/// The user's conversations, the one written to last first.
///
/// # Errors
/// The driver's.
pub async fn list_for(conn: &mut Conn, user: UserId) -> Result<Vec<Listed>, sqlx::Error> {
    let mut lines = places_for(conn, user).await?;
    lines
        .sort_unstable_by_key(|line| std::cmp::Reverse((line.conversation.updated_at, line.conversation.id)));
    count_unread(conn, user, &mut lines).await?;
    find_last(conn, &mut lines).await?;
    Ok(lines)
}

/// The user's conversations in no order; unread entries are not counted, and the last ones are left out.
///
/// # Errors
/// The driver's.
pub async fn places_for(conn: &mut Conn, user: UserId) -> Result<Vec<Listed>, sqlx::Error> {
    let all = [AS_LOW, AS_HIGH, AS_MEMBER].join(" UNION ALL ");
    let rows = lines(&all).bind_all([user; 3]).fetch_all(conn).await?;
    rows.iter().map(Listed::read).collect()
}

/// The user's line of a direct conversation in which something was said. Unread entries are not counted, and the last one
/// is left out.
///
/// # Errors
/// The driver's.
pub async fn find_pair(conn: &mut Conn, user: UserId, peer: UserId) -> Result<Option<Listed>, sqlx::Error> {
    let (side, other) = if user <= peer { (AS_LOW, "c.user_high") } else { (AS_HIGH, "c.user_low") };
    let found = lines(&format!("{side} AND {other} = ?")).bind(user).bind(peer);
    found.fetch_optional(conn).await?.as_ref().map(Listed::read).transpose()
}

/// The user's line of a group, if they are in it: the same as [`find_pair`].
///
/// # Errors
/// The driver's.
pub async fn find_group(
    conn: &mut Conn,
    user: UserId,
    group: GroupId,
) -> Result<Option<Listed>, sqlx::Error> {
    let found = lines(&format!("{AS_MEMBER} AND m.group_id = ?")).bind(user).bind(group);
    found.fetch_optional(conn).await?.as_ref().map(Listed::read).transpose()
}

fn lines(text: &str) -> Query {
    query(Sql::Built(text.replace("{columns}", conversations::COLUMNS).replace("{view}", views::COLUMNS)))
}

impl Listed {
    fn read(row: &Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            conversation: Conversation::read(row)?,
            peer_id: row.get("peer_id")?,
            group_id: row.get("group_id")?,
            joined_seq: row.get("joined_seq")?,
            read_seq: row.get("read_seq")?,
            peer_read_seq: row.get("peer_read_seq")?,
            view: views::read(row)?,
            unread: 0,
            last: None,
        })
    }

    /// The last entry that is not unread for sure.
    fn seen_seq(&self) -> Seq {
        self.read_seq.max(self.joined_seq - 1)
    }
}

async fn count_unread(conn: &mut Conn, user: UserId, lines: &mut [Listed]) -> Result<(), sqlx::Error> {
    let mut behind: Vec<&mut Listed> =
        lines.iter_mut().filter(|line| line.seen_seq() < line.conversation.last_seq).collect();
    for chunk in behind.chunks_mut(BLOCKS) {
        let size = chunk.len().next_power_of_two();
        let blocks: Vec<String> =
            (0..size).map(|place| UNREAD.replace("{place}", &place.to_string())).collect();
        let mut counts = query(Sql::Built(blocks.join(" UNION ALL ")));
        for place in 0..size {
            // Past the end the last conversation is counted again, and the answer passed over.
            let line = &chunk[place.min(chunk.len() - 1)];
            let head = line.conversation.last_seq;
            counts = counts.bind(line.conversation.id).bind(line.seen_seq()).bind(head).bind(user);
        }
        for row in counts.fetch_all(conn).await? {
            let place = usize::try_from(row.get::<i64>("place")?).unwrap_or(usize::MAX);
            if let Some(line) = chunk.get_mut(place) {
                line.unread = row.get("unread")?;
            }
        }
    }
    Ok(())
}

async fn find_last(conn: &mut Conn, lines: &mut [Listed]) -> Result<(), sqlx::Error> {
    let heads = lines.iter().map(|line| (line.conversation.id, line.conversation.last_seq));
    let places: Vec<_> = heads.filter(|(_, last_seq)| *last_seq > 0).collect();
    let found = messages::find_many(conn, &places).await?;
    let mut by_place: HashMap<_, _> = found.into_iter().map(|m| (m.conversation_id, m)).collect();
    for line in lines {
        line.last = by_place.remove(&line.conversation.id);
    }
    Ok(())
}

/// The lines of those whose first, or second, user somebody is; notes are both, and come with the first.
const AS_LOW: &str = "
    SELECT {columns}, c.user_high AS peer_id, 1 AS joined_seq,
           COALESCE(mine.read_seq, 0) AS read_seq, COALESCE(peers.read_seq, 0) AS peer_read_seq,
           {view}
    FROM conversations c
    LEFT JOIN conversation_reads mine ON mine.conversation_id = c.id AND mine.user_id = c.user_low
    LEFT JOIN conversation_reads peers ON peers.conversation_id = c.id AND peers.user_id = c.user_high
    WHERE c.user_low = ? AND c.last_seq > 0";
const AS_HIGH: &str = "
    SELECT {columns}, c.user_low AS peer_id, 1 AS joined_seq,
           COALESCE(mine.read_seq, 0) AS read_seq, COALESCE(peers.read_seq, 0) AS peer_read_seq,
           {view}
    FROM conversations c
    LEFT JOIN conversation_reads mine ON mine.conversation_id = c.id AND mine.user_id = c.user_high
    LEFT JOIN conversation_reads peers ON peers.conversation_id = c.id AND peers.user_id = c.user_low
    WHERE c.user_high = ? AND c.user_low <> c.user_high AND c.last_seq > 0";
/// And of the groups that somebody is in.
const AS_MEMBER: &str = "
    SELECT {columns}, c.user_low AS peer_id, m.joined_seq,
           COALESCE(mine.read_seq, 0) AS read_seq, 0 AS peer_read_seq,
           {view}
    FROM group_members m
    JOIN conversations c ON c.group_id = m.group_id
    LEFT JOIN conversation_reads mine ON mine.conversation_id = c.id AND mine.user_id = m.user_id
    WHERE m.user_id = ?";

/// Counts one conversation: what people wrote, not what the system noted.
const UNREAD: &str = "
    SELECT {place} AS place, COUNT(*) AS unread
    FROM (SELECT 1 AS one
          FROM messages
          WHERE conversation_id = ? AND seq > ? AND seq <= ? AND sender_id <> ?
            AND message_type IN ('text', 'image', 'file')
          LIMIT 100) counted_{place}";
