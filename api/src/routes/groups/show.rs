//! `GET /api/groups/{id}`, for its members.

use super::{GroupAnswer, view_for};
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::query::path_id;
use crate::error::ApiError;
use salvo::oapi::endpoint;
use salvo::writing::Json;
use salvo::{Depot, Request, Writer};
use shared::ids::GroupId;

/// A group that one is in.
#[endpoint(parameters(("id" = i64, Path, description = "The group.")))]
pub async fn show_group(
    viewer: Viewer,
    req: &mut Request,
    depot: &mut Depot,
) -> Result<Json<GroupAnswer>, ApiError> {
    let app = App::of(depot)?;
    let id = GroupId(path_id(req)?);
    let group = view_for(app, viewer.user_id, id).await?;
    Ok(Json(GroupAnswer { group }))
}
