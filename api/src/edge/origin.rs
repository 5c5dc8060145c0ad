//! Pages of other origins: which may call, and what they may see of the answer. Bearer tokens are not sent by
//! a browser on its own, so only the cookie needs the stricter look.

use crate::app::App;
use crate::error::ApiError;
use salvo::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderValue, ORIGIN, VARY,
};
use salvo::http::{Method, StatusCode};
use salvo::{Depot, FlowCtrl, Request, Response, Writer, handler};
use shared::error::Code;
use shared::serve::origin::DESKTOP;

/// Answers preflights, and lets the pages that may call read what they get. Never `*`.
#[handler]
pub async fn share(req: &mut Request, depot: &mut Depot, res: &mut Response, ctrl: &mut FlowCtrl) {
    res.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    let allowed = allow(req, depot, res);
    let is_preflight = req.method() == Method::OPTIONS
        && req.headers().contains_key(ORIGIN)
        && req.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        ctrl.call_next(req, depot, res).await;
        return;
    }
    ctrl.skip_rest();
    if !allowed {
        return ApiError::from(Code::BadOrigin).write(req, depot, res).await;
    }
    let headers = res.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PATCH, DELETE"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    res.status_code(StatusCode::NO_CONTENT);
}

fn allow(req: &Request, depot: &Depot, res: &mut Response) -> bool {
    let Some(value) = req.headers().get(ORIGIN) else { return false };
    let Some(origin) = value.to_str().ok() else { return false };
    let configured = App::of(depot).is_ok_and(|app| app.config.allowed_origins.iter().any(|o| o.is(origin)));
    if !configured && !DESKTOP.contains(&origin) {
        return false;
    }
    let headers = res.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value.clone());
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, x-request-id"));
    // The desktop app keeps its refresh token in the system's keyring, and is never given the cookie.
    if configured {
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    true
}

/// Whether a request that brings the cookie along was made by a page of ours: browsers name the page's
/// origin in every POST, and a page cannot change what they write there.
///
/// # Errors
/// `bad_origin`; also when there is none.
pub fn check_cookie_use(req: &Request, app: &App) -> Result<(), ApiError> {
    let text = |name| req.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (origin, host) = (text(ORIGIN).unwrap_or_default(), text(HOST).unwrap_or_default());
    let own = origin.split_once("://").is_some_and(|(scheme, authority)| {
        matches!(scheme, "http" | "https") && !host.is_empty() && authority.eq_ignore_ascii_case(host)
    });
    if own || app.config.allowed_origins.iter().any(|allowed| allowed.is(origin)) {
        return Ok(());
    }
    Err(Code::BadOrigin.into())
}
