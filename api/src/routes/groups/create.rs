//! `POST /api/groups/create`: a group whose maker is its owner and first member.

use super::{GroupAnswer, view_for};
use crate::app::App;
use crate::auth::names::is_deceptive;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::edge::reply::Created;
use crate::error::ApiError;
use salvo::oapi::{ToSchema, endpoint};
use salvo::{Depot, Writer};
use serde::Deserialize;
use shared::error::Code;

const MAX_NAME: usize = 100;
const MAX_DESCRIPTION: usize = 2000;

/// A group to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "CreateGroup"))]
pub struct CreateBody {
    /// 1 to 100 characters.
    name: String,
    /// At most 2000 characters.
    description: Option<String>,
}

/// Makes a group.
#[endpoint]
pub async fn create_group(
    viewer: Viewer,
    body: Body<CreateBody>,
    depot: &mut Depot,
) -> Result<Created<GroupAnswer>, ApiError> {
    let app = App::of(depot)?;
    let name = body.0.name.trim();
    if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(is_deceptive) {
        return Err(Code::BadGroupName.into());
    }
    let description = body.0.description.as_deref().unwrap_or_default().trim();
    if description.chars().count() > MAX_DESCRIPTION {
        return Err(Code::BadDescription.into());
    }
    let id = app.append.create_group(viewer.user_id, name, description).await?;
    let group = view_for(app, viewer.user_id, id).await?;
    Ok(Created(GroupAnswer { group }))
}
