//! Somebody with an account, logged in on one device.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Connection, Dial, Server};

/// One login of one user: who logs in twice is two of these with the same `id`.
#[derive(Debug, Clone)]
pub struct Person {
    /// The user's id.
    pub id: i64,
    /// The user's name.
    pub username: String,
    /// The address that they log in with.
    pub email: String,
    /// The access token.
    pub token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// Where the account is. Point it at another node, and the same person goes on there.
    pub server: Server,
}

impl Person {
    /// From the answer of register, login or refresh.
    pub(super) fn from_session(server: &Server, answer: &Value) -> Self {
        let text = |value: &Value, field: &str| {
            value[field].as_str().unwrap_or_else(|| panic!("no {field} in {answer}")).to_owned()
        };
        let user = &answer["user"];
        Self {
            id: user["id"].as_i64().unwrap_or_else(|| panic!("no user id in {answer}")),
            username: text(user, "username"),
            email: text(user, "email"),
            token: text(answer, "token"),
            refresh_token: text(answer, "refresh_token"),
            server: server.clone(),
        }
    }

    /// GET with the token.
    pub async fn get(&self, path: &str) -> Answer {
        self.server.call(Method::GET, path, Some(&self.token), None).await
    }

    /// POST with the token.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.server.call(Method::POST, path, Some(&self.token), Some(&body)).await
    }

    /// PATCH with the token.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.server.call(Method::PATCH, path, Some(&self.token), Some(&body)).await
    }

    /// DELETE with the token.
    pub async fn delete(&self, path: &str) -> Answer {
        self.server.call(Method::DELETE, path, Some(&self.token), None).await
    }

    /// Trades the refresh token in for new ones, and uses those from now on.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn refresh(&mut self) {
        let body = json!({ "refresh_token": self.refresh_token });
        let answer = self.server.post("/api/auth/refresh", body).await.expect_status(200);
        *self = Self::from_session(&self.server, &answer);
    }

    /// Ends this login.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn log_out(&self) {
        let body = json!({ "refresh_token": self.refresh_token });
        drop(self.post("/api/auth/logout", body).await.expect_status(204));
    }

    /// A WebSocket of theirs, with choices: [`Dial`] hands the token in as the first frame if not told otherwise.
    pub fn dial(&self) -> Dial {
        Dial::new(&self.server, &self.username).by_frame(&self.token)
    }

    /// A WebSocket of theirs, attached: `ready` has arrived.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn connect(&self) -> Connection {
        self.dial().connect().await
    }
}
