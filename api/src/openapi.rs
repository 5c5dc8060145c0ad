//! `/api/openapi.json`, made from the code of the calls, and `/api/docs`, a page that shows it. Everything the
//! page needs is inside the binary; its policy lets exactly that work.

use crate::edge::headers::set;
use crate::error::ApiError;
use crate::router::at;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use salvo::http::Method;
use salvo::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use salvo::oapi::security::{Http, HttpAuthScheme};
use salvo::oapi::swagger_ui::{Config, serve};
use salvo::oapi::{Info, OpenApi, SecurityScheme};
use salvo::writing::Redirect;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Writer, async_trait, handler};
use sha2::{Digest, Sha256};
use shared::error::Code;

/// The name of the one security scheme.
pub const BEARER: &str = "bearer";

const DOCUMENT: &str = "/api/openapi.json";
const TITLE: &str = "IM-TT: REST API";
const ABOUT: &str = "Accounts, groups and history. Every refusal has the body `Error`; the codes, the WebSocket \
                     and the rules of both are in docs/protocol.md.";

/// The document of these calls and the page that shows it.
pub fn router(calls: &Router) -> Router {
    let get = |router: Router| (Method::GET, router.filter(salvo::routing::get()));
    Router::with_path("api")
        .push(at("openapi.json", [get(Router::new().goal(Document(document(calls))))]))
        .push(at("docs", [get(Router::new().goal(to_folder))]))
        .push(at("docs/{**file}", [get(Router::new().goal(Page::new()))]))
}

/// The document, as JSON.
#[must_use]
pub fn document(calls: &Router) -> String {
    let info = Info::new(TITLE, env!("CARGO_PKG_VERSION")).description(ABOUT);
    let scheme = Http::new(HttpAuthScheme::Bearer).bearer_format("JWT");
    let mut document = OpenApi::with_info(info)
        .add_security_scheme(BEARER, SecurityScheme::Http(scheme))
        .merge_router(calls);
    for operation in document.paths.values_mut().flat_map(|item| item.operations.values_mut()) {
        // Named after the function alone: a client generator makes names of them, and code moves.
        operation.operation_id = operation.operation_id.take().map(last_part);
    }
    document.to_json().unwrap_or_default()
}

fn last_part(id: String) -> String {
    id.rsplit('.').next().map_or_else(String::new, str::to_owned)
}

struct Document(String);

#[async_trait]
impl Handler for Document {
    async fn handle(&self, _: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        set(res.headers_mut(), &[(CONTENT_TYPE, "application/json; charset=utf-8")]);
        res.body(self.0.clone());
    }
}

/// The page's files are named relative to its folder, so the folder is where it is shown.
#[handler]
async fn to_folder(res: &mut Response) {
    res.render(Redirect::permanent("/api/docs/index.html"));
}

/// The page and its files.
struct Page {
    config: Config<'static>,
    policy: HeaderValue,
}

impl Page {
    fn new() -> Self {
        // Nothing is asked of a validator elsewhere, and there is no bar that shows documents of others.
        let config = Config::new([DOCUMENT]).validator_url("none").use_base_layout();
        let index = serve("index.html", TITLE, "", "", &config).ok().flatten();
        let html = index.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).unwrap_or_default();
        Self { policy: policy(&html), config }
    }
}

/// Own files, and of what stands in the page itself exactly what stands there: by its hash.
fn policy(html: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self' {}; style-src 'self' {}; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hashes(html, "script"),
        hashes(html, "style"),
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn hashes(html: &str, tag: &str) -> String {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let bodies = html.split(&open).skip(1).filter_map(|rest| rest.split_once(&close).map(|(body, _)| body));
    let hashes = bodies.map(|body| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(body))));
    hashes.collect::<Vec<_>>().join(" ")
}

#[async_trait]
impl Handler for Page {
    async fn handle(&self, req: &mut Request, depot: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        let name = req.params().tail().unwrap_or_default().to_owned();
        let Some(file) = serve(&name, TITLE, "", "", &self.config).ok().flatten() else {
            return ApiError::from(Code::NotFound).write(req, depot, res).await;
        };
        res.headers_mut().insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        set(res.headers_mut(), &[(CACHE_CONTROL, "no-cache")]);
        if let Ok(kind) = HeaderValue::try_from(file.content_type) {
            res.headers_mut().insert(CONTENT_TYPE, kind);
        }
        res.body(file.bytes.into_owned());
    }
}
