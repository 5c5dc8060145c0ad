//! One request, put together and sent through the whole service.

use super::{Answer, Node};
use salvo::http::Method;
use salvo::http::header::{HeaderName, HeaderValue};
use salvo::test::RequestBuilder;
use serde_json::Value;

/// A request that was not sent yet.
#[must_use]
pub struct Call<'n> {
    node: &'n Node,
    name: String,
    request: RequestBuilder,
}

impl<'n> Call<'n> {
    pub fn new(node: &'n Node, method: Method, path: &str) -> Self {
        let name = format!("{method} {path}");
        let request = RequestBuilder::new(format!("http://chat.example{path}"), method);
        Self { node, name, request: request.add_header("host", "chat.example", true) }
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        Self { request: self.request.add_header(name, value.to_owned(), true), ..self }
    }

    pub fn raw_header(self, name: &str, value: &[u8]) -> Self {
        let name: HeaderName = name.parse().unwrap();
        let value = HeaderValue::from_bytes(value).unwrap();
        Self { request: self.request.add_header(name, value, true), ..self }
    }

    pub fn json(self, body: &Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    pub fn text(self, kind: &str, body: &str) -> Self {
        self.bytes(kind, body.as_bytes())
    }

    pub fn bytes(self, kind: &str, body: &[u8]) -> Self {
        let call = self.header("content-type", kind);
        Self { request: call.request.body(body.to_vec()), ..call }
    }

    pub async fn send(self) -> Answer {
        let response = self.request.send(&self.node.service).await;
        Answer::read(self.name, response).await
    }
}
