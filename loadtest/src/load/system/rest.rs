//! Accounts and groups over the documented API, for a system that is not ours. It takes as long as that system's limits
//! and its price of a password say.

use super::people::{Cast, People, Person, Place};
use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

const PASSWORD: &str = "correct horse battery";
/// Requests under way.
const AT_ONCE: usize = 8;
/// The longest wait that is heeded.
const LONGEST_WAIT: u64 = 60_000;

/// Registers everybody, makes the groups, and lets everybody join.
pub(super) async fn people(http: &reqwest::Client, apis: &[String], cast: &Cast) -> Result<People> {
    let run = Uuid::new_v4().simple().to_string();
    let api = |nth: usize| &apis[nth % apis.len()];
    let register = |nth: usize| {
        let name = format!("load-{}-{nth}", &run[..8]);
        let body = json!({ "username": name, "email": format!("{name}@example.org"), "password": PASSWORD });
        let url = format!("{}/api/auth/register", api(nth));
        async move {
            let answer = post(http, &url, None, &body).await.context("registering")?;
            let (id, token) = (answer["user"]["id"].as_i64(), answer["token"].as_str());
            let (id, token) = id.zip(token).context("a session has an id and a token")?;
            anyhow::Ok(Person { id, token: token.to_owned() })
        }
    };
    let persons: Vec<Person> =
        stream::iter((0..cast.users).map(register)).buffered(AT_ONCE).try_collect().await?;
    let mut groups = Vec::with_capacity(cast.groups.len());
    for (nth, members) in cast.groups.iter().enumerate() {
        let [owner, others @ ..] = members.as_slice() else { bail!("a group has an owner") };
        let url = format!("{}/api/groups/create", api(nth));
        let body = json!({ "name": "load" });
        let answer = post(http, &url, Some(&persons[*owner].token), &body).await.context("making a group")?;
        let group = &answer["group"];
        let ids = group["id"].as_i64().zip(group["conversation_id"].as_i64());
        let (group, conversation) = ids.context("a group has an id and a conversation")?;
        let join = |member: &usize| {
            let (url, token) = (format!("{}/api/groups/join", api(nth)), persons[*member].token.clone());
            async move { post(http, &url, Some(&token), &json!({ "group_id": group })).await.context("joining") }
        };
        stream::iter(others.iter().map(join)).buffered(AT_ONCE).try_collect::<Vec<Value>>().await?;
        groups.push(Place { group, conversation });
    }
    Ok(People { persons, groups })
}

/// As often as the answer is to come again later.
async fn post(http: &reqwest::Client, url: &str, token: Option<&str>, body: &Value) -> Result<Value> {
    loop {
        let mut request = http.post(url).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await?;
        let is_ok = answer.status().is_success();
        let answer: Value = serde_json::from_slice(&answer.bytes().await?).unwrap_or(Value::Null);
        if is_ok {
            return Ok(answer);
        }
        match answer["error"]["retry_after_ms"].as_u64() {
            Some(wait) => sleep(Duration::from_millis(wait.clamp(10, LONGEST_WAIT))).await,
            None => bail!("{url} refuses: {}", answer["error"]),
        }
    }
}
