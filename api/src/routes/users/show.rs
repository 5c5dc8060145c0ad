//! `GET /api/users/{id}`. Anybody may look anybody up: that is how a conversation begins.

use super::{UserAnswer, UserView, as_other_sees};
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::query::path_id;
use crate::error::ApiError;
use crate::store::users;
use salvo::oapi::endpoint;
use salvo::writing::Json;
use salvo::{Depot, Request, Writer};
use shared::error::Code;
use shared::ids::UserId;

/// Somebody's account. One that is closed is still shown, as `offline`: what it wrote has a name to it.
#[endpoint(parameters(("id" = i64, Path, description = "The account.")))]
pub async fn show_user(
    viewer: Viewer,
    req: &mut Request,
    depot: &mut Depot,
) -> Result<Json<UserAnswer>, ApiError> {
    let app = App::of(depot)?;
    let id = UserId(path_id(req)?);
    let user = users::find(&mut app.db.read().await?, id).await?.ok_or(Code::NotFound)?;
    if id == viewer.user_id {
        return Ok(Json(UserAnswer { user: UserView::own(user) }));
    }
    let user = as_other_sees(app, user).await.ok_or(Code::NotFound)?;
    Ok(Json(UserAnswer { user }))
}
