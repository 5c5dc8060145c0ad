//! `POST /api/auth/logout`: the end of a session, for whoever can show that it is theirs: by its refresh
//! token, by its access token, or by the cookie.

use super::refresh::RefreshBody;
use crate::app::App;
use crate::auth::refresh_token::Presented;
use crate::auth::viewer::{self, Viewer};
use crate::auth::{cookie, sessions};
use crate::edge::body::OptionalBody;
use crate::edge::reply::NoContent;
use crate::error::ApiError;
use salvo::oapi::endpoint;
use salvo::{Depot, Request, Response, Writer};
use shared::error::Code;
use std::sync::Arc;

/// Logs out: ends the session of the refresh token, or else of the access token, or else of the cookie.
#[endpoint]
pub async fn log_out(
    body: OptionalBody<RefreshBody>,
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
) -> Result<NoContent, ApiError> {
    let app = App::of(depot)?;
    let ending = named(body.0.unwrap_or_default(), req, app).await?;
    sessions::end(app, ending.user_id, ending.session_id, "logged_out").await?;
    let in_cookie = req.cookie(cookie::NAME).map(|cookie| Presented::parse(cookie.value()));
    // The cookie is the browser's and this log-in perhaps one tab's: another account's cookie stays.
    if in_cookie.is_some_and(|token| token.is_none_or(|token| token.session_id == ending.session_id)) {
        cookie::clear(req, res, app)?;
    }
    Ok(NoContent)
}

async fn named(body: RefreshBody, req: &Request, app: &Arc<App>) -> Result<Viewer, ApiError> {
    if let Some(token) = body.refresh_token {
        return owner_of(app, &token).await;
    }
    if let Ok(viewer) = viewer::bearer(req, app).await? {
        return Ok(viewer);
    }
    let token = cookie::get(req, app)?.ok_or(Code::Unauthorized)?;
    owner_of(app, &token).await
}

async fn owner_of(app: &App, token: &str) -> Result<Viewer, ApiError> {
    let (_, session) = sessions::find(app, token).await?;
    Ok(Viewer { user_id: session.user_id, session_id: session.id })
}
