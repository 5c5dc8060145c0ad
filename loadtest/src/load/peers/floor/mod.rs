//! The floor: what the kernel alone asks for a delivery. One thread and epoll; a message is encoded once, and goes to
//! every other connection by one `write` each, with nothing put together. No Redis, no second node, no limits, nobody is
//! asked who they are. What any server needs beyond this is its own.

mod connection;
mod upgrade;

use connection::{Connection, Read};
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

/// The word that this program is called with to be it; the port follows.
pub const WORD: &str = "floor";

const LISTENER: Token = Token(usize::MAX);
const EVENTS: usize = 1024;
/// What all connections read into, one at a time.
const SCRATCH: usize = 64 * 1024;

/// Serves on that port of 127.0.0.1, to the end of the process.
///
/// # Errors
/// The port is taken, or epoll does not do what it is there for.
pub fn serve(port: u16) -> io::Result<()> {
    let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut floor = Floor { poll, listener, places: Vec::new(), free: Vec::new() };
    let (mut events, mut scratch) = (Events::with_capacity(EVENTS), vec![0; SCRATCH]);
    loop {
        match floor.poll.poll(&mut events, None) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        for event in &events {
            match event.token() {
                LISTENER => floor.accept()?,
                Token(place) if event.is_writable() => {
                    floor.write_on(place);
                    floor.read(place, &mut scratch);
                }
                Token(place) => floor.read(place, &mut scratch),
            }
        }
    }
}

struct Floor {
    poll: Poll,
    listener: TcpListener,
    /// The connections, each at the place that its events name.
    places: Vec<Option<Connection>>,
    free: Vec<usize>,
}

impl Floor {
    /// Events come once each: everybody who waits is let in.
    fn accept(&mut self) -> io::Result<()> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // It left before it was let in.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            let place = self.free.pop().unwrap_or_else(|| {
                self.places.push(None);
                self.places.len() - 1
            });
            self.places[place] = Some(Connection::new(stream, self.poll.registry(), Token(place))?);
        }
    }

    /// Reads all that is there, and hands on each message as it is found.
    fn read(&mut self, place: usize, scratch: &mut [u8]) {
        loop {
            let Some(connection) = self.places.get_mut(place).and_then(Option::as_mut) else { return };
            let messages = match connection.read(scratch) {
                Read::Nothing => return,
                Read::Messages(messages) => messages,
                Read::End => return self.leave(place),
            };
            for message in messages {
                self.deliver(place, &message);
            }
        }
    }

    /// To everybody else, in the order of their places.
    fn deliver(&mut self, from: usize, frame: &Rc<[u8]>) {
        for place in (0..self.places.len()).filter(|place| *place != from) {
            let Some(connection) = &mut self.places[place] else { continue };
            if connection.is_open() && connection.write(frame, self.poll.registry()).is_err() {
                self.leave(place);
            }
        }
    }

    fn write_on(&mut self, place: usize) {
        let Some(connection) = self.places.get_mut(place).and_then(Option::as_mut) else { return };
        if connection.write_on(self.poll.registry()).is_err() {
            self.leave(place);
        }
    }

    /// Dropping a connection closes it. Its place may be taken in this very turn: an event that is left over for it then
    /// finds nothing to read.
    fn leave(&mut self, place: usize) {
        if self.places[place].take().is_some() {
            self.free.push(place);
        }
    }
}
