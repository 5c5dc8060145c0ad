//! The web client, as it lies in the binary. `/` is its page, never kept without asking; everything else lies
//! under a path that names the build, kept for ever: a page never mixes the files of two builds.

use crate::edge::headers::set;
use crate::error::ApiError;
use crate::router::{Call, at};
use rust_embed::RustEmbed;
use salvo::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH,
};
use salvo::http::{Method, StatusCode};
use salvo::routing::MethodFilter;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Writer, async_trait};
use sha2::{Digest, Sha256};
use shared::error::Code;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Own scripts, styles and pictures, and a connection to where they came from; nothing written into the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; \
                      font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const INDEX: &str = "index.html";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../frontend/src"]
struct Files;

/// The files of this build, read once: what is served does not change under a page.
struct Build {
    /// Names the build: the hash of all its files.
    name: String,
    files: BTreeMap<String, Vec<u8>>,
    index: Vec<u8>,
}

/// The routes of the client.
pub fn router() -> Router {
    let build = Arc::new(Build::load());
    let (page, file) = (Page(build.clone()), File(build));
    let (page, file) = (at("", both(page)), at("b/{build}/{**file}", both(file)));
    Router::new().push(page).push(file)
}

fn both(handler: impl Handler + Clone) -> [Call; 2] {
    [Method::GET, Method::HEAD].map(|method| {
        let router = Router::with_filter(MethodFilter::new(method.clone())).goal(handler.clone());
        (method, router)
    })
}

impl Build {
    fn load() -> Self {
        let names = Files::iter().map(std::borrow::Cow::into_owned);
        let files: BTreeMap<String, Vec<u8>> =
            names.filter_map(|name| Some((name.clone(), Files::get(&name)?.data.into_owned()))).collect();
        let mut hash = Sha256::new();
        for (name, bytes) in &files {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let name = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // The page names its files relative to itself, as the desktop app needs it.
        let index =
            files.get(INDEX).map(|page| String::from_utf8_lossy(page).into_owned()).unwrap_or_default();
        let index = index.replace("\"./", &format!("\"/b/{name}/")).into_bytes();
        Self { name, files, index }
    }
}

#[derive(Clone)]
struct Page(Arc<Build>);

#[async_trait]
impl Handler for Page {
    async fn handle(&self, req: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        let tag = format!("\"{}\"", self.0.name);
        let known = req.headers().get(IF_NONE_MATCH).is_some_and(|tags| tags.as_bytes() == tag.as_bytes());
        set(res.headers_mut(), &[(CACHE_CONTROL, "no-cache"), (CONTENT_SECURITY_POLICY, POLICY)]);
        if let Ok(tag) = HeaderValue::try_from(tag) {
            res.headers_mut().insert(ETAG, tag);
        }
        if known {
            res.status_code(StatusCode::NOT_MODIFIED);
            return;
        }
        set(res.headers_mut(), &[(CONTENT_TYPE, mime_of(INDEX))]);
        res.body(self.0.index.clone());
    }
}

#[derive(Clone)]
struct File(Arc<Build>);

#[async_trait]
impl Handler for File {
    async fn handle(&self, req: &mut Request, depot: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        let ours = req.params().get("build").is_some_and(|build| *build == self.0.name);
        let name = req.params().tail().unwrap_or_default().to_owned();
        // Looked up among the names that there are: no path leads out of the folder.
        let Some(bytes) = self.0.files.get(&name).filter(|_| ours) else {
            return ApiError::from(Code::NotFound).write(req, depot, res).await;
        };
        set(
            res.headers_mut(),
            &[(CACHE_CONTROL, "public, max-age=31536000, immutable"), (CONTENT_TYPE, mime_of(&name))],
        );
        res.body(bytes.clone());
    }
}

/// What a file is, by the end of its name. Anything else is bytes, which no browser runs.
fn mime_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_client_is_of_a_known_kind_and_the_page_names_the_build() {
        let build = Build::load();
        assert!(build.files.contains_key(INDEX));
        for name in build.files.keys() {
            assert_ne!(mime_of(name), "application/octet-stream", "{name}");
        }
        let page = String::from_utf8(build.index).unwrap();
        assert!(page.contains(&format!("\"/b/{}/", build.name)) && !page.contains("\"./"), "{page}");
    }
}
