//! `GET /api/users/me`.

use super::{UserAnswer, UserView};
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::error::ApiError;
use crate::store::users;
use salvo::oapi::endpoint;
use salvo::writing::Json;
use salvo::{Depot, Writer};
use shared::error::Code;

/// One's own account.
#[endpoint]
pub async fn show_me(viewer: Viewer, depot: &mut Depot) -> Result<Json<UserAnswer>, ApiError> {
    let app = App::of(depot)?;
    let user = users::find(&mut app.db.read().await?, viewer.user_id).await?;
    Ok(Json(UserAnswer { user: UserView::own(user.ok_or(Code::Unauthorized)?) }))
}
