//! One file and how it goes out: its kind, and packed as the client takes it. Only these public files are ever
//! packed; an answer that holds secrets beside words of somebody else is not (BREACH).

use super::coding::{Coding, wanted};
use bytes::Bytes;
use salvo::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, VARY};
use salvo::{Request, Response};
use std::sync::OnceLock;

/// What anything is that has no known kind: bytes, which no browser runs.
const BYTES: &str = "application/octet-stream";

/// A file. It is packed when it is first asked for, once: a start pays for none.
pub struct Piece {
    kind: &'static str,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

impl Piece {
    pub fn new(name: &str, bytes: impl Into<Bytes>) -> Self {
        Self { kind: kind_of(name), plain: bytes.into(), gzip: OnceLock::new(), brotli: OnceLock::new() }
    }

    /// As it lies there.
    pub fn plain(&self) -> &Bytes {
        &self.plain
    }

    /// What it is and that it may come packed: headers that an answer without a body has too.
    pub fn head(&self, res: &mut Response) {
        res.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        if is_text(self.kind) {
            res.headers_mut().append(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
    }

    pub fn send(&self, req: &Request, res: &mut Response) {
        self.head(res);
        let coding = if is_text(self.kind) { wanted(req.headers()) } else { Coding::Identity };
        let packed = match coding {
            Coding::Identity => &self.plain,
            Coding::Gzip => self.gzip.get_or_init(|| coding.pack(&self.plain)),
            Coding::Brotli => self.brotli.get_or_init(|| coding.pack(&self.plain)),
        };
        let body = if packed.len() < self.plain.len() {
            res.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
            packed
        } else {
            &self.plain
        };
        // Said here because an answer to HEAD has no body to be measured.
        res.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        res.body(body.clone());
    }
}

#[cfg(test)]
impl Piece {
    pub fn is_of_a_known_kind(&self) -> bool {
        self.kind != BYTES
    }
}

fn is_text(kind: &str) -> bool {
    kind.starts_with("text/") || ["json", "+xml"].iter().any(|part| kind.contains(part))
}

/// What a file is, by the end of its name.
fn kind_of(name: &str) -> &'static str {
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
        // Exactly this: with a charset, browsers refuse to compile it while it comes.
        "wasm" => "application/wasm",
        _ => BYTES,
    }
}
