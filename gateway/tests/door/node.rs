//! An api node that is not one: HTTP by hand over a socket, so that it can hang, break off and forget its
//! connections at an exact point. It remembers what it was asked.

use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What the node does with a call that it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Answer,
    /// Answers in more words than the gateway knows.
    AnswerNewly,
    /// Answers, and then closes the connection without having said so.
    AnswerAndClose,
    /// Answers one question less than it was asked.
    AnswerShort,
    /// Nothing, until it does something else; its health is silent too.
    Hang,
    BreakOff,
    /// Answers with this status.
    Say(u16),
    /// Answers that nothing can be stored now.
    PutOff,
}

pub struct FakeNode {
    pub address: SocketAddr,
    inner: Arc<Inner>,
    accepting: JoinHandle<()>,
}

struct Inner {
    does: tokio::sync::watch::Sender<Does>,
    ready: Mutex<bool>,
    asked: Mutex<Vec<(String, Value)>>,
    connections: AtomicUsize,
}

impl FakeNode {
    pub fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    pub fn start_at(address: SocketAddr) -> Self {
        let listener = shared::serve::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            does: tokio::sync::watch::Sender::new(Does::Answer),
            ready: Mutex::new(true),
            asked: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, inner.clone()));
        Self { address, inner, accepting }
    }

    pub fn does(&self, what: Does) {
        self.inner.does.send_replace(what);
    }

    pub fn is_ready(&self, ready: bool) {
        *self.inner.ready.lock().unwrap() = ready;
    }

    /// What it was asked: the call and the body.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.inner.asked.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.inner.asked.lock().unwrap().clear();
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.inner.connections.load(Ordering::Relaxed)
    }
}

/// With its port and all its connections, as by `kill -9`.
impl Drop for FakeNode {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        inner.connections.fetch_add(1, Ordering::Relaxed);
        let inner = inner.clone();
        connections.spawn(async move {
            // A gateway that goes away in the middle is nothing to this node.
            let _ = inner.serve(BufReader::new(stream)).await;
        });
    }
}

impl Inner {
    async fn serve(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        while let Some((path, body)) = read_request(&mut stream).await? {
            let mut does = *self.does.borrow();
            if does == Does::Hang {
                if path != "/readyz" {
                    self.note(&path, &body);
                }
                does = *self.does.subscribe().wait_for(|does| *does != Does::Hang).await.unwrap();
            } else if path != "/readyz" {
                self.note(&path, &body);
            }
            if path == "/readyz" {
                let status = if *self.ready.lock().unwrap() { 200 } else { 503 };
                write_answer(&mut stream, status, b"{}").await?;
                continue;
            }
            let answer = answer(&path, &body, does);
            match does {
                Does::BreakOff => return Ok(()),
                Does::Say(status) => write_answer(&mut stream, status, b"{}").await?,
                _ => write_answer(&mut stream, 200, &answer).await?,
            }
            if does == Does::AnswerAndClose {
                return Ok(());
            }
        }
        Ok(())
    }

    fn note(&self, path: &str, body: &Value) {
        let call = path.rsplit('/').next().unwrap().to_owned();
        self.asked.lock().unwrap().push((call, body.clone()));
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<(String, Value)>> {
    let (mut line, mut path, mut length) = (String::new(), None, 0);
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let text = line.trim_end();
        if path.is_none() {
            path = text.split(' ').nth(1).map(str::to_owned);
        } else if let Some(value) = text.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        } else if text.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Ok(path.map(|path| (path, body)))
}

async fn write_answer(stream: &mut BufReader<TcpStream>, status: u16, body: &[u8]) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).await
}

fn answer(path: &str, body: &Value, does: Does) -> Vec<u8> {
    let one = match path.rsplit('/').next().unwrap() {
        "append" if does == Does::PutOff => json!({"Err": {"code": "unavailable", "retry_after_ms": 500}}),
        "append" => json!({"Ok": {"message_id": 1, "conversation_id": 2, "seq": 3,
            "created_at": "2026-11-22T08:00:00.007Z"}}),
        "attach" => json!({"session": "live", "status": "online", "epoch": "e", "groups": [], "heads": {}}),
        "may_type" => return b"true".to_vec(),
        "announce" => return b"null".to_vec(),
        other => panic!("no test asks for {other}"),
    };
    let mut answers: Vec<Value> = body.as_array().unwrap().iter().map(|_| one.clone()).collect();
    match does {
        Does::AnswerShort => drop(answers.pop()),
        Does::AnswerNewly => answers.iter_mut().for_each(|answer| {
            let fields = answer.as_object_mut().unwrap();
            let inside = fields.get_mut("Ok").and_then(Value::as_object_mut);
            inside.map(|inside| inside.insert("mood".to_owned(), json!({"of": ["a", "later", "release"]})));
            if !fields.contains_key("Ok") {
                fields.insert("mood".to_owned(), json!(7));
            }
        }),
        _ => {}
    }
    serde_json::to_vec(&answers).unwrap()
}
