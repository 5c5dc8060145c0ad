//! An answer, as tests look at it. What every answer must be is asserted here, each time.

use salvo::Response;
use salvo::http::HeaderMap;
use salvo::test::ResponseExt;
use serde_json::Value;
use std::fmt;

/// The one `client_message_id` that tests give; those that the server gives are random.
pub const ID: &str = "0192d5f0-7a3b-7c4d-8e5f-001122334455";

/// Random in every run.
const BLOTTED: [&str; 4] = ["token", "refresh_token", "epoch", "request_id"];

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// `null` when the body is empty or no JSON.
    pub body: Value,
    pub call: String,
}

impl Answer {
    pub async fn read(call: String, mut response: Response) -> Self {
        let status = response.status_code.map_or(0, |status| status.as_u16());
        let headers = response.headers().clone();
        let text = response.take_string().await.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, body, call }.checked()
    }

    /// What holds for every answer: a name, no cache, no failure of ours, and errors in their one shape.
    fn checked(self) -> Self {
        assert_ne!(self.status, 500, "{} failed: {}", self.call, self.text);
        let id = self.header("x-request-id").unwrap_or_default();
        assert_eq!(id.len(), 32, "{} has no name", self.call);
        // What is asked with HEAD is answered without a body.
        if self.status >= 400 && !self.call.starts_with("HEAD") {
            let error = &self.body["error"];
            let shape =
                error["code"].is_string() && error["message"].is_string() && error["request_id"] == id;
            assert!(shape, "{} refused with {} and {}", self.call, self.status, self.text);
            let kind = self.header("content-type").unwrap_or_default();
            assert!(kind.starts_with("application/json"), "{} refused with {kind}", self.call);
        }
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("")
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{} answered {}", self.call, self.text);
        self.body
    }

    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{} answered {}", self.call, self.text);
    }
}

/// Status and body, with what is random blotted out.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut body = self.body.clone();
        blot(&mut body);
        write!(f, "{}", self.status)?;
        if body.is_null() { Ok(()) } else { write!(f, " {}", serde_json::to_string_pretty(&body).unwrap()) }
    }
}

fn blot(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(blot),
        Value::Object(fields) => {
            for (name, value) in fields {
                let made_here = name == "client_message_id" && *value != ID;
                if made_here || (BLOTTED.contains(&name.as_str()) && value.is_string()) {
                    *value = Value::String(format!("[{name}]"));
                }
                blot(value);
            }
        }
        _ => {}
    }
}
