//! `/api/auth`: accounts, log-ins and their end.

mod register;
mod login;
mod refresh;
mod logout;
mod password;
mod deactivate;
mod sessions;

pub use deactivate::close_account;
pub use login::log_in;
pub use logout::log_out;
pub use password::change_password;
pub use refresh::refresh_session;
pub use register::register_account;
pub use sessions::{end_other_sessions, end_session, list_sessions};

use crate::app::App;
use crate::auth::cookie;
use crate::auth::sessions::Granted;
use crate::error::ApiError;
use crate::routes::users::UserView;
use salvo::http::header::{HeaderValue, USER_AGENT};
use salvo::oapi::ToSchema;
use salvo::{Request, Response};
use serde::{Deserialize, Serialize};
use shared::serve::address::client_address;
use shared::token::ACCESS_TOKEN_LIFE;
use std::net::IpAddr;

/// The longest name of a device, in characters.
const MAX_DEVICE: usize = 200;

/// Where the refresh token goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[salvo(schema(name = "SessionKind"))]
pub enum SessionKind {
    /// Into the answer: the client keeps it safe.
    #[default]
    Token,
    /// Into a cookie that no script reads.
    Cookie,
}

/// A session that began or goes on.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Session"))]
pub struct SessionAnswer {
    /// The access token: `Authorization: Bearer <token>`.
    pub token: String,
    /// For the next refresh; absent when it went into the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// How many seconds `token` is good for.
    pub expires_in: u64,
    /// The account.
    pub user: UserView,
}

/// Puts the answer together, and the refresh token where it belongs.
fn answer(
    req: &Request,
    res: &mut Response,
    app: &App,
    (granted, kind): (Granted, SessionKind),
    user: UserView,
) -> Result<SessionAnswer, ApiError> {
    let token = app.tokens.issue(granted.user_id, granted.session_id).map_err(ApiError::bug)?;
    let refresh_token = match kind {
        SessionKind::Token => Some(granted.refresh_token),
        SessionKind::Cookie => {
            cookie::set(req, res, app, &granted.refresh_token)?;
            None
        }
    };
    Ok(SessionAnswer { token, refresh_token, expires_in: ACCESS_TOKEN_LIFE.as_secs(), user })
}

/// What the device calls itself, for the list of sessions.
fn device(req: &Request) -> String {
    let agent = req.headers().get(USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(agent).chars().filter(|c| !c.is_control()).take(MAX_DEVICE).collect()
}

fn address(req: &Request, app: &App) -> IpAddr {
    client_address(req, &app.config.trusted_proxies)
}
