//! `POST /api/auth/refresh`: the next tokens of a session, for its refresh token in the body or the cookie.

use super::{SessionAnswer, SessionKind, answer};
use crate::app::App;
use crate::auth::{cookie, sessions};
use crate::edge::body::OptionalBody;
use crate::error::ApiError;
use crate::routes::users::UserView;
use crate::store::users;
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Request, Response, Writer};
use serde::Deserialize;
use shared::error::Code;

/// The refresh token; a browser that has it in its cookie sends nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "RefreshToken"))]
pub struct RefreshBody {
    /// The token of the last log-in or refresh.
    pub refresh_token: Option<String>,
}

/// Trades a refresh token in for new tokens.
#[endpoint]
pub async fn refresh_session(
    body: OptionalBody<RefreshBody>,
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
) -> Result<Json<SessionAnswer>, ApiError> {
    let app = App::of(depot)?;
    let (token, kind) = match body.0.unwrap_or_default().refresh_token {
        Some(token) => (Some(token), SessionKind::Token),
        None => (cookie::get(req, app)?, SessionKind::Cookie),
    };
    let token = token.ok_or(Code::Unauthorized)?;
    let granted = match sessions::renew(app, &token).await {
        Ok(granted) => granted,
        Err(refusal) => {
            if kind == SessionKind::Cookie && refusal.code() == Code::Unauthorized {
                cookie::clear(req, res, app)?;
            }
            return Err(refusal);
        }
    };
    let user = users::find(&mut app.db.read().await?, granted.user_id).await?;
    let user = user.filter(|user| !user.closed).ok_or(Code::Unauthorized)?;
    Ok(Json(answer(req, res, app, (granted, kind), UserView::own(user))?))
}
