//! What people do over REST, in their words.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Group, Person, Target};

/// One page of history.
#[derive(Debug, Clone)]
pub struct Page {
    /// Ascending by `seq`.
    pub messages: Vec<Value>,
    /// Whether there is more in the direction of the cursor.
    pub has_more: bool,
    /// Nothing readable up to here is missing.
    pub through_seq: i64,
    /// The database's.
    pub epoch: String,
}

/// The contents of these messages, in their order.
#[must_use]
pub fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["content"].as_str().unwrap_or_default()).collect()
}

/// The places of these messages, in their order.
#[must_use]
pub fn seqs(messages: &[Value]) -> Vec<i64> {
    messages.iter().map(|message| message["seq"].as_i64().unwrap_or_default()).collect()
}

impl Person {
    /// Sends a text, and gives back the stored message.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn send_to(&self, target: impl Into<Target>, text: &str) -> Value {
        let answer = self.send_as(target, text, Uuid::now_v7()).await;
        answer.expect_status(200)["message"].clone()
    }

    /// The same under an id of the caller's, whatever the answer.
    pub async fn send_as(&self, target: impl Into<Target>, text: &str, client_message_id: Uuid) -> Answer {
        let mut body = json!({ "content": text, "client_message_id": client_message_id });
        target.into().name_in(&mut body);
        self.post("/api/messages/send", body).await
    }

    /// Makes a group, with themselves as its owner.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn create_group(&self, name: &str) -> Group {
        let body = json!({ "name": name, "description": "" });
        let answer = self.post("/api/groups/create", body).await.expect_status(201);
        Group(answer["group"]["id"].as_i64().unwrap_or_else(|| panic!("no group id in {answer}")))
    }

    /// Joins a group.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn join(&self, group: Group) {
        drop(self.post("/api/groups/join", json!({ "group_id": group.0 })).await.expect_status(200));
    }

    /// Leaves a group.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn leave(&self, group: Group) {
        drop(self.post("/api/groups/leave", json!({ "group_id": group.0 })).await.expect_status(204));
    }

    /// Removes somebody from a group.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn kick(&self, group: Group, whom: &Self) {
        let body = json!({ "group_id": group.0, "user_id": whom.id });
        drop(self.post("/api/groups/kick", body).await.expect_status(204));
    }

    /// Everything they may read of a conversation, page by page from the start.
    ///
    /// # Panics
    /// When the server refuses, or a page that promises more does not get any further.
    pub async fn history(&self, with: impl Into<Target>) -> Vec<Value> {
        let with = with.into();
        let (mut messages, mut have) = (Vec::new(), 0);
        loop {
            let page = self.page(with, &format!("after_seq={have}&limit=200")).await;
            messages.extend(page.messages);
            if !page.has_more {
                return messages;
            }
            assert!(page.through_seq > have, "there is more after {have}, and this page brings none of it");
            have = page.through_seq;
        }
    }

    /// One page of history; `cursor` is the rest of the query, such as `before_seq=7&limit=2`, or nothing.
    ///
    /// # Panics
    /// When the server refuses, or the answer lacks a documented field.
    pub async fn page(&self, with: impl Into<Target>, cursor: &str) -> Page {
        let path = format!("/api/messages/list?{}&{cursor}", with.into().query());
        let body = self.get(path.trim_end_matches('&')).await.expect_status(200);
        let page = || {
            Some(Page {
                messages: body["messages"].as_array()?.clone(),
                has_more: body["has_more"].as_bool()?,
                through_seq: body["through_seq"].as_i64()?,
                epoch: body["epoch"].as_str()?.to_owned(),
            })
        };
        page().unwrap_or_else(|| panic!("not a page of history: {body}"))
    }

    /// Their list of conversations.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn conversations(&self) -> Vec<Value> {
        let body = self.get("/api/conversations").await.expect_status(200);
        body["conversations"].as_array().unwrap_or_else(|| panic!("no conversations in {body}")).clone()
    }
}
