//! ③ From a client's event to one command; each in a file of its own. What is wrong is answered with an
//! `error`, and the connection lives; only whoever floods is closed.

pub(crate) mod auth;
mod message;
mod ping;
mod read;
mod typing;
pub(crate) mod watch;

use crate::connection::{self, Connection, Rest};
use crate::node::Node;
use futures_util::FutureExt;
use metrics::counter;
use shared::close::Close;
use shared::error::Code;
use shared::event::ClientEvent;
use shared::metrics as names;
use shared::rate::{Rule, TooFast};
use std::sync::Arc;
use std::time::Duration;

/// How many times over the limit closes the connection.
const FLOOD: u32 = 10;

impl connection::Commands for Arc<Node> {
    fn max_frame(&self) -> usize {
        self.config.max_frame
    }

    fn run<'a>(&'a self, connection: &'a Arc<Connection>, text: &str) -> Result<Rest<'a>, Close> {
        run(self, connection, text)
    }

    fn count(&self, connection: &Connection) -> Result<(), Close> {
        count(self, connection)
    }
}

/// Runs what one text frame asks for, as far as that waits for nobody.
fn run<'a>(node: &'a Arc<Node>, connection: &'a Arc<Connection>, text: &str) -> Result<Rest<'a>, Close> {
    let event = ClientEvent::decode(text);
    counter!(names::WS_EVENTS, "type" => event.as_ref().map_or("bad", name)).increment(1);
    if let Err(wait) = pace(node, connection)? {
        let id = event.map_or_else(|bad| bad.client_message_id, |event| message_id(&event));
        counter!(names::RATE_LIMITED, "rule" => "command").increment(1);
        let retry_after_ms = u64::try_from(wait.retry_after.as_millis()).unwrap_or(u64::MAX);
        connection.refuse(Code::TooFast, id, Some(retry_after_ms.max(1)));
        return Ok(None);
    }
    match event {
        Ok(ClientEvent::Message(fields)) => message::run(node, connection, fields),
        Ok(ClientEvent::Auth { token }) => auth::run(node, connection, &token)?,
        Ok(ClientEvent::Read { conversation_id, seq }) => {
            return Ok(Some(read::run(node, connection, conversation_id, seq).boxed()));
        }
        Ok(ClientEvent::Typing { receiver_id, group_id }) => {
            return Ok(Some(typing::run(node, connection, receiver_id, group_id).boxed()));
        }
        Ok(ClientEvent::Watch { user_ids }) => {
            return Ok(Some(watch::run(node, connection, user_ids).boxed()));
        }
        Ok(ClientEvent::Ping { sum }) => ping::run(node, connection, sum),
        Err(bad) => connection.refuse(bad.code, bad.client_message_id, None),
    }
    Ok(None)
}

fn name(event: &ClientEvent) -> &'static str {
    match event {
        ClientEvent::Message(_) => "message",
        ClientEvent::Auth { .. } => "auth",
        ClientEvent::Read { .. } => "read",
        ClientEvent::Typing { .. } => "typing",
        ClientEvent::Watch { .. } => "watch",
        ClientEvent::Ping { .. } => "ping",
    }
}

fn message_id(event: &ClientEvent) -> Option<String> {
    match event {
        ClientEvent::Message(fields) => fields.client_message_id.clone(),
        _ => None,
    }
}

/// Counts a frame of any kind; fails for whoever goes on at ten times the limit.
fn count(node: &Node, connection: &Connection) -> Result<(), Close> {
    let Some(rate) = node.config.commands else { return Ok(()) };
    let every = Duration::from_secs(1) / rate.per_second;
    let flood = Rule { name: "flood", burst: rate.burst * FLOOD, every: every / FLOOD };
    connection.memory().flood.take(flood, node.clock.now()).map_err(|_| Close::Flooding)
}

/// Counts a command. The outer error is for whoever floods.
fn pace(node: &Node, connection: &Connection) -> Result<Result<(), TooFast>, Close> {
    count(node, connection)?;
    let Some(rate) = node.config.commands else { return Ok(Ok(())) };
    let limit = Rule { name: "command", burst: rate.burst, every: Duration::from_secs(1) / rate.per_second };
    Ok(connection.memory().pace.take(limit, node.clock.now()))
}
