//! One connection to a peer: opened, greeted, and read to its end.

use super::super::manner::{Heard, Manner, Talk};
use super::count::Counter;
use super::outlet::Outlet;
use super::shared::Shared;
use crate::load::measure::{Micros, micros};
use crate::load::wire::{Dialled, Opcode, dial_peer, next_frame};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;

/// A connection.
pub struct Line {
    /// Where to.
    pub address: SocketAddr,
    /// Whether it listens; otherwise it publishes.
    pub listens: bool,
    /// What it got.
    pub counter: RefCell<Counter>,
    /// Its way out, once it is upgraded.
    pub outlet: RefCell<Option<Rc<Outlet>>>,
    is_ready: Cell<bool>,
    talk: RefCell<Talk>,
}

/// Why a connection ended.
type Why = String;

impl Line {
    /// Not opened yet.
    pub fn new(manner: Manner, address: SocketAddr, listens: bool) -> Self {
        Self {
            address,
            listens,
            counter: RefCell::default(),
            outlet: RefCell::default(),
            is_ready: Cell::new(false),
            talk: RefCell::new(Talk::new(manner, listens)),
        }
    }
}

/// Holds it until it ends, which it should not.
pub async fn hold(shared: Rc<Shared>, line: Rc<Line>) {
    let why = stand(&shared, &line).await;
    let words = format!("{}: {why}", line.address);
    if line.is_ready.get() { shared.ended(words) } else { shared.tried(Some(words)) }
}

async fn stand(shared: &Shared, line: &Line) -> Why {
    let Dialled { stream, rest } = match dial_peer(line.address, shared.task.manner.path(line.listens)).await
    {
        Ok(dialled) => dialled,
        Err(refused) => return format!("it does not let us in: {refused:?}"),
    };
    let (mut reader, writer) = stream.into_split();
    *line.outlet.borrow_mut() = Some(Outlet::new(writer));
    if shared.task.manner.is_ready_at_once() {
        is_ready(shared, line);
    }
    let mut unread = Vec::new();
    if let Some(why) = take(shared, line, &mut unread, &rest) {
        return why;
    }
    loop {
        if let Some(why) = poll_fn(|context| read(context, shared, line, &mut reader, &mut unread)).await {
            return why;
        }
    }
}

fn is_ready(shared: &Shared, line: &Line) {
    if !line.is_ready.replace(true) {
        shared.tried(None);
    }
}

/// Reads once, into the buffer that all share, and looks at it before anybody else may read.
fn read(
    context: &mut Context<'_>,
    shared: &Shared,
    line: &Line,
    reader: &mut OwnedReadHalf,
    unread: &mut Vec<u8>,
) -> Poll<Option<Why>> {
    let mut scratch = shared.scratch.borrow_mut();
    let mut buffer = ReadBuf::new(&mut scratch);
    Poll::Ready(match ready!(Pin::new(reader).poll_read(context, &mut buffer)) {
        Ok(()) if !buffer.filled().is_empty() => take(shared, line, unread, buffer.filled()),
        Ok(()) => Some("it has ended".to_owned()),
        Err(why) => Some(why.to_string()),
    })
}

/// Takes all frames that are whole; the beginning of one stays in `unread`, which is mostly empty.
fn take(shared: &Shared, line: &Line, unread: &mut Vec<u8>, piece: &[u8]) -> Option<Why> {
    let now = micros();
    let taken = if unread.is_empty() {
        frames(shared, line, piece, now).map(|used| unread.extend_from_slice(&piece[used..]))
    } else {
        unread.extend_from_slice(piece);
        frames(shared, line, unread, now).map(|used| drop(unread.drain(..used)))
    };
    taken.err()
}

fn frames(shared: &Shared, line: &Line, bytes: &[u8], now: Micros) -> Result<usize, Why> {
    let mut used = 0;
    while let Some(frame) = next_frame(bytes, used).map_err(|_| "it sends what is no frame")? {
        let payload = &bytes[frame.payload.clone()];
        used = frame.payload.end;
        match frame.opcode {
            Opcode::Text | Opcode::Binary => obey(shared, line, payload, now)?,
            Opcode::Ping => send(line, Opcode::Pong, payload),
            Opcode::Pong => {}
            Opcode::Close => return Err("it has closed it".to_owned()),
        }
    }
    Ok(used)
}

fn obey(shared: &Shared, line: &Line, payload: &[u8], now: Micros) -> Result<(), Why> {
    let mut trouble = None;
    line.talk.borrow_mut().hear(payload, |heard| match heard {
        Heard::Ready => is_ready(shared, line),
        Heard::Message(message) => {
            let due = line.counter.borrow_mut().take(message, shared.task.size);
            shared.tally.borrow_mut().came(due, now);
        }
        Heard::Answer(answer) => send(line, shared.task.manner.opcode(), answer),
        Heard::Trouble(why) => trouble = Some(why),
    });
    trouble.map_or(Ok(()), Err)
}

fn send(line: &Line, opcode: Opcode, payload: &[u8]) {
    if let Some(outlet) = &*line.outlet.borrow() {
        outlet.send(opcode, payload);
    }
}
