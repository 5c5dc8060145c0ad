//! `/api/groups`: groups, and who is in them.

mod create;
mod join;
mod leave;
mod kick;
mod list;
mod show;
mod members;

pub use create::create_group;
pub use join::join_group;
pub use kick::kick_member;
pub use leave::leave_group;
pub use list::list_groups;
pub(crate) use list::views_for;
pub use members::list_members;
pub use show::show_group;

use crate::access::group_for;
use crate::app::App;
use crate::error::ApiError;
use crate::store::conversations::{self, Conversation};
use crate::store::groups::Group;
use crate::store::members::Member;
use salvo::oapi::ToSchema;
use serde::{Deserialize, Serialize};
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use shared::time::Timestamp;

/// A group, as one of its members sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[salvo(schema(name = "Group"))]
pub struct GroupView {
    /// Its id.
    #[salvo(schema(value_type = i64))]
    id: GroupId,
    /// Its conversation.
    #[salvo(schema(value_type = i64))]
    conversation_id: ConversationId,
    /// Its name.
    name: String,
    /// What it is about; may be empty.
    description: String,
    /// An address of a picture, or nothing.
    avatar: String,
    /// Who owns it.
    #[salvo(schema(value_type = i64))]
    owner_id: UserId,
    /// `open`: anybody may join.
    join_policy: String,
    /// One's own: `owner`, `admin` or `member`.
    role: &'static str,
    /// The entry of one's own joining: the first that one may see.
    #[salvo(schema(value_type = i64))]
    joined_seq: Seq,
    /// Until when one may not write there oneself; absent for who may.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[salvo(schema(value_type = Option<String>, format = DateTime))]
    muted_until: Option<Timestamp>,
    /// When it was made.
    #[salvo(schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
}

/// One group.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "GroupAnswer"))]
pub struct GroupAnswer {
    /// Which.
    group: GroupView,
}

/// The group that is joined or left.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "NameGroup"))]
pub struct GroupBody {
    /// Its id.
    group_id: i64,
}

impl GroupView {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> GroupId {
        self.id
    }

    /// A group, its conversation, and the viewer's own place in it.
    #[must_use]
    pub fn new(group: Group, conversation: &Conversation, own: &Member, now: Timestamp) -> Self {
        Self {
            id: group.id,
            conversation_id: conversation.id,
            name: group.name,
            description: group.description,
            avatar: group.avatar,
            owner_id: group.owner_id,
            join_policy: group.join_policy,
            role: own.role.as_str(),
            joined_seq: own.joined_seq,
            muted_until: own.muted_at(now),
            created_at: group.created_at,
        }
    }
}

/// A group that `user` is in.
///
/// # Errors
/// `not_found`.
async fn view_for(app: &App, user: UserId, id: GroupId) -> Result<GroupView, ApiError> {
    let conn = &mut app.db.read().await?;
    let (group, own) = group_for(conn, user, id).await?;
    let conversation = conversations::find_group(conn, id).await?;
    let conversation = conversation.ok_or_else(|| ApiError::bug("a group without a conversation"))?;
    Ok(GroupView::new(group, &conversation, &own, app.clock.now()))
}
