//! One live WebSocket of one person: sending, and taking what arrives.
//!
//! Events that a test was not looking for stay in a queue and are found by the next look, so a test does not depend on
//! whether the ack or the message comes first. All that ever arrived is in the log.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::Target;

/// How long anything may take to arrive.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<TcpStream>;

/// A WebSocket. Dropping it cuts the line without a word, as a crash does.
#[derive(Debug)]
pub struct Connection {
    /// Whose it is, for the words of a failure.
    pub who: String,
    /// The `ready` event; `null` until it has arrived.
    pub ready: Value,
    /// Every event that arrived, in order, taken or not.
    pub log: Vec<Value>,
    pub(super) untaken: VecDeque<Value>,
    socket: Socket,
}

/// What a look at the socket brought.
#[derive(Debug)]
pub(super) enum Arrival {
    Event(Value),
    /// The line ended: with this code, or without a close frame.
    Closed(Option<u16>),
}

impl Connection {
    pub(super) fn new(who: String, socket: Socket) -> Self {
        Self { who, ready: Value::Null, log: vec![], untaken: VecDeque::new(), socket }
    }

    /// Waits for `ready` and keeps it.
    ///
    /// # Panics
    /// When something else comes first, or nothing does.
    pub async fn attach(&mut self) {
        self.ready = self.next().await;
        assert_eq!(self.ready["event_type"], "ready", "{} was not attached", self.who);
    }

    /// Sends a JSON event.
    ///
    /// # Panics
    /// When the line is cut.
    pub async fn send_json(&mut self, event: &Value) {
        self.send_text(&event.to_string()).await;
    }

    /// Sends a text frame with anything in it.
    ///
    /// # Panics
    /// When the line is cut.
    pub async fn send_text(&mut self, text: &str) {
        self.send_frame(Message::text(text)).await;
    }

    /// Sends a binary frame.
    ///
    /// # Panics
    /// When the line is cut.
    pub async fn send_binary(&mut self, bytes: &[u8]) {
        self.send_frame(Message::binary(bytes.to_vec())).await;
    }

    /// Sends a `message` under a fresh `client_message_id`, and gives that back without waiting for the ack.
    ///
    /// # Panics
    /// When the line is cut.
    pub async fn say(&mut self, target: impl Into<Target>, text: &str) -> Uuid {
        let id = Uuid::now_v7();
        self.say_as(target, text, id).await;
        id
    }

    /// The same under an id of the caller's: how a message is repeated.
    ///
    /// # Panics
    /// When the line is cut.
    pub async fn say_as(&mut self, target: impl Into<Target>, text: &str, client_message_id: Uuid) {
        self.send_json(&message_event(target, text, client_message_id)).await;
    }

    /// The same where the line may be cut at any moment: `false` when it was.
    pub async fn try_say_as(
        &mut self,
        target: impl Into<Target>,
        text: &str,
        client_message_id: Uuid,
    ) -> bool {
        let frame = Message::text(message_event(target, text, client_message_id).to_string());
        matches!(timeout(LIMIT, self.socket.send(frame)).await, Ok(Ok(())))
    }

    /// Says goodbye properly, and waits for the answer.
    ///
    /// # Panics
    /// When the server does not answer a close.
    pub async fn close(mut self) {
        let closing = async {
            drop(self.socket.close(None).await);
            while let Some(Ok(_)) = self.socket.next().await {}
        };
        let closed = timeout(LIMIT, closing).await;
        assert!(closed.is_ok(), "the server let {} wait for the answer to a close", self.who);
    }

    async fn send_frame(&mut self, frame: Message) {
        let sent = timeout(LIMIT, self.socket.send(frame)).await;
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(error)) => panic!("{} cannot send: {error}", self.who),
            Err(_) => panic!("{} cannot send: the server does not read", self.who),
        }
    }

    /// The next thing off the socket. The server's WebSocket pings are answered on the way.
    pub(super) async fn arrival(&mut self, waiting_for: &str) -> Arrival {
        let Ok(arrival) = timeout(LIMIT, self.next_off_socket()).await else {
            panic!("{} waited {LIMIT:?} in vain for {waiting_for}; so far: {:#?}", self.who, self.log);
        };
        if let Arrival::Event(event) = &arrival {
            self.log.push(event.clone());
        }
        arrival
    }

    async fn next_off_socket(&mut self) -> Arrival {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Arrival::Event(self.event(&text)),
                Some(Ok(Message::Close(frame))) => return Arrival::Closed(frame.map(|f| f.code.into())),
                Some(Ok(Message::Binary(bytes))) => panic!("{} got a binary frame: {bytes:?}", self.who),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Arrival::Closed(None),
            }
        }
    }

    fn event(&self, text: &str) -> Value {
        let event: Value = serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("{} got no JSON ({error}): {text}", self.who));
        assert!(event["event_type"].is_string(), "{} got an event without a type: {text}", self.who);
        event
    }
}

fn message_event(target: impl Into<Target>, text: &str, client_message_id: Uuid) -> Value {
    let mut event =
        json!({ "event_type": "message", "content": text, "client_message_id": client_message_id });
    target.into().name_in(&mut event);
    event
}
