//! What people wait for on a connection.

use serde_json::{Value, json};
use uuid::Uuid;

use super::connection::Arrival;
use super::{Connection, Target};

impl Connection {
    /// The next event that nobody took yet.
    ///
    /// # Panics
    /// When none comes in 10 s, or the line ends.
    pub async fn next(&mut self) -> Value {
        match self.untaken.pop_front() {
            Some(event) => event,
            None => self.next_new("any event").await,
        }
    }

    /// Takes the first event that `wanted` accepts; `what` names it in a failure. Others stay for later looks.
    ///
    /// # Panics
    /// When none comes in 10 s, or the line ends.
    pub async fn expect(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.untaken.iter().position(&wanted) {
            return self.untaken.remove(at).expect("position found it");
        }
        loop {
            let event = self.next_new(what).await;
            if wanted(&event) {
                return event;
            }
            self.untaken.push_back(event);
        }
    }

    /// Takes the first event of this type.
    ///
    /// # Panics
    /// As [`expect`](Self::expect).
    pub async fn expect_event(&mut self, event_type: &str) -> Value {
        self.expect(event_type, |event| event["event_type"] == event_type).await
    }

    /// Takes the message with this text.
    ///
    /// # Panics
    /// As [`expect`](Self::expect).
    pub async fn expect_message(&mut self, text: &str) -> Value {
        let wanted = |event: &Value| event["event_type"] == "message" && event["content"] == text;
        self.expect(&format!("the message {text:?}"), wanted).await
    }

    /// Takes the answer to what was sent under this id, which must be an ack.
    ///
    /// # Panics
    /// When it is an `error`, or as [`expect`](Self::expect).
    pub async fn expect_ack(&mut self, client_message_id: Uuid) -> Value {
        let id = json!(client_message_id);
        let answers = |event: &Value| {
            (event["event_type"] == "ack" || event["event_type"] == "error")
                && event["client_message_id"] == id
        };
        let answer = self.expect(&format!("the ack of {client_message_id}"), answers).await;
        assert_eq!(answer["event_type"], "ack", "{} was refused: {answer}", self.who);
        answer
    }

    /// Takes the error with this code.
    ///
    /// # Panics
    /// As [`expect`](Self::expect).
    pub async fn expect_error(&mut self, code: &str) -> Value {
        let wanted = |event: &Value| event["event_type"] == "error" && event["code"] == code;
        self.expect(&format!("the error {code}"), wanted).await
    }

    /// Says something and waits until it is stored; gives the ack back.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn say_acked(&mut self, target: impl Into<Target>, text: &str) -> Value {
        let id = self.say(target, text).await;
        self.expect_ack(id).await
    }

    /// Waits for the server to close with this code; what arrives before goes to the log.
    ///
    /// # Panics
    /// When it closes with another or without a close frame, or not in 10 s.
    pub async fn expect_close(&mut self, code: u16) {
        let closed = self.closed(&format!("a close with {code}")).await;
        assert_eq!(closed, Some(code), "how the connection of {} was closed", self.who);
    }

    /// Waits for the line to end in any way: with a code, or cut.
    ///
    /// # Panics
    /// When it does not in 10 s.
    pub async fn expect_end(&mut self) -> Option<u16> {
        self.closed("the end of the connection").await
    }

    /// The next event that nobody took yet; `None` when the line ended, in whatever way.
    ///
    /// # Panics
    /// When neither happens in 10 s.
    pub async fn next_or_end(&mut self) -> Option<Value> {
        if let Some(event) = self.untaken.pop_front() {
            return Some(event);
        }
        match self.arrival("an event or the end").await {
            Arrival::Event(event) => Some(event),
            Arrival::Closed(_) => None,
        }
    }

    /// Nothing is on its way: what a `ping` brings back is its `pong` alone. What the server has still to route is not
    /// seen by this; a test that says "he gets nothing" first waits until somebody else got it.
    ///
    /// # Panics
    /// When an event comes before the `pong`.
    pub async fn expect_silence(&mut self) {
        self.send_json(&json!({ "event_type": "ping" })).await;
        let event = self.next_new("pong").await;
        assert_eq!(event["event_type"], "pong", "{} was to hear nothing, and heard {event}", self.who);
    }

    /// The texts of all messages that ever arrived here, taken or not.
    #[must_use]
    pub fn heard(&self) -> Vec<&str> {
        let messages = self.log.iter().filter(|event| event["event_type"] == "message");
        messages.filter_map(|message| message["content"].as_str()).collect()
    }

    async fn next_new(&mut self, what: &str) -> Value {
        match self.arrival(what).await {
            Arrival::Event(event) => event,
            Arrival::Closed(code) => {
                panic!("{} was closed ({code:?}) while waiting for {what}; so far: {:#?}", self.who, self.log)
            }
        }
    }

    async fn closed(&mut self, what: &str) -> Option<u16> {
        loop {
            match self.arrival(what).await {
                Arrival::Event(event) => self.untaken.push_back(event),
                Arrival::Closed(code) => return code,
            }
        }
    }
}
