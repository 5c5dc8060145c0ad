//! `POST /api/groups/kick`. An admin removes members; the owner removes anybody else.

use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::edge::query::checked_id;
use crate::edge::reply::NoContent;
use crate::error::ApiError;
use salvo::oapi::{ToSchema, endpoint};
use salvo::{Depot, Writer};
use serde::Deserialize;
use shared::ids::{GroupId, UserId};

/// Who is removed from where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "Kick"))]
pub struct KickBody {
    /// The group.
    group_id: i64,
    /// The member.
    user_id: i64,
}

/// Removes a member from a group.
#[endpoint]
pub async fn kick_member(
    viewer: Viewer,
    body: Body<KickBody>,
    depot: &mut Depot,
) -> Result<NoContent, ApiError> {
    let app = App::of(depot)?;
    let (group_id, user_id) = (GroupId(checked_id(body.0.group_id)?), UserId(checked_id(body.0.user_id)?));
    app.append.kick(viewer.user_id, user_id, group_id).await?;
    tracing::info!(target: "audit", actor_id = %viewer.user_id, %user_id, %group_id, "a member was removed");
    Ok(NoContent)
}
