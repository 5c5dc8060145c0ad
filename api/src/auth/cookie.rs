//! The refresh token of a browser: in a cookie that no script reads, that is sent to this server's own pages
//! only, and to nothing but `/api/auth`.

use crate::app::App;
use crate::auth::sessions::IDLE;
use crate::edge::headers::is_https;
use crate::edge::origin::check_cookie_use;
use crate::error::ApiError;
use salvo::http::header::{HeaderValue, SET_COOKIE};
use salvo::{Request, Response};

/// Its name.
pub const NAME: &str = "imtt_refresh";

/// Hands the token to the browser.
///
/// # Errors
/// A bug: tokens fit a header.
pub fn set(req: &Request, res: &mut Response, app: &App, token: &str) -> Result<(), ApiError> {
    write(req, res, app, token, IDLE.as_secs())
}

/// Takes the token from the browser.
///
/// # Errors
/// None that can be met.
pub fn clear(req: &Request, res: &mut Response, app: &App) -> Result<(), ApiError> {
    write(req, res, app, "", 0)
}

/// The token that came in the cookie.
///
/// # Errors
/// `bad_origin`, when a page that is not ours made the browser send it.
pub fn get(req: &Request, app: &App) -> Result<Option<String>, ApiError> {
    let Some(cookie) = req.cookie(NAME) else { return Ok(None) };
    check_cookie_use(req, app)?;
    Ok(Some(cookie.value().to_owned()))
}

fn write(req: &Request, res: &mut Response, app: &App, token: &str, seconds: u64) -> Result<(), ApiError> {
    // Over plain http (a laptop, a test) a Secure cookie would be dropped by the browser.
    let secure = if is_https(req, &app.config.trusted_proxies) { "; Secure" } else { "" };
    let cookie =
        format!("{NAME}={token}; Path=/api/auth; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    res.headers_mut().append(SET_COOKIE, HeaderValue::try_from(cookie).map_err(ApiError::bug)?);
    Ok(())
}
