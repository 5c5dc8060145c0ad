//! A connection of the floor: bytes in, whole messages out of them; frames out, one `write` each.

use super::upgrade;
use crate::load::wire::{Opcode, next_masked, put_unmasked};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::rc::Rc;

/// What is kept for one who does not read; then they are cut off.
const MOST_BEHIND: usize = 64 * 1024 * 1024;

/// The longest head of a frame.
const HEAD: usize = 10;

/// A connection.
pub struct Connection {
    stream: TcpStream,
    token: Token,
    is_upgraded: bool,
    /// What came and is not whole.
    unread: Vec<u8>,
    /// What the socket did not take: frames, and how much of the first one is gone.
    behind: VecDeque<Rc<[u8]>>,
    written: usize,
    bytes_behind: usize,
}

/// What reading has brought.
pub enum Read {
    /// There is no more for now.
    Nothing,
    /// Messages, as the frames in which they go out.
    Messages(Vec<Rc<[u8]>>),
    /// It has ended, or is not one of ours.
    End,
}

impl Connection {
    /// It has come.
    pub fn new(mut stream: TcpStream, registry: &Registry, token: Token) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        registry.register(&mut stream, token, Interest::READABLE)?;
        let (unread, behind) = (Vec::new(), VecDeque::new());
        Ok(Self { stream, token, is_upgraded: false, unread, behind, written: 0, bytes_behind: 0 })
    }

    /// Whether messages go to it.
    pub fn is_open(&self) -> bool {
        self.is_upgraded
    }

    /// Reads once.
    pub fn read(&mut self, scratch: &mut [u8]) -> Read {
        let length = match self.stream.read(scratch) {
            Ok(0) => return Read::End,
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Read::Nothing,
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            Err(_) => return Read::End,
        };
        self.unread.extend_from_slice(&scratch[..length]);
        if !self.is_upgraded && self.upgrade().is_err() {
            return Read::End;
        }
        if self.is_upgraded {
            self.messages().map_or(Read::End, Read::Messages)
        } else {
            Read::Messages(Vec::new())
        }
    }

    fn upgrade(&mut self) -> io::Result<()> {
        if let Some((answer, used)) = upgrade::answer(&self.unread)? {
            // It fits into a socket that nothing was written to.
            self.stream.write_all(&answer)?;
            self.unread.drain(..used);
            self.is_upgraded = true;
        }
        Ok(())
    }

    /// The messages that are whole; nothing else is heeded but the end.
    fn messages(&mut self) -> Option<Vec<Rc<[u8]>>> {
        let (mut messages, mut used) = (Vec::new(), 0);
        while let Some(frame) = next_masked(&mut self.unread, used).ok()? {
            used = frame.payload.end;
            match frame.opcode {
                Opcode::Text => {
                    let mut encoded = Vec::with_capacity(frame.payload.len() + HEAD);
                    put_unmasked(&mut encoded, Opcode::Text, &self.unread[frame.payload]);
                    messages.push(encoded.into());
                }
                Opcode::Close => return None,
                Opcode::Binary | Opcode::Ping | Opcode::Pong => {}
            }
        }
        self.unread.drain(..used);
        Some(messages)
    }

    /// Writes a frame: at once, if nothing is before it.
    pub fn write(&mut self, frame: &Rc<[u8]>, registry: &Registry) -> io::Result<()> {
        if self.behind.is_empty() {
            let written = self.write_once(frame)?;
            if written == frame.len() {
                return Ok(());
            }
            self.written = written;
            self.wait_for(registry, Interest::READABLE | Interest::WRITABLE)?;
        }
        self.bytes_behind += frame.len();
        self.behind.push_back(frame.clone());
        if self.bytes_behind > MOST_BEHIND { Err(ErrorKind::OutOfMemory.into()) } else { Ok(()) }
    }

    /// Goes on with what the socket did not take.
    pub fn write_on(&mut self, registry: &Registry) -> io::Result<()> {
        while let Some(frame) = self.behind.front().cloned() {
            self.written += self.write_once(&frame[self.written..])?;
            if self.written < frame.len() {
                return Ok(());
            }
            self.written = 0;
            self.bytes_behind -= frame.len();
            self.behind.pop_front();
        }
        self.wait_for(registry, Interest::READABLE)
    }

    /// One `write`; 0 when the socket is full.
    fn write_once(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.stream.write(bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            written => written,
        }
    }

    fn wait_for(&mut self, registry: &Registry, interest: Interest) -> io::Result<()> {
        registry.reregister(&mut self.stream, self.token, interest)
    }
}
