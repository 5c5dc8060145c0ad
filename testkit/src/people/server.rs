//! The server that people talk to, known by its address alone, and how they come to have an account there.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Answer, Dial, Person, rest};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// No call of a test takes longer than this: a server that hangs fails the test instead of hanging it.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A server, by its address.
#[derive(Debug, Clone)]
pub struct Server {
    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub address: String,
    /// For calls that none of the shortcuts make.
    pub http: Client,
}

impl Server {
    /// The server at `http://host:port`.
    ///
    /// # Panics
    /// When no HTTP client can be made.
    #[must_use]
    pub fn at(address: &str) -> Self {
        // No proxy: one in the environment would swallow calls to the loopback.
        let http = Client::builder().no_proxy().timeout(ANSWER_LIMIT).build().expect("an HTTP client");
        Self { address: address.trim_end_matches('/').to_owned(), http }
    }

    /// Registers `name` with NAME@example.org and [`PASSWORD`].
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn register(&self, name: &str) -> Person {
        let body = json!({ "username": name, "email": email_of(name), "password": PASSWORD });
        let answer = self.post("/api/auth/register", body).await.expect_status(201);
        Person::from_session(self, &answer)
    }

    /// Logs `name` in once more: a second device of the same person.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn log_in(&self, name: &str) -> Person {
        let body = json!({ "email": email_of(name), "password": PASSWORD });
        let answer = self.post("/api/auth/login", body).await.expect_status(200);
        Person::from_session(self, &answer)
    }

    /// GET without a token.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, None).await
    }

    /// POST without a token.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, None, Some(&body)).await
    }

    /// A WebSocket of a stranger, until the dial is given a token.
    pub fn dial(&self) -> Dial {
        Dial::new(self, "a stranger")
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Answer {
        rest::call(&self.http, method, &format!("{}{path}", self.address), token, body).await
    }
}

fn email_of(name: &str) -> String {
    format!("{name}@example.org")
}
