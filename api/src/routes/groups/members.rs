//! `GET /api/groups/{id}/members`, for its members.

use crate::access::group_for;
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::query::path_id;
use crate::error::ApiError;
use crate::routes::users::{UserView, as_others_see};
use crate::store::members::{self, Member};
use crate::store::users;
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Request, Writer};
use serde::Serialize;
use shared::ids::{GroupId, UserId};
use shared::time::Timestamp;
use std::collections::HashMap;

/// Somebody in a group.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Member"))]
pub struct MemberView {
    /// Who.
    user: UserView,
    /// `owner`, `admin` or `member`.
    role: &'static str,
    /// Since when.
    #[salvo(schema(value_type = String, format = DateTime))]
    joined_at: Timestamp,
    /// Until when they may not write; absent for who may.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[salvo(schema(value_type = Option<String>, format = DateTime))]
    muted_until: Option<Timestamp>,
}

/// Everybody in a group.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Members"))]
pub struct MembersAnswer {
    /// The oldest member first.
    members: Vec<MemberView>,
}

/// Lists who is in a group that one is in.
#[endpoint(parameters(("id" = i64, Path, description = "The group.")))]
pub async fn list_members(
    viewer: Viewer,
    req: &mut Request,
    depot: &mut Depot,
) -> Result<Json<MembersAnswer>, ApiError> {
    let app = App::of(depot)?;
    let id = GroupId(path_id(req)?);
    let mut conn = app.db.read().await?;
    group_for(&mut conn, viewer.user_id, id).await?;
    let members = members::list(&mut conn, id).await?;
    let ids: Vec<UserId> = members.iter().map(|member| member.user_id).collect();
    let people = users::list(&mut conn, &ids).await?;
    drop(conn);
    let views = as_others_see(app, people).await.into_iter().map(|user| (user.id, user));
    let mut people: HashMap<UserId, UserView> = views.collect();
    let now = app.clock.now();
    let members =
        members.into_iter().filter_map(|member| view(&member, people.remove(&member.user_id)?, now));
    Ok(Json(MembersAnswer { members: members.collect() }))
}

fn view(member: &Member, user: UserView, now: Timestamp) -> Option<MemberView> {
    let muted_until = member.muted_at(now);
    Some(MemberView { user, role: member.role.as_str(), joined_at: member.joined_at, muted_until })
}
