//! The web client, as it lies in the binary. `/` is its page, never kept without asking; everything else lies
//! under a path that names the build, kept for ever: a page never mixes the files of two builds.
//!
//! A page that was opened before an update learns of it by asking for its own `main.js` again (HEAD, past the
//! cache) once it is connected: 404 means that another build is served now, and that it should be loaded anew.
//!
//! `/sw.js` keeps the page and the files of its own build for when nothing answers. Like the page it is never kept
//! without asking: a new build has another one, which is how browsers learn of it.

mod bare;
mod build;
mod coding;
mod modules;
mod piece;

use crate::edge::headers::set;
use crate::error::ApiError;
use crate::router::{Call, at};
use build::Build;
use salvo::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, HeaderName, IF_NONE_MATCH};
use salvo::http::{HeaderMap, Method, StatusCode};
use salvo::routing::MethodFilter;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Writer, async_trait};
use shared::error::Code;
use std::sync::Arc;

/// Own scripts, styles and pictures (one on somebody else's server would tell them who looks, and when), and a
/// connection to where they came from (`'self'` is its WebSocket too); nothing written into the page, and no string
/// that becomes markup or script, but for the address of the worker, which only a policy of that name lets through.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types worker";

const OF_THE_PAGE: [(HeaderName, &str); 3] = [
    (CACHE_CONTROL, "no-cache"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The routes of the client.
pub fn router() -> Router {
    let build = Arc::new(Build::load());
    let worker = at("sw.js", both(Worker(build.clone())));
    let (page, file) = (Page(build.clone()), File(build));
    let (page, file) = (at("", both(page)), at("b/{build}/{**file}", both(file)));
    Router::new().push(page).push(worker).push(file)
}

fn both(handler: impl Handler + Clone) -> [Call; 2] {
    [Method::GET, Method::HEAD].map(|method| {
        let router = Router::with_filter(MethodFilter::new(method.clone())).goal(handler.clone());
        (method, router)
    })
}

#[derive(Clone)]
struct Page(Arc<Build>);

#[async_trait]
impl Handler for Page {
    async fn handle(&self, req: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        set(res.headers_mut(), &OF_THE_PAGE);
        res.headers_mut().insert(ETAG, self.0.tag.clone());
        if has(req.headers(), self.0.tag.as_bytes()) {
            self.0.page.head(res);
            res.status_code(StatusCode::NOT_MODIFIED);
        } else {
            self.0.page.send(req, res);
        }
    }
}

/// Whether the client has what the tag names. Compared weakly, RFC 9110 §13.1.2: what was packed on the way is
/// the same page.
fn has(headers: &HeaderMap, tag: &[u8]) -> bool {
    let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
    let tags =
        headers.get_all(IF_NONE_MATCH).iter().flat_map(|tags| tags.as_bytes().split(|byte| *byte == b','));
    // Our tags have no comma in them; a piece of another one's never looks like ours.
    tags.map(<[u8]>::trim_ascii).any(|known| known == b"*" || opaque(known) == opaque(tag))
}

#[derive(Clone)]
struct Worker(Arc<Build>);

#[async_trait]
impl Handler for Worker {
    async fn handle(&self, req: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        set(res.headers_mut(), &OF_THE_PAGE);
        self.0.worker.send(req, res);
    }
}

#[derive(Clone)]
struct File(Arc<Build>);

#[async_trait]
impl Handler for File {
    async fn handle(&self, req: &mut Request, depot: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        let build = req.params().get("build").map_or("", String::as_str);
        let file = req.params().tail().unwrap_or_default();
        // Not found is not kept either: after an update, or its undoing, the same path may lead somewhere.
        let Some(piece) = self.0.find(build, file) else {
            return ApiError::from(Code::NotFound).write(req, depot, res).await;
        };
        set(res.headers_mut(), &[(CACHE_CONTROL, "public, max-age=31536000, immutable")]);
        piece.send(req, res);
    }
}
