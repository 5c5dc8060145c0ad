//! A client on a stream inside the process, for tests in which time is set by hand: no socket makes the paused
//! clock run on. It reads all the time and answers pings, unless it is made deaf.

use super::Person;
use super::wire::{CLOSE, PING, PONG, TEXT, Wire};
use super::world::World;
use gateway::connection;
use gateway::node::Node;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use uuid::Uuid;

/// How long anything may take to arrive. Paused time passes by itself when everybody waits, so it is soon over.
const LIMIT: Duration = Duration::from_secs(30);

/// How much either side may write before the other reads.
const PIPE: usize = 256 * 1024;

pub struct Line {
    who: &'static str,
    orders: mpsc::Sender<String>,
    arrivals: mpsc::Receiver<Arrival>,
    untaken: VecDeque<Value>,
}

#[derive(Debug)]
enum Arrival {
    Event(Value),
    Closed(Option<u16>),
}

/// A person's stream to a gateway, behind the upgrade: nobody reads it yet.
pub fn dial(world: &World, node: &Arc<Node>, person: &Person) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let claims = world.tokens.verify(&person.token).expect("the token is good");
    tokio::spawn(connection::run(theirs, node.clone(), Some(claims)));
    ours
}

impl Line {
    /// A connection that was upgraded and is about to be attached.
    pub fn open(world: &World, node: &Arc<Node>, person: &Person) -> Self {
        let (orders, ordered) = mpsc::channel(1024);
        let (arrived, arrivals) = mpsc::channel(4096);
        tokio::spawn(talk(Wire::over(dial(world, node, person)), ordered, arrived));
        Self { who: person.name, orders, arrivals, untaken: VecDeque::new() }
    }

    /// The same, attached.
    pub async fn attached(world: &World, node: &Arc<Node>, person: &Person) -> Self {
        let mut line = Self::open(world, node, person);
        assert_eq!(line.next().await["event_type"], "ready", "{} was not attached", person.name);
        line
    }

    pub async fn send_json(&self, event: &Value) {
        drop(self.orders.send(event.to_string()).await);
    }

    /// Says something in a group, and gives back its id.
    pub async fn say(&self, group_id: i64, content: &str) -> Uuid {
        let id = Uuid::now_v7();
        let event = json!({ "event_type": "message", "group_id": group_id, "content": content,
            "client_message_id": id });
        self.send_json(&event).await;
        id
    }

    /// The next event that nobody took yet.
    pub async fn next(&mut self) -> Value {
        match self.untaken.pop_front() {
            Some(event) => event,
            None => self.next_new("any event").await,
        }
    }

    /// Takes the first event that is wanted; others stay for later looks.
    pub async fn expect(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.untaken.iter().position(&wanted) {
            return self.untaken.remove(at).unwrap();
        }
        loop {
            let event = self.next_new(what).await;
            if wanted(&event) {
                return event;
            }
            self.untaken.push_back(event);
        }
    }

    pub async fn expect_event(&mut self, event_type: &str) -> Value {
        self.expect(event_type, |event| event["event_type"] == event_type).await
    }

    pub async fn expect_message(&mut self, content: &str) -> Value {
        self.expect(content, |event| event["event_type"] == "message" && event["content"] == content).await
    }

    pub async fn expect_close(&mut self, code: u16) {
        loop {
            match self.arrival("a close").await {
                Arrival::Event(event) => self.untaken.push_back(event),
                Arrival::Closed(closed) => {
                    return assert_eq!(closed, Some(code), "how the connection of {} was closed", self.who);
                }
            }
        }
    }

    /// All that has arrived and was not taken, after everything that is on its way has come: paused time only moves
    /// on when nobody in the process has anything left to do.
    pub async fn untaken(&mut self) -> Vec<Value> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        while let Ok(arrival) = self.arrivals.try_recv() {
            match arrival {
                Arrival::Event(event) => self.untaken.push_back(event),
                Arrival::Closed(code) => panic!("{} was closed ({code:?})", self.who),
            }
        }
        self.untaken.drain(..).collect()
    }

    /// Nothing has arrived that was not taken, and nothing is on its way.
    pub async fn expect_silence(&mut self) {
        let untaken = self.untaken().await;
        assert!(untaken.is_empty(), "{} was to hear nothing, and heard {untaken:?}", self.who);
    }

    async fn next_new(&mut self, what: &str) -> Value {
        match self.arrival(what).await {
            Arrival::Event(event) => event,
            Arrival::Closed(code) => panic!("{} was closed ({code:?}) while waiting for {what}", self.who),
        }
    }

    async fn arrival(&mut self, what: &str) -> Arrival {
        let arrival = timeout(LIMIT, self.arrivals.recv()).await;
        let Ok(arrival) = arrival else {
            panic!("{} waited in vain for {what}: {:?}", self.who, self.untaken)
        };
        arrival.unwrap_or(Arrival::Closed(None))
    }
}

/// Reads and answers until either side ends it; dropping the line cuts it without a word.
async fn talk(wire: Wire, mut ordered: mpsc::Receiver<String>, arrived: mpsc::Sender<Arrival>) {
    let Wire { mut reading, mut writing } = wire;
    let (pong, mut pongs) = mpsc::channel::<Vec<u8>>(64);
    let write = async {
        loop {
            tokio::select! {
                order = ordered.recv() => match order {
                    Some(text) => writing.send(TEXT, text.as_bytes()).await,
                    None => return,
                },
                Some(payload) = pongs.recv() => writing.send(PONG, &payload).await,
            }
        }
    };
    let read = async {
        loop {
            let arrival = match reading.next().await {
                Some(frame) if frame.opcode == PING => {
                    drop(pong.send(frame.payload).await);
                    continue;
                }
                Some(frame) if frame.opcode == CLOSE => Arrival::Closed(frame.close_code()),
                Some(frame) if frame.opcode == TEXT => {
                    Arrival::Event(serde_json::from_slice(&frame.payload).expect("events are JSON"))
                }
                Some(frame) => panic!("an unasked frame: {frame:?}"),
                None => Arrival::Closed(None),
            };
            let is_over = matches!(arrival, Arrival::Closed(_));
            drop(arrived.send(arrival).await);
            if is_over {
                return;
            }
        }
    };
    tokio::select! {
        () = write => {}
        () = read => {}
    }
}
