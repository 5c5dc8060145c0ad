//! The WebSocket protocol (RFC 6455), server side: the handshake's answer and the frames. Ours, because one
//! encoded frame then serves every socket and an idle connection costs about a kilobyte. No extensions.

pub mod decode;
pub mod encode;
pub mod handshake;

/// What kind of frame (RFC 6455 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}
