//! How a user keeps a conversation on their own list: beside their cursor, in the same row. `hidden` and `marked
//! unread` are places, so that a new entry and a cursor that moves end them without a statement of their own.

use super::conn::Conn;
use super::reads;
use super::row::Row;
use super::sql::query;
use shared::door::ReadMark;
use shared::event::View;
use shared::ids::{ConversationId, Seq, UserId};

/// The columns of a [`View`], of the row that a statement calls `mine`.
pub(super) const COLUMNS: &str = "COALESCE(mine.pinned, 0) AS pinned, COALESCE(mine.muted, 0) AS muted,
           COALESCE(mine.hidden_seq, 0) AS hidden_seq, COALESCE(mine.unread_seq, 0) AS unread_seq,
           COALESCE(mine.view_version, 0) AS view_version";

/// Reads those columns.
pub(super) fn read(row: &Row) -> Result<View, sqlx::Error> {
    Ok(View {
        pinned: row.get::<i64>("pinned")? != 0,
        muted: row.get::<i64>("muted")? != 0,
        hidden_seq: row.get("hidden_seq")?,
        unread_seq: row.get("unread_seq")?,
        version: row.get("view_version")?,
    })
}

/// What is to be different; what is not named stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ViewChange {
    /// Whether it stands on top.
    pub pinned: Option<bool>,
    /// Whether it is counted quietly.
    pub muted: Option<bool>,
    /// The entry up to which it is out of the list; 0: it is in it.
    pub hidden_seq: Option<Seq>,
    /// Whether it bears a dot until it is read.
    pub marked_unread: Option<bool>,
}

impl ViewChange {
    /// The view after it; the version moves only if something is different.
    fn apply(self, view: View, read_seq: Seq) -> View {
        // A mark that the cursor has passed is none, and a standing one stays where it is.
        let standing = if view.unread_seq > read_seq { view.unread_seq } else { 0 };
        let unread_seq = match self.marked_unread {
            Some(true) if standing == 0 => read_seq + 1,
            Some(false) => 0,
            _ => view.unread_seq,
        };
        let next = View {
            pinned: self.pinned.unwrap_or(view.pinned),
            muted: self.muted.unwrap_or(view.muted),
            hidden_seq: self.hidden_seq.unwrap_or(view.hidden_seq),
            unread_seq,
            version: view.version,
        };
        View { version: view.version + i64::from(next != view), ..next }
    }
}

/// Changes a user's view of a conversation, and gives it as it was and as it is. In the caller's transaction: the row
/// is held from here on, so of two changes at once none undoes the other.
///
/// # Errors
/// The driver's.
pub async fn change(
    conn: &mut Conn,
    conversation: ConversationId,
    user: UserId,
    change: ViewChange,
) -> Result<(View, View), sqlx::Error> {
    // Makes the row, or leaves it as it is, and locks it in both cases.
    reads::raise(conn, &[ReadMark { conversation_id: conversation, user_id: user, seq: 0 }]).await?;
    let row = query(
        "SELECT read_seq, pinned, muted, hidden_seq, unread_seq, view_version
         FROM conversation_reads
         WHERE conversation_id = ? AND user_id = ?",
    )
    .bind(conversation)
    .bind(user)
    .fetch_one(conn)
    .await?;
    let before = read(&row)?;
    let after = change.apply(before, row.get("read_seq")?);
    if after != before {
        let update = query(
            "UPDATE conversation_reads
             SET pinned = ?, muted = ?, hidden_seq = ?, unread_seq = ?, view_version = ?
             WHERE conversation_id = ? AND user_id = ?",
        );
        let update = update.bind(i64::from(after.pinned)).bind(i64::from(after.muted));
        let update = update.bind(after.hidden_seq).bind(after.unread_seq).bind(after.version);
        update.bind(conversation).bind(user).execute(conn).await?;
    }
    Ok((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_changes_and_only_a_change_is_a_new_version() {
        let pin = ViewChange { pinned: Some(true), ..ViewChange::default() };
        let pinned = pin.apply(View::default(), 4);
        assert_eq!(pinned, View { pinned: true, version: 1, ..View::default() });
        assert_eq!(pin.apply(pinned, 4), pinned);
        let hide = ViewChange { hidden_seq: Some(9), ..ViewChange::default() };
        assert_eq!(hide.apply(pinned, 4), View { hidden_seq: 9, version: 2, ..pinned });
    }

    #[test]
    fn a_mark_stands_behind_the_cursor_and_one_that_was_passed_can_be_set_again() {
        let mark = |marked| ViewChange { marked_unread: Some(marked), ..ViewChange::default() };
        let marked = mark(true).apply(View::default(), 4);
        assert_eq!((marked.unread_seq, marked.version), (5, 1));
        assert_eq!(mark(true).apply(marked, 4), marked);
        assert_eq!(mark(true).apply(marked, 7).unread_seq, 8);
        assert_eq!(mark(false).apply(marked, 4), View { version: 2, ..View::default() });
    }
}
