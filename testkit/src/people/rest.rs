//! One REST call and its answer. Every answer of the program is JSON or empty; anything else fails the test here.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method};
use serde_json::Value;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON body; `null` when there was none.
    pub body: Value,
    /// The call, for the words of a failure.
    call: String,
}

impl Answer {
    /// The body, if the status is this one.
    ///
    /// # Panics
    /// When it is another, with the body in the words.
    #[track_caller]
    #[must_use]
    pub fn expect_status(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{} answered {}", self.call, self.body);
        self.body
    }

    /// Passes if this is an error answer with that status and stable code.
    ///
    /// # Panics
    /// When it is not, or the error has not the documented shape.
    #[track_caller]
    pub fn expect_error(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, Some(code)), "{} answered {}", self.call, self.body);
        let error = &self.body["error"];
        assert!(
            error["message"].is_string() && error["request_id"].is_string(),
            "no documented error: {error}"
        );
    }

    /// The stable code of an error answer.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.body["error"]["code"].as_str()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Makes the call; `token` goes where the documentation wants it, `body` is sent as JSON.
pub(super) async fn call(
    http: &Client,
    method: Method,
    url: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let call = format!("{method} {url}");
    let mut request = http.request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await.unwrap_or_else(|error| panic!("{call} got no answer: {error:?}"));
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap_or_else(|error| panic!("{call} broke off: {error:?}"));
    let body = parse(&call, &headers, &text);
    Answer { status, headers, body, call }
}

fn parse(call: &str, headers: &HeaderMap, text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let kind = headers.get(CONTENT_TYPE).map(|kind| String::from_utf8_lossy(kind.as_bytes()));
    assert!(
        kind.as_ref().is_some_and(|kind| kind.starts_with("application/json")),
        "{call} answered {kind:?}: {text}"
    );
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{call} answered no JSON ({error}): {text}"))
}
