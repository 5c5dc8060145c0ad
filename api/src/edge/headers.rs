//! The headers of every answer, refusals included: nothing is kept by a cache, guessed at by a browser, or
//! shown in somebody else's frame. Set before the handler runs, so that a handler may set others and a panic
//! takes none away.

use crate::app::App;
use salvo::http::HeaderMap;
use salvo::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use salvo::{Depot, FlowCtrl, Request, Response, handler};
use shared::config::AddressRange;
use std::net::{IpAddr, Ipv4Addr};

const ALWAYS: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// A year, for this host alone: whether its neighbours have certificates is not ours to say.
const HSTS: &str = "max-age=31536000";

/// Sets them.
#[handler]
pub async fn secure(req: &mut Request, depot: &mut Depot, res: &mut Response, ctrl: &mut FlowCtrl) {
    set(res.headers_mut(), &ALWAYS);
    if App::of(depot).is_ok_and(|app| is_https(req, &app.config.trusted_proxies)) {
        set(res.headers_mut(), &[(STRICT_TRANSPORT_SECURITY, HSTS)]);
    }
    ctrl.call_next(req, depot, res).await;
}

/// Sets constant headers in place of what was there.
pub fn set(headers: &mut HeaderMap, values: &[(HeaderName, &'static str)]) {
    for (name, value) in values {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Whether the client came by https, as far as a proxy that is trusted says so.
pub fn is_https(req: &Request, trusted: &[AddressRange]) -> bool {
    let peer = req.remote_addr().ip().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    if !trusted.iter().any(|range| range.contains(peer)) {
        return false;
    }
    // The nearest proxy's word stands last.
    let values = req.headers().get_all("x-forwarded-proto").iter().filter_map(|value| value.to_str().ok());
    let last = values.flat_map(|value| value.split(',')).next_back();
    last.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}
