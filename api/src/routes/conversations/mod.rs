//! `/api/conversations`: one's own list, and how one keeps what is on it.

mod list;
mod change;
mod read;

pub use change::change_view;
pub use list::list_conversations;
pub use read::read_all;

use salvo::oapi::ToSchema;
use serde::Serialize;
use shared::event::View;
use shared::ids::Seq;

/// How one keeps a conversation on one's list.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "View"))]
pub struct ViewView {
    /// It stands on top.
    pinned: bool,
    /// It is counted quietly.
    muted: bool,
    /// It is hidden while it has no entry after this one; 0: it is not.
    #[salvo(schema(value_type = i64))]
    hidden_seq: Seq,
    /// It is marked unread while `read_seq` is below this; 0: it is not.
    #[salvo(schema(value_type = i64))]
    unread_seq: Seq,
    /// How often it changed.
    version: i64,
}

impl From<View> for ViewView {
    fn from(View { pinned, muted, hidden_seq, unread_seq, version }: View) -> Self {
        Self { pinned, muted, hidden_seq, unread_seq, version }
    }
}
