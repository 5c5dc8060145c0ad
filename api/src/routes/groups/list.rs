//! `GET /api/groups/list`: the groups that one is in.

use super::GroupView;
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::error::ApiError;
use crate::store::Conn;
use crate::store::conversations::{self, Conversation};
use crate::store::groups::{self, Group};
use crate::store::members::{self, Member};
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Writer};
use serde::Serialize;
use shared::draft::ConversationKey;
use shared::ids::{GroupId, UserId};
use shared::time::Timestamp;
use std::collections::HashMap;

/// One's groups.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Groups"))]
pub struct GroupsAnswer {
    /// By id.
    groups: Vec<GroupView>,
}

/// Lists one's groups.
#[endpoint]
pub async fn list_groups(viewer: Viewer, depot: &mut Depot) -> Result<Json<GroupsAnswer>, ApiError> {
    let app = App::of(depot)?;
    let mut conn = app.db.read().await?;
    let joined = groups::list_for(&mut conn, viewer.user_id).await?;
    let groups = views_for(&mut conn, viewer.user_id, joined, app.clock.now()).await?;
    Ok(Json(GroupsAnswer { groups }))
}

/// Groups that `user` is in, in the same order. One that they were removed from meanwhile is left out.
///
/// # Errors
/// The driver's.
pub(crate) async fn views_for(
    conn: &mut Conn,
    user: UserId,
    joined: Vec<Group>,
    now: Timestamp,
) -> Result<Vec<GroupView>, sqlx::Error> {
    let ids: Vec<GroupId> = joined.iter().map(|group| group.id).collect();
    let places: Vec<_> = ids.iter().map(|id| (*id, user)).collect();
    let own: HashMap<GroupId, Member> = members::find_many(conn, &places)
        .await?
        .into_iter()
        .map(|member| (member.group_id, member))
        .collect();
    let found = conversations::find_groups(conn, &ids).await?;
    let conversations: HashMap<GroupId, Conversation> =
        found.into_iter().filter_map(|conversation| Some((group_of(&conversation)?, conversation))).collect();
    let views = joined.into_iter().filter_map(|group| {
        let (own, conversation) = (own.get(&group.id)?, conversations.get(&group.id)?);
        Some(GroupView::new(group, conversation, own, now))
    });
    Ok(views.collect())
}

fn group_of(conversation: &Conversation) -> Option<GroupId> {
    match conversation.key {
        ConversationKey::Group(group) => Some(group),
        ConversationKey::Pair(..) => None,
    }
}
