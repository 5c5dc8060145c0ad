//! How a port says no: one JSON shape, `{"error":{"code","message","request_id"}}`, whoever refuses.

use crate::error::Code;
use crate::rate::TooFast;
use salvo::http::StatusCode;
use salvo::http::header::{HeaderValue, RETRY_AFTER};
use salvo::{Depot, FlowCtrl, Request, Response, handler};
use serde_json::json;
use std::time::Duration;
use tracing::Instrument;
use uuid::Uuid;

/// The header that names a request.
pub const REQUEST_ID: &str = "x-request-id";

/// Writes a refusal, in place of whatever the answer held.
pub fn refuse(res: &mut Response, code: Code, retry_after: Option<Duration>) {
    let request_id = res.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let mut error = json!({"code": code, "message": code.message(), "request_id": request_id});
    if let Some(wait) = retry_after {
        error["retry_after_ms"] = json!(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        // The header has whole seconds: rounded up, so that who waits that long is not refused again.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        res.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    res.status_code(StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    res.render(salvo::writing::Json(json!({ "error": error })));
}

/// Writes the refusal of a rate limit.
pub fn refuse_too_fast(res: &mut Response, limit: TooFast) {
    refuse(res, Code::TooFast, Some(limit.retry_after));
}

/// Names the request: in the answer's header, in errors, and in each line of the log that is written on its behalf. The
/// internal port adds the name that the asking node gave it.
#[handler]
pub(super) async fn with_request_id(
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
    ctrl: &mut FlowCtrl,
) {
    let id = Uuid::now_v7().simple().to_string();
    if let Ok(value) = HeaderValue::from_str(&id) {
        res.headers_mut().insert(REQUEST_ID, value);
    }
    let span = tracing::info_span!("request", request_id = %id, door_id = tracing::field::Empty);
    ctrl.call_next(req, depot, res).instrument(span).await;
}

/// Puts into JSON what the router itself refused: no route, no such method, a body too large, a panic.
#[handler]
pub(super) async fn as_json(res: &mut Response, ctrl: &mut FlowCtrl) {
    let code = match res.status_code {
        Some(StatusCode::NOT_FOUND) => Code::NotFound,
        Some(StatusCode::METHOD_NOT_ALLOWED) => Code::MethodNotAllowed,
        Some(StatusCode::PAYLOAD_TOO_LARGE) => Code::BodyTooLarge,
        Some(StatusCode::UNSUPPORTED_MEDIA_TYPE) => Code::UnsupportedMediaType,
        Some(StatusCode::UNAUTHORIZED) => Code::Unauthorized,
        Some(StatusCode::SERVICE_UNAVAILABLE) => Code::Unavailable,
        Some(status) if status.is_client_error() => Code::BadRequest,
        _ => Code::Internal,
    };
    refuse(res, code, None);
    ctrl.skip_rest();
}
