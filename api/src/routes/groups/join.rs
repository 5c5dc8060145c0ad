//! `POST /api/groups/join`. Joining twice is joining once.

use super::{GroupAnswer, GroupBody, view_for};
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::edge::query::checked_id;
use crate::error::ApiError;
use salvo::oapi::endpoint;
use salvo::writing::Json;
use salvo::{Depot, Writer};
use shared::ids::GroupId;

/// Joins a group; its history begins with the joining.
#[endpoint]
pub async fn join_group(
    viewer: Viewer,
    body: Body<GroupBody>,
    depot: &mut Depot,
) -> Result<Json<GroupAnswer>, ApiError> {
    let app = App::of(depot)?;
    let id = GroupId(checked_id(body.0.group_id)?);
    app.append.join(viewer.user_id, id).await?;
    let group = view_for(app, viewer.user_id, id).await?;
    Ok(Json(GroupAnswer { group }))
}
