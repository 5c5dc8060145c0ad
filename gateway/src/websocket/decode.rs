//! Frames from client to server: masked, perhaps fragmented, bounded before a byte of them is stored. Every
//! breach has its close code.

use super::Opcode;
use bytes::{Buf, Bytes, BytesMut};
use shared::close::Close;

/// How many frames one message may come in: a flood of empty fragments is not a message.
const MAX_FRAGMENTS: u8 = 64;

/// A control frame's longest payload (RFC 6455 §5.5).
const MAX_CONTROL: usize = 125;

/// What a client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A whole text message.
    Text(String),
    /// To be answered with the same payload.
    Ping(Bytes),
    /// An answer to ours.
    Pong,
    /// The client is leaving, by a code that may be sent and with a reason in UTF-8, if it gave them.
    Close,
}

/// Puts messages together out of bytes as they arrive.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: u8,
    message: BytesMut,
    /// How much of `message` is known to be UTF-8.
    checked: usize,
}

struct Head {
    fin: bool,
    opcode: Opcode,
    mask: [u8; 4],
    header: usize,
    payload: usize,
}

impl Decoder {
    /// Takes the next message off `buffer`; `None` when it is not all there yet. A message, fragments
    /// together, has at most `limit` bytes.
    ///
    /// # Errors
    /// The close code for whoever breaks the protocol or a limit; the connection is then over.
    pub fn next(&mut self, buffer: &mut BytesMut, limit: usize) -> Result<Option<Incoming>, Close> {
        while let Some(head) = read_head(buffer, limit.saturating_sub(self.message.len()))? {
            if buffer.len() < head.header + head.payload {
                return Ok(None);
            }
            buffer.advance(head.header);
            let mut payload = buffer.split_to(head.payload);
            unmask(&mut payload, head.mask);
            if let Some(incoming) = self.take(&head, payload)? {
                return Ok(Some(incoming));
            }
        }
        Ok(None)
    }

    /// How many bytes of an unfinished message are kept: never more than the limit.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.message.len()
    }

    fn take(&mut self, head: &Head, payload: BytesMut) -> Result<Option<Incoming>, Close> {
        match head.opcode {
            Opcode::Ping => return Ok(Some(Incoming::Ping(payload.freeze()))),
            Opcode::Pong => return Ok(Some(Incoming::Pong)),
            Opcode::Close => return check_close(&payload).map(|()| Some(Incoming::Close)),
            Opcode::Binary => return Err(Close::Binary),
            Opcode::Text if self.fragments > 0 => return Err(Close::Protocol),
            Opcode::Continuation if self.fragments == 0 => return Err(Close::Protocol),
            Opcode::Text | Opcode::Continuation => {}
        }
        self.fragments += 1;
        if self.fragments > MAX_FRAGMENTS {
            return Err(Close::TooBig);
        }
        if self.message.is_empty() {
            self.message = payload;
        } else {
            self.message.unsplit(payload);
        }
        if !head.fin {
            return self.check_so_far().map(|()| None);
        }
        (self.fragments, self.checked) = (0, 0);
        let whole = std::mem::take(&mut self.message);
        String::from_utf8(whole.into()).map(|text| Some(Incoming::Text(text))).map_err(|_| Close::NotUtf8)
    }

    /// Fails at the first fragment that no later one can make UTF-8 of. A character may be cut between two.
    fn check_so_far(&mut self) -> Result<(), Close> {
        let unchecked = &self.message[self.checked..];
        self.checked += match std::str::from_utf8(unchecked) {
            Ok(_) => unchecked.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Err(Close::NotUtf8),
        };
        Ok(())
    }
}

/// What a close frame may say: nothing, or a code and a reason (RFC 6455 §5.5.1).
fn check_close(payload: &[u8]) -> Result<(), Close> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(()) } else { Err(Close::Protocol) };
    };
    match u16::from_be_bytes(*code) {
        // Those of §7.4.1 and IANA's registry that may be sent, and those of libraries and applications (§7.4.2).
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Err(Close::Protocol),
    }
    std::str::from_utf8(reason).map(|_| ()).map_err(|_| Close::NotUtf8)
}

/// Reads a frame's header once all of it is there, and refuses what may not follow it.
fn read_head(buffer: &[u8], limit: usize) -> Result<Option<Head>, Close> {
    let [first, second, rest @ ..] = buffer else { return Ok(None) };
    let opcode = opcode(*first)?;
    let fin = first & 0x80 != 0;
    // No extension was agreed on, and a client masks (RFC 6455 §5.1, §5.2).
    if first & 0x70 != 0 || second & 0x80 == 0 {
        return Err(Close::Protocol);
    }
    let (length_bytes, payload) = match (second & 0x7f, rest) {
        (126, [a, b, ..]) => (2, u64::from(u16::from_be_bytes([*a, *b]))),
        (127, [a, b, c, d, e, f, g, h, ..]) => (8, u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h])),
        (126 | 127, _) => return Ok(None),
        (short, _) => (0, u64::from(short)),
    };
    let payload = usize::try_from(payload).map_err(|_| Close::TooBig)?;
    let is_control = matches!(opcode, Opcode::Close | Opcode::Ping | Opcode::Pong);
    if is_control && (!fin || payload > MAX_CONTROL) {
        return Err(Close::Protocol);
    }
    if !is_control && payload > limit {
        return Err(Close::TooBig);
    }
    let header = 2 + length_bytes + 4;
    let Some(mask) = buffer.get(header - 4..header) else { return Ok(None) };
    Ok(Some(Head { fin, opcode, mask: [mask[0], mask[1], mask[2], mask[3]], header, payload }))
}

fn opcode(first: u8) -> Result<Opcode, Close> {
    match first & 0x0f {
        0 => Ok(Opcode::Continuation),
        1 => Ok(Opcode::Text),
        2 => Ok(Opcode::Binary),
        8 => Ok(Opcode::Close),
        9 => Ok(Opcode::Ping),
        10 => Ok(Opcode::Pong),
        _ => Err(Close::Protocol),
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    for chunk in payload.chunks_mut(4) {
        for (byte, key) in chunk.iter_mut().zip(mask) {
            *byte ^= key;
        }
    }
}

#[cfg(test)]
mod tests;
