//! People with accounts.

use super::{Answer, Call, Node};
use serde_json::{Value, json};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody, logged in on one device.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub token: String,
    pub refresh_token: String,
}

impl Person {
    pub fn of(answer: &Value) -> Self {
        let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
        Self {
            id: answer["user"]["id"].as_i64().unwrap(),
            token: text("token"),
            refresh_token: text("refresh_token"),
        }
    }

    pub fn get<'n>(&self, node: &'n Node, path: &str) -> Call<'n> {
        node.get(path).token(&self.token)
    }

    pub fn post<'n>(&self, node: &'n Node, path: &str, body: Value) -> Call<'n> {
        node.post(path).token(&self.token).json(&body)
    }

    /// Whether their token still opens anything.
    pub async fn is_logged_in(&self, node: &Node) -> bool {
        let answer = self.get(node, "/api/users/me").send().await;
        if answer.status != 200 {
            answer.refused(401, "unauthorized");
        }
        answer.status == 200
    }

    pub async fn say(&self, node: &Node, to: &Person, text: &str) -> Value {
        let body = json!({"receiver_id": to.id, "content": text});
        self.post(node, "/api/messages/send", body).send().await.expect(200)["message"].take()
    }

    pub async fn say_in(&self, node: &Node, group: i64, text: &str) -> Value {
        let body = json!({"group_id": group, "content": text});
        self.post(node, "/api/messages/send", body).send().await.expect(200)["message"].take()
    }

    pub async fn create_group(&self, node: &Node, name: &str) -> i64 {
        let answer = self.post(node, "/api/groups/create", json!({"name": name})).send().await;
        answer.expect(201)["group"]["id"].as_i64().unwrap()
    }

    pub async fn join(&self, node: &Node, group: i64) {
        self.post(node, "/api/groups/join", json!({"group_id": group})).send().await.expect(200);
    }
}

impl Node {
    pub async fn register(&self, name: &str) -> Person {
        let body = json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD});
        Person::of(&self.post("/api/auth/register").json(&body).send().await.expect(201))
    }

    pub async fn try_log_in(&self, name: &str, password: &str) -> Answer {
        let body = json!({"email": format!("{name}@example.org"), "password": password});
        self.post("/api/auth/login").json(&body).send().await
    }

    pub async fn log_in(&self, name: &str) -> Person {
        Person::of(&self.try_log_in(name, PASSWORD).await.expect(200))
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.post("/api/auth/refresh").json(&json!({"refresh_token": refresh_token})).send().await
    }
}
