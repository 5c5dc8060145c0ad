//! The decoder against another implementation's server, on the same bytes: sound messages, whole and in fragments, with
//! control frames between them, and frames with a fault. Both must see the same messages and end the same way. Where
//! they differ by design is said in [`agree`], and nowhere else.

use super::*;
use std::io::{Cursor, Read, Write};
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// Small, so that generated messages pass it.
const SMALL: usize = 300;

/// RFC 6455 leaves it to IANA, which has it by now; the other implementation does not know it yet.
const BAD_GATEWAY: u16 = 1014;

#[derive(Debug, Clone)]
struct Sent {
    is_final: bool,
    reserved: u8,
    opcode: u8,
    mask: Option<[u8; 4]>,
    payload: Vec<u8>,
}

impl Sent {
    fn new(opcode: u8, is_final: bool, payload: impl Into<Vec<u8>>) -> Self {
        Self { is_final, reserved: 0, opcode, mask: Some([0x5a, 0, 0xff, 0x81]), payload: payload.into() }
    }

    fn bytes(&self) -> Vec<u8> {
        let [rsv1, rsv2, rsv3] = [4, 2, 1].map(|bit| self.reserved & bit != 0);
        let opcode = OpCode::from(self.opcode);
        let header = FrameHeader { is_final: self.is_final, rsv1, rsv2, rsv3, opcode, mask: self.mask };
        let mut out = Vec::new();
        Frame::from_payload(header, Bytes::from(self.payload.clone())).format(&mut out).unwrap();
        out
    }
}

/// How it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The bytes were.
    Open,
    /// The client said goodbye.
    Goodbye,
    /// A breach, with its code.
    Breach(u16),
}

fn ours(bytes: &[u8], cut: usize) -> (Vec<Incoming>, End) {
    let (mut got, end) = decode(bytes, cut, SMALL);
    let goodbye = got.iter().position(|incoming| *incoming == Incoming::Close);
    let end = match (goodbye, end) {
        (Some(at), _) => {
            // Nobody reads on behind it.
            got.truncate(at);
            End::Goodbye
        }
        (None, Ok(())) => End::Open,
        (None, Err(close)) => End::Breach(close.code()),
    };
    (got, end)
}

/// Reads what there is, and takes whatever is written.
struct Stream(Cursor<Vec<u8>>);

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn theirs(bytes: &[u8]) -> (Vec<Incoming>, End) {
    let limits = WebSocketConfig::default()
        .read_buffer_size(1024)
        .max_frame_size(Some(SMALL.max(MAX_CONTROL + 1)))
        .max_message_size(Some(SMALL));
    let mut socket =
        WebSocket::from_raw_socket(Stream(Cursor::new(bytes.to_vec())), Role::Server, Some(limits));
    let mut got = Vec::new();
    loop {
        got.push(match socket.read() {
            Ok(Message::Text(text)) => Incoming::Text(text.to_string()),
            Ok(Message::Ping(payload)) => Incoming::Ping(payload),
            Ok(Message::Pong(_)) => Incoming::Pong,
            // A goodbye with a code that may not be sent comes out as one with this reason, which nobody here sends.
            Ok(Message::Close(Some(said))) if *said.reason == *"Protocol violation" => {
                return (got, End::Breach(said.code.into()));
            }
            Ok(Message::Close(_)) => return (got, End::Goodbye),
            // Ours never gets that far.
            Ok(Message::Binary(_)) => continue,
            Ok(Message::Frame(_)) => unreachable!("nothing raw is read"),
            Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => return (got, End::Open),
            Err(Error::Protocol(_)) => return (got, End::Breach(Close::Protocol.code())),
            Err(Error::Utf8(_)) => return (got, End::Breach(Close::NotUtf8.code())),
            Err(Error::Capacity(_)) => return (got, End::Breach(Close::TooBig.code())),
            Err(other) => panic!("{other}"),
        });
    }
}

/// `cut_short`: the bytes end within a frame.
fn agree(ours: &(Vec<Incoming>, End), theirs: &(Vec<Incoming>, End), cut_short: bool) -> bool {
    const BINARY: End = End::Breach(1003);
    match (ours.1, theirs.1) {
        // A binary message is a breach with us from its first frame on; there it goes on.
        (BINARY, _) => theirs.0.starts_with(&ours.0),
        // We judge a frame by its header, before its payload is there.
        (End::Breach(_), End::Open) => cut_short && ours.0 == theirs.0,
        // Of two faults in one frame either may be told. Which code a single one has, other tests say.
        (End::Breach(_), End::Breach(_)) => ours.0 == theirs.0,
        (a, b) => a == b && ours.0 == theirs.0,
    }
}

/// A message in as many frames as there are parts, with a control frame behind some.
fn message() -> impl Strategy<Value = Vec<Sent>> {
    let part = (".{0,30}", prop::option::weighted(0.3, control()));
    prop::collection::vec(part, 1..5).prop_map(|parts| {
        let last = parts.len() - 1;
        let text: String = parts.iter().map(|(text, _)| text.as_str()).collect();
        let mut rest = text.as_bytes();
        let mut frames = Vec::new();
        for (at, (part, between)) in parts.into_iter().enumerate() {
            // By bytes of a half, so that characters are cut too.
            let (now, later) = rest.split_at(if at == last { rest.len() } else { part.len().div_ceil(2) });
            rest = later;
            frames.push(Sent::new(u8::from(at == 0), at == last, now));
            frames.extend(between);
        }
        frames
    })
}

fn control() -> impl Strategy<Value = Sent> {
    (9u8..=10, prop::collection::vec(any::<u8>(), 0..=125))
        .prop_map(|(opcode, payload)| Sent::new(opcode, true, payload))
}

fn goodbye() -> impl Strategy<Value = Sent> {
    let code = prop_oneof![
        prop::sample::select(vec![0u16, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1011, 1013, 1015, 1016]),
        prop::sample::select(vec![1100u16, 2999, 3000, 4000, 4999, 5000, u16::MAX]),
        any::<u16>(),
    ];
    let reason =
        prop_oneof![".{0,20}".prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..130)];
    prop_oneof![
        Just(Vec::new()),
        any::<u8>().prop_map(|byte| vec![byte]),
        (code, reason).prop_map(|(code, reason)| [&code.to_be_bytes()[..], &reason].concat()),
    ]
    .prop_map(|payload| Sent::new(8, true, payload))
}

fn anything() -> impl Strategy<Value = Sent> {
    let header = (any::<bool>(), 0u8..16, prop::option::weighted(0.9, any::<[u8; 4]>()));
    (header, prop::collection::vec(any::<u8>(), 0..400))
        .prop_map(|((is_final, opcode, mask), payload)| Sent { mask, ..Sent::new(opcode, is_final, payload) })
}

/// A conversation, mostly sound.
fn frames() -> impl Strategy<Value = Vec<Sent>> {
    let some = prop_oneof![
        8 => message(),
        3 => control().prop_map(|frame| vec![frame]),
        1 => goodbye().prop_map(|frame| vec![frame]),
        1 => anything().prop_map(|frame| vec![frame]),
    ];
    prop::collection::vec(some, 1..6).prop_map(|all| all.concat())
}

/// One fault in one frame.
fn faulty(mut frames: Vec<Sent>, at: prop::sample::Index, kind: u8, value: u8) -> Vec<Sent> {
    let frame = at.get_mut(&mut frames);
    match kind {
        0 => frame.is_final = !frame.is_final,
        1 => frame.reserved = value & 7,
        2 => frame.opcode = value & 15,
        3 => frame.mask = None,
        _ => {
            let middle = frame.payload.len() / 2;
            frame.payload.get_mut(middle..).and_then(<[u8]>::first_mut).into_iter().for_each(|b| *b = value);
        }
    }
    frames
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn two_implementations_agree_on_the_same_bytes(
        sound in frames(),
        fault in prop::option::of((any::<prop::sample::Index>(), 0u8..5, any::<u8>())),
        short in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        cut in 1usize..200,
    ) {
        let sent = fault.map_or_else(|| sound.clone(), |(at, kind, value)| faulty(sound.clone(), at, kind, value));
        prop_assume!(!sent.iter().any(|frame| frame.payload.starts_with(&BAD_GATEWAY.to_be_bytes())));
        let mut bytes: Vec<u8> = sent.iter().flat_map(Sent::bytes).collect();
        if let Some(end) = short {
            bytes.truncate(end.index(bytes.len()));
        }
        let (ours, theirs) = (ours(&bytes, cut), theirs(&bytes));
        prop_assert!(agree(&ours, &theirs, short.is_some()), "ours {ours:?}\ntheirs {theirs:?}");
    }
}
