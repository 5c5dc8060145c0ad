//! How one speaks to each peer over a WebSocket: where to connect, how to greet, how a message goes in and comes out, and
//! what else has to be answered. The messages themselves are the same for all.

use crate::load::wire::Opcode;
use serde::{Deserialize, Serialize};

/// A manner of speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Manner {
    /// A message is a frame, and who connects to `/listen` hears them.
    Plain,
    /// Engine.IO 4 and Socket.IO 5 inside, in the default namespace.
    SocketIo,
    /// NATS' own protocol, as a stream of bytes in binary frames.
    Nats,
}

/// What was said on a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// The connection stands, and what is published from now on arrives.
    Ready,
    /// A message.
    Message(&'a [u8]),
    /// This has to be sent.
    Answer(&'static [u8]),
    /// It will not be.
    Trouble(String),
}

const NATS_LISTENS: &[u8] =
    b"CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\nSUB room 1\r\nPING\r\n";
const NATS_PUBLISHES: &[u8] = b"CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\nPING\r\n";
/// What surrounds a message of Socket.IO: a message (4) that is an event (2). It is plain, so nothing is escaped.
const EVENT: (&[u8], &[u8]) = (b"42[\"message\",\"", b"\"]");

impl Manner {
    /// The path of a connection.
    #[must_use]
    pub fn path(self, listens: bool) -> &'static str {
        match self {
            Self::Plain if listens => "/listen",
            Self::Plain | Self::Nats => "/",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// Whether it stands as soon as it is upgraded; otherwise it says so.
    #[must_use]
    pub fn is_ready_at_once(self) -> bool {
        self == Self::Plain
    }

    /// What frames to it are.
    #[must_use]
    pub fn opcode(self) -> Opcode {
        if self == Self::Nats { Opcode::Binary } else { Opcode::Text }
    }

    /// The payload of a frame that publishes this message.
    #[must_use]
    pub fn publish(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain => message.to_vec(),
            Self::SocketIo => [EVENT.0, message, EVENT.1].concat(),
            Self::Nats => [format!("PUB room {}\r\n", message.len()).as_bytes(), message, b"\r\n"].concat(),
        }
    }
}

/// What one connection has heard so far, as far as that matters for what comes next.
#[derive(Debug)]
pub struct Talk {
    manner: Manner,
    listens: bool,
    has_greeted: bool,
    /// Of a stream in frames: what is not whole yet.
    rest: Vec<u8>,
}

impl Talk {
    /// Nothing yet.
    #[must_use]
    pub fn new(manner: Manner, listens: bool) -> Self {
        Self { manner, listens, has_greeted: false, rest: Vec::new() }
    }

    /// Takes the payload of a frame.
    pub fn hear(&mut self, payload: &[u8], mut tell: impl FnMut(Heard<'_>)) {
        match self.manner {
            Manner::Plain => tell(Heard::Message(payload)),
            Manner::SocketIo => tell(socket_io(payload)),
            Manner::Nats if self.rest.is_empty() => {
                let used = self.nats(payload, &mut tell);
                self.rest.extend_from_slice(&payload[used..]);
            }
            Manner::Nats => {
                let mut bytes = std::mem::take(&mut self.rest);
                bytes.extend_from_slice(payload);
                let used = self.nats(&bytes, &mut tell);
                bytes.drain(..used);
                self.rest = bytes;
            }
        }
    }

    /// Takes what is whole; gives back how many bytes that was.
    fn nats(&mut self, bytes: &[u8], tell: &mut impl FnMut(Heard<'_>)) -> usize {
        let mut used = 0;
        while let Some(end) = bytes[used..].iter().position(|byte| *byte == b'\n') {
            let line = bytes[used..used + end].trim_ascii_end();
            let mut after = used + end + 1;
            let verb = line.split(|byte| *byte == b' ').next().unwrap_or_default();
            match verb {
                b"MSG" => {
                    let Some(length) = last_number(line) else {
                        tell(trouble(line));
                        return bytes.len();
                    };
                    let Some(message) = bytes.get(after..after + length + 2) else { return used };
                    tell(Heard::Message(&message[..length]));
                    after += length + 2;
                }
                b"INFO" if !self.has_greeted => {
                    self.has_greeted = true;
                    tell(Heard::Answer(if self.listens { NATS_LISTENS } else { NATS_PUBLISHES }));
                }
                b"PING" => tell(Heard::Answer(b"PONG\r\n")),
                b"PONG" => tell(Heard::Ready),
                b"INFO" | b"+OK" => {}
                _ => tell(trouble(line)),
            }
            used = after;
        }
        used
    }
}

fn socket_io(payload: &[u8]) -> Heard<'_> {
    if let Some(message) = payload.strip_prefix(EVENT.0).and_then(|rest| rest.strip_suffix(EVENT.1)) {
        return Heard::Message(message);
    }
    match payload {
        // Engine.IO is open: now the namespace.
        [b'0', b'{', ..] => Heard::Answer(b"40"),
        [b'4', b'0', ..] => Heard::Ready,
        b"2" => Heard::Answer(b"3"),
        _ => trouble(payload),
    }
}

fn trouble(what: &[u8]) -> Heard<'static> {
    let what = &what[..what.len().min(100)];
    Heard::Trouble(format!("it says: {}", String::from_utf8_lossy(what)))
}

fn last_number(line: &[u8]) -> Option<usize> {
    std::str::from_utf8(line.rsplit(|byte| *byte == b' ').next()?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is told of these frames, in a form that outlives them.
    fn told(talk: &mut Talk, frames: &[&[u8]]) -> Vec<String> {
        let mut told = Vec::new();
        for frame in frames {
            talk.hear(frame, |heard| {
                told.push(match heard {
                    Heard::Message(message) => format!("message {}", String::from_utf8_lossy(message)),
                    Heard::Answer(answer) => format!("answer {}", String::from_utf8_lossy(answer)),
                    other => format!("{other:?}"),
                });
            });
        }
        told
    }

    #[test]
    fn a_plain_frame_is_a_message() {
        assert_eq!(told(&mut Talk::new(Manner::Plain, true), &[b"7 x", b"8"]), ["message 7 x", "message 8"]);
    }

    #[test]
    fn socket_io_is_greeted_kept_alive_and_unwrapped() {
        let frames: [&[u8]; 5] = [
            b"0{\"sid\":\"a\"}",
            b"40{\"sid\":\"b\"}",
            b"2",
            b"42[\"message\",\"7 x\"]",
            b"44{\"message\":\"no\"}",
        ];
        let wanted = [
            "answer 40",
            "Ready",
            "answer 3",
            "message 7 x",
            "Trouble(\"it says: 44{\\\"message\\\":\\\"no\\\"}\")",
        ];
        assert_eq!(told(&mut Talk::new(Manner::SocketIo, true), &frames), wanted);
        let published = Manner::SocketIo.publish(b"7 x");
        assert_eq!(socket_io(&published), Heard::Message(b"7 x"));
    }

    const STREAM: &[u8] =
        b"INFO {\"a\":1}\r\nPONG\r\nMSG room 1 4\r\na\r\nb\r\nPING\r\nINFO {}\r\nMSG room 1 0\r\n\r\n";

    #[test]
    fn nats_is_a_stream_however_it_is_cut_into_frames() {
        let greeting = format!("answer {}", String::from_utf8_lossy(NATS_LISTENS));
        let wanted = [greeting.as_str(), "Ready", "message a\r\nb", "answer PONG\r\n", "message "];
        assert_eq!(told(&mut Talk::new(Manner::Nats, true), &[STREAM]), wanted);
        for length in 1..STREAM.len() {
            let frames: Vec<&[u8]> = STREAM.chunks(length).collect();
            assert_eq!(told(&mut Talk::new(Manner::Nats, true), &frames), wanted, "in pieces of {length}");
        }
    }

    #[test]
    fn a_publisher_to_nats_listens_to_nothing_and_an_error_is_trouble() {
        let told = told(&mut Talk::new(Manner::Nats, false), &[b"INFO {}\r\n-ERR 'no'\r\nMSG room 1 x\r\n"]);
        assert!(
            !told[0].contains("SUB") && told[1].contains("-ERR 'no'") && told[2].contains("MSG"),
            "{told:?}"
        );
        assert_eq!(Manner::Nats.publish(b"abc"), b"PUB room 3\r\nabc\r\n");
    }
}
