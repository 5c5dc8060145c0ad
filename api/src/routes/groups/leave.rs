//! `POST /api/groups/leave`. The owner's leaving hands the group over; the last one's closes it.

use super::GroupBody;
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::edge::query::checked_id;
use crate::edge::reply::NoContent;
use crate::error::ApiError;
use salvo::oapi::endpoint;
use salvo::{Depot, Writer};
use shared::ids::GroupId;

/// Leaves a group.
#[endpoint]
pub async fn leave_group(
    viewer: Viewer,
    body: Body<GroupBody>,
    depot: &mut Depot,
) -> Result<NoContent, ApiError> {
    let id = GroupId(checked_id(body.0.group_id)?);
    App::of(depot)?.append.leave(viewer.user_id, id).await?;
    Ok(NoContent)
}
