//! The web client, as it lies in the binary. `/` is its page, never kept without asking; everything else lies
//! under a path that names the build, kept for ever: a page never mixes the files of two builds.
//!
//! A page that was opened before an update learns of it by asking for its own `main.js` again (HEAD, past the
//! cache) once it is connected: 404 means that another build is served now, and that it should be loaded anew. It
//! still gets what it lacks (GET): from here, or from what other nodes keep for all.
//!
//! `/sw.js` keeps the page and the files of its own build for when nothing answers. Like the page it is never kept
//! without asking: a new build has another one, which is how browsers learn of it.

mod bare;
mod build;
mod coding;
mod modules;
mod others;
mod piece;

pub use build::Build;

use crate::edge::headers::set;
use crate::error::ApiError;
use crate::router::{Call, at};
use others::Others;
use piece::Piece;
use salvo::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, HeaderName, IF_NONE_MATCH};
use salvo::http::{HeaderMap, Method, StatusCode};
use salvo::routing::MethodFilter;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Writer, async_trait};
use shared::config::Secret;
use shared::error::Code;
use shared::shelf::Shelf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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

/// The web client of a node.
pub struct Client {
    build: Build,
    /// The all-in-one is alone.
    others: Option<Others>,
}

impl Client {
    /// Comes back when other nodes have this one's files, so that it can send out pages; or when they could not be
    /// given them, which is tried again until the end.
    pub(crate) async fn start(
        build: Build,
        shelf: Option<Arc<dyn Shelf>>,
        secret: &Secret,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Arc<Self> {
        let client = Arc::new(Self { build, others: shelf.map(|shelf| Others::new(shelf, secret)) });
        if let Some(others) = &client.others {
            if let Err(error) = others.share(&client.build).await {
                tracing::warn!(%error, "pages of this node find their files nowhere else yet; it is tried again");
            }
            let (sharing, stop) = (client.clone(), stop.clone());
            tasks.spawn(async move { stop.run_until_cancelled(sharing.keep_sharing()).await });
        }
        client
    }

    async fn keep_sharing(&self) {
        if let Some(others) = &self.others {
            others.keep_sharing(&self.build).await;
        }
    }
}

/// The routes of the client.
pub(crate) fn router(client: Arc<Client>) -> Router {
    let worker = at("sw.js", both(Worker(client.clone())));
    let (page, file) = (Page(client.clone()), File(client));
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
struct Page(Arc<Client>);

#[async_trait]
impl Handler for Page {
    async fn handle(&self, req: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        set(res.headers_mut(), &OF_THE_PAGE);
        let build = &self.0.build;
        res.headers_mut().insert(ETAG, build.tag.clone());
        if has(req.headers(), build.tag.as_bytes()) {
            build.page.head(res);
            res.status_code(StatusCode::NOT_MODIFIED);
        } else {
            build.page.send(req, res);
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
struct Worker(Arc<Client>);

#[async_trait]
impl Handler for Worker {
    async fn handle(&self, req: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        set(res.headers_mut(), &OF_THE_PAGE);
        self.0.build.worker.send(req, res);
    }
}

#[derive(Clone)]
struct File(Arc<Client>);

#[async_trait]
impl Handler for File {
    async fn handle(&self, req: &mut Request, depot: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        let build = req.params().get("build").map_or("", String::as_str);
        let file = req.params().tail().unwrap_or_default();
        if let Some(piece) = self.0.build.find(build, file) {
            return send(piece, req, res);
        }
        // HEAD asks what is served now, and gets no for an answer.
        let is_others = req.method() == Method::GET && build != self.0.build.name;
        if let Some(others) = self.0.others.as_ref().filter(|_| is_others)
            && let Some(files) = others.find(build).await
            && let Some(piece) = files.get(file)
        {
            return send(piece, req, res);
        }
        // Not found is not kept either: after an update, or its undoing, the same path may lead somewhere.
        ApiError::from(Code::NotFound).write(req, depot, res).await;
    }
}

fn send(piece: &Piece, req: &Request, res: &mut Response) {
    set(res.headers_mut(), &[(CACHE_CONTROL, "public, max-age=31536000, immutable")]);
    piece.send(req, res);
}
