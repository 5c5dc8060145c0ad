//! ① From an HTTP request to a connection: whether it may, and by whose token; then 101, and the stream is
//! the connection's. Everything is refused before the upgrade, as JSON.

use crate::connection;
use crate::node::Node;
use crate::websocket::handshake;
use async_trait::async_trait;
use futures_util::FutureExt;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use metrics::counter;
use salvo::conn::ConnCtrl;
use salvo::http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue, ORIGIN};
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router};
use shared::error::Code;
use shared::metrics as names;
use shared::rate;
use shared::serve::address::client_address;
use shared::serve::origin::{DESKTOP, Origin};
use shared::serve::refuse::refuse;
use shared::token::Claims;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// The gateway's one public route.
#[must_use]
pub fn router(node: Arc<Node>) -> Router {
    Router::with_path("api/ws").get(Upgrade(node))
}

struct Upgrade(Arc<Node>);

#[async_trait]
impl Handler for Upgrade {
    async fn handle(&self, req: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        match self.check(req).await {
            Ok((claims, accept, stream)) => {
                if let Some(ctrl) = req.extensions().get::<ConnCtrl>() {
                    ctrl.relax_timeouts();
                }
                handshake::switch(res, accept);
                let node = self.0.clone();
                self.0.connections.spawn(async move {
                    // A client that goes away before its 101 is nobody's loss.
                    if let Ok(upgraded) = stream.await {
                        let mut stream = TokioIo::new(upgraded);
                        // hyper keeps the buffer that it read the request into, 8 KiB, until somebody reads on; who
                        // attaches does not, for as long as a storm of others lasts.
                        let _ = stream.read(&mut []).now_or_never();
                        connection::run(stream, node, claims).await;
                    }
                });
            }
            Err((code, wait)) => {
                counter!(names::WS_CONNECTS, "result" => code.as_str()).increment(1);
                refuse(res, code, wait);
            }
        }
    }
}

type Refused = (Code, Option<Duration>);

impl Upgrade {
    async fn check(&self, req: &mut Request) -> Result<(Option<Claims>, HeaderValue, OnUpgrade), Refused> {
        let node = &self.0;
        if node.is_draining() {
            return Err((Code::Unavailable, Some(Duration::from_secs(1))));
        }
        let accept = handshake::accept(req.headers()).ok_or((Code::BadRequest, None))?;
        if !origin_allowed(req.headers(), &node.config.allowed_origins) {
            return Err((Code::BadOrigin, None));
        }
        let address = client_address(req, &node.config.trusted_proxies).to_string();
        node.limits.take(rate::CONNECT, &address).await.map_err(|limit| {
            counter!(names::RATE_LIMITED, "rule" => rate::CONNECT.name).increment(1);
            (Code::TooFast, Some(limit.retry_after))
        })?;
        let claims = match token(req) {
            Some(token) => Some(node.tokens.verify(&token).map_err(|_| {
                counter!(names::AUTH_FAILURES, "reason" => "token").increment(1);
                (Code::Unauthorized, None)
            })?),
            None => None,
        };
        let stream = req.extensions_mut().remove::<OnUpgrade>().ok_or((Code::BadRequest, None))?;
        Ok((claims, accept, stream))
    }
}

/// A browser says where its page came from: from this host, the desktop app, or an origin that was allowed.
/// Who sends none is no browser, and has no cookie that another page could ride on.
fn origin_allowed(headers: &HeaderMap, allowed: &[Origin]) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if DESKTOP.contains(&origin) || allowed.iter().any(|other| other.is(origin)) {
        return true;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let own = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    own.is_some() && own == host
}

/// The token in the `Authorization` header, or in `?token=`.
fn token(req: &Request) -> Option<String> {
    let header = req.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
    bearer.or_else(|| req.query("token"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use salvo::http::header::HeaderName;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pair =
            |(name, value): &(&str, &str)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn an_origin_is_our_own_the_desktops_or_allowed_and_nothing_like_it() {
        let allowed = vec!["https://chat.example.org".parse::<Origin>().unwrap()];
        let may = |origin: &str| {
            origin_allowed(&headers(&[("origin", origin), ("host", "im.local:8080")]), &allowed)
        };
        for good in
            ["http://im.local:8080", "https://im.local:8080", "tauri://localhost", "https://chat.example.org"]
        {
            assert!(may(good), "{good}");
        }
        for bad in [
            "null",
            "",
            "http://im.local",
            "http://im.local:80801",
            "http://evil.org",
            "https://chat.example.org.evil.org",
            "http://chat.example.org",
            "https://evil.org/im.local:8080",
            "ftp://im.local:8080",
        ] {
            assert!(!may(bad), "{bad}");
        }
        assert!(origin_allowed(&headers(&[("host", "im.local:8080")]), &[]));
    }
}
