//! Frames from server to client: never masked, never fragmented, encoded once for all that get them.

use super::Opcode;
use bytes::{BufMut, Bytes, BytesMut};
use shared::close::Close;

/// A text frame.
#[must_use]
pub fn text(payload: &[u8]) -> Bytes {
    frame(Opcode::Text, payload)
}

/// A ping without payload.
#[must_use]
pub fn ping() -> Bytes {
    frame(Opcode::Ping, &[])
}

/// The pong that answers a ping: it carries the same payload.
#[must_use]
pub fn pong(payload: &[u8]) -> Bytes {
    frame(Opcode::Pong, payload)
}

/// A close frame with our reason.
#[must_use]
pub fn close(why: Close) -> Bytes {
    let mut payload = BytesMut::with_capacity(2 + why.reason().len());
    payload.put_u16(why.code());
    payload.put_slice(why.reason().as_bytes());
    frame(Opcode::Close, &payload)
}

fn frame(opcode: Opcode, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(10 + payload.len());
    out.put_u8(0x80 | opcode as u8);
    match payload.len() {
        len @ ..=125 => out.put_u8(len as u8),
        len @ ..=0xffff => {
            out.put_u8(126);
            out.put_u16(len as u16);
        }
        len => {
            out.put_u8(127);
            out.put_u64(len as u64);
        }
    }
    out.put_slice(payload);
    out.freeze()
}
