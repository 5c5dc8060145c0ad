//! `GET /api/users/find?username=`: the one account of that name, in any case or width. No part of a name
//! finds anybody, so nobody walks the list.

use super::{UserAnswer, UserView, as_other_sees};
use crate::app::App;
use crate::auth::names::key_of;
use crate::auth::viewer::Viewer;
use crate::edge::query::Query;
use crate::error::ApiError;
use crate::store::users;
use salvo::oapi::endpoint;
use salvo::writing::Json;
use salvo::{Depot, Request, Writer};
use shared::error::Code;

/// Finds an account by its whole name.
#[endpoint(parameters(("username" = String, Query, description = "The whole name.")))]
pub async fn find_user(
    viewer: Viewer,
    req: &mut Request,
    depot: &mut Depot,
) -> Result<Json<UserAnswer>, ApiError> {
    let app = App::of(depot)?;
    let username = Query::of(req, &["username"])?.text("username").ok_or(Code::BadRequest)?;
    let user = users::find_by_username(&mut app.db.read().await?, &key_of(username)).await?;
    let user = user.ok_or(Code::NotFound)?;
    if user.id == viewer.user_id {
        return Ok(Json(UserAnswer { user: UserView::own(user) }));
    }
    let user = as_other_sees(app, user).await.ok_or(Code::NotFound)?;
    Ok(Json(UserAnswer { user }))
}
