//! REST as a client needs it. No answer is `None`, whatever the reason: then nobody knows what became of it.

use super::world::{PASSWORD, World};
use crate::history::{Key, Kind, Seen, hash_of};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON; `null` when there was none.
    pub body: Value,
}

impl Answer {
    /// Whether it says that all went well.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The code of an error.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("no_code")
    }

    /// Whether it says for certain that nothing was done. What a server or a proxy could not do now may have been done.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        (400..500).contains(&self.status) && self.status != 401 && self.status != 408
    }
}

/// A session's tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub token: String,
    /// The refresh token.
    pub refresh: String,
    /// The user's id.
    pub user: i64,
}

impl Tokens {
    fn of(answer: &Answer) -> Option<Self> {
        let body = answer.is_ok().then_some(&answer.body)?;
        Some(Self {
            token: body["token"].as_str()?.to_owned(),
            refresh: body["refresh_token"].as_str()?.to_owned(),
            user: body["user"]["id"].as_i64()?,
        })
    }
}

/// A page of history.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its entries, ascending.
    pub entries: Vec<Seen>,
    /// The `after_seq` of the next one.
    pub through: i64,
    /// Whether there is a next one.
    pub more: bool,
}

impl World {
    /// Calls an api node: this one, or as a proxy does, the next one that takes the connection.
    pub async fn call(
        &self,
        api: usize,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Option<Answer> {
        for nth in 0..self.apis.len() {
            let address = &self.apis[(api + nth) % self.apis.len()];
            let mut request = self.http.request(method.clone(), format!("{address}{path}"));
            if !token.is_empty() {
                request = request.bearer_auth(token);
            }
            if let Some(body) = &body {
                request = request.json(body);
            }
            match request.send().await {
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    let bytes = answer.bytes().await.ok()?;
                    return Some(Answer {
                        status,
                        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                    });
                }
                Err(error) if error.is_connect() => {}
                Err(_) => return None,
            }
        }
        None
    }

    /// POST with a body.
    pub async fn post(&self, api: usize, path: &str, token: &str, body: Value) -> Option<Answer> {
        self.call(api, Method::POST, path, token, Some(body)).await
    }

    /// GET.
    pub async fn get(&self, api: usize, path: &str, token: &str) -> Option<Answer> {
        self.call(api, Method::GET, path, token, None).await
    }

    /// Opens an account.
    pub async fn register(&self, api: usize, name: &str) -> Option<Tokens> {
        let body = json!({ "username": name, "email": email(name), "password": PASSWORD });
        self.tokens_of(&self.post(api, "/api/auth/register", "", body).await?)
    }

    /// Begins a session.
    pub async fn log_in(&self, api: usize, name: &str) -> Option<Tokens> {
        let body = json!({ "email": email(name), "password": PASSWORD });
        self.tokens_of(&self.post(api, "/api/auth/login", "", body).await?)
    }

    /// Renews a session: `Err` when it is refused for good.
    pub async fn refresh(&self, api: usize, refresh: &str) -> Result<Option<Tokens>, ()> {
        match self.post(api, "/api/auth/refresh", "", json!({ "refresh_token": refresh })).await {
            Some(answer) if answer.status == 401 => Err(()),
            Some(answer) => Ok(self.tokens_of(&answer)),
            None => Ok(None),
        }
    }

    fn tokens_of(&self, answer: &Answer) -> Option<Tokens> {
        let tokens = Tokens::of(answer)?;
        self.given([&tokens.token, &tokens.refresh]);
        Some(tokens)
    }

    /// A page of history; `Err` with the status when it is refused.
    pub async fn page(
        &self,
        api: usize,
        token: &str,
        key: Key,
        me: i64,
        cursor: &str,
    ) -> Result<Page, Option<u16>> {
        let path = format!("/api/messages/list?{}&{cursor}", query(key, me));
        let answer = self.get(api, &path, token).await.ok_or(None)?;
        if !answer.is_ok() {
            return Err(Some(answer.status));
        }
        let read = || {
            let entries = answer.body["messages"].as_array()?.iter().map(seen).collect::<Option<Vec<_>>>()?;
            let through = answer.body["through_seq"].as_i64()?;
            Some(Page { entries, through, more: answer.body["has_more"].as_bool()? })
        };
        read().ok_or(Some(answer.status))
    }

    /// Everything that a user may read of a conversation, from one api node.
    ///
    /// # Errors
    /// The status of the page that was refused.
    pub async fn whole_history(
        &self,
        api: usize,
        token: &str,
        key: Key,
        me: i64,
    ) -> Result<Vec<Seen>, Option<u16>> {
        let (mut entries, mut have) = (Vec::new(), 0);
        loop {
            let page = self.page(api, token, key, me, &format!("after_seq={have}&limit=200")).await?;
            entries.extend(page.entries);
            if !page.more || page.through <= have {
                return Ok(entries);
            }
            have = page.through;
        }
    }
}

fn email(name: &str) -> String {
    format!("{name}@example.org")
}

/// The other one of a pair.
#[must_use]
pub fn peer(key: Key, me: i64) -> Option<i64> {
    match key {
        Key::Pair(low, high) => Some(if low == me { high } else { low }),
        Key::Group(_) => None,
    }
}

fn query(key: Key, me: i64) -> String {
    match key {
        Key::Group(group) => format!("group_id={group}"),
        Key::Pair(..) => format!("receiver_id={}", peer(key, me).unwrap_or(me)),
    }
}

/// Puts the target into a body or an event.
pub fn name_target(body: &mut Value, key: Key, me: i64) {
    match key {
        Key::Group(group) => body["group_id"] = json!(group),
        Key::Pair(..) => body["receiver_id"] = json!(peer(key, me)),
    }
}

/// A message of REST as the history keeps it.
#[must_use]
pub fn seen(message: &Value) -> Option<Seen> {
    let content = message["content"].as_str()?;
    Some(Seen {
        conv: message["conversation_id"].as_i64()?,
        seq: message["seq"].as_i64()?,
        id: message["id"].as_i64()?,
        sender: message["sender_id"].as_i64()?,
        cmid: Uuid::parse_str(message["client_message_id"].as_str()?).ok()?,
        hash: hash_of(content),
        kind: Kind::of(message["message_type"].as_str()?, content),
    })
}

/// A line of `GET /api/conversations`: its id, and between whom it is.
#[must_use]
pub fn listed_key(line: &Value, me: i64) -> Option<(i64, Key)> {
    let conv = line["id"].as_i64()?;
    match (line["peer"]["id"].as_i64(), line["group"]["id"].as_i64()) {
        (Some(peer), None) => Some((conv, Key::pair(me, peer))),
        (None, Some(group)) => Some((conv, Key::Group(group))),
        _ => None,
    }
}
