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
    /// The client is leaving.
    Close,
}

/// Puts messages together out of bytes as they arrive.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: u8,
    message: BytesMut,
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

    fn take(&mut self, head: &Head, payload: BytesMut) -> Result<Option<Incoming>, Close> {
        match head.opcode {
            Opcode::Ping => return Ok(Some(Incoming::Ping(payload.freeze()))),
            Opcode::Pong => return Ok(Some(Incoming::Pong)),
            Opcode::Close => return Ok(Some(Incoming::Close)),
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
            return Ok(None);
        }
        self.fragments = 0;
        let whole = std::mem::take(&mut self.message);
        String::from_utf8(whole.into()).map(|text| Some(Incoming::Text(text))).map_err(|_| Close::NotUtf8)
    }
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
mod tests {
    use super::*;
    use crate::websocket::encode;
    use bytes::BufMut;
    use proptest::prelude::*;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};
    use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};

    const LIMIT: usize = 64 * 1024;

    /// A client's frame, by another implementation.
    fn frame(opcode: OpCode, is_final: bool, payload: &[u8]) -> Vec<u8> {
        let header = FrameHeader { is_final, opcode, mask: Some([1, 2, 3, 4]), ..FrameHeader::default() };
        let mut out = Vec::new();
        Frame::from_payload(header, payload.to_vec().into()).format(&mut out).unwrap();
        out
    }

    fn all(bytes: &[u8], cut: usize) -> Result<Vec<Incoming>, Close> {
        let (mut decoder, mut buffer, mut got) = (Decoder::default(), BytesMut::new(), Vec::new());
        for part in bytes.chunks(cut.max(1)) {
            buffer.put_slice(part);
            while let Some(incoming) = decoder.next(&mut buffer, LIMIT)? {
                got.push(incoming);
            }
        }
        Ok(got)
    }

    fn text(payload: &str) -> Vec<u8> {
        frame(OpCode::Data(Data::Text), true, payload.as_bytes())
    }

    proptest! {
        #[test]
        fn messages_of_another_implementation_arrive_whole_however_they_are_cut(
            messages in prop::collection::vec(".{0,300}", 1..6), cut in 1usize..400,
        ) {
            let bytes: Vec<u8> = messages.iter().flat_map(|m| text(m)).collect();
            let expected: Vec<Incoming> = messages.into_iter().map(Incoming::Text).collect();
            prop_assert_eq!(all(&bytes, cut), Ok(expected));
        }

        #[test]
        fn no_bytes_make_it_panic_or_keep_more_than_the_limit(
            bytes in prop::collection::vec(any::<u8>(), 0..2000), cut in 1usize..64,
        ) {
            let _ = all(&bytes, cut);
        }

        #[test]
        fn another_implementation_reads_our_frames(payload in prop::collection::vec(any::<u8>(), 0..70_000)) {
            let bytes = encode::text(&payload);
            let mut cursor = std::io::Cursor::new(&bytes[..]);
            let (header, length) = FrameHeader::parse(&mut cursor).unwrap().unwrap();
            prop_assert!(header.is_final && header.mask.is_none());
            prop_assert_eq!(header.opcode, OpCode::Data(Data::Text));
            prop_assert_eq!(length as usize, payload.len());
            prop_assert_eq!(&bytes[cursor.position() as usize..], &payload[..]);
        }
    }

    #[test]
    fn fragments_make_one_message_and_control_frames_pass_between_them() {
        let mut bytes = frame(OpCode::Data(Data::Text), false, "你".as_bytes().split_at(1).0);
        bytes.extend(frame(OpCode::Control(Control::Ping), true, b"now"));
        bytes.extend(frame(OpCode::Data(Data::Continue), true, "你".as_bytes().split_at(1).1));
        let got = all(&bytes, 3).unwrap();
        assert_eq!(got, [Incoming::Ping(Bytes::from_static(b"now")), Incoming::Text("你".to_owned())]);
    }

    #[test]
    fn each_breach_has_its_close_code() {
        let continuation = |fin| frame(OpCode::Data(Data::Continue), fin, b"");
        let unmasked = vec![0x81, 1, b'a'];
        let reserved_bit = vec![0xc1, 0x80, 0, 0, 0, 0];
        let huge = [vec![0x81, 0xff], u64::MAX.to_be_bytes().to_vec(), vec![0; 4]].concat();
        let flood = [frame(OpCode::Data(Data::Text), false, b""), continuation(false).repeat(70)].concat();
        let twice = frame(OpCode::Data(Data::Text), false, b"a").repeat(2);
        let over = [frame(OpCode::Data(Data::Text), false, &[b'a'; LIMIT]), {
            frame(OpCode::Data(Data::Continue), true, b"b")
        }];
        let cases = [
            (unmasked, Close::Protocol),
            (reserved_bit, Close::Protocol),
            (vec![0x83, 0x80, 0, 0, 0, 0], Close::Protocol),
            (continuation(true), Close::Protocol),
            (twice, Close::Protocol),
            (frame(OpCode::Control(Control::Ping), true, &[0; 126]), Close::Protocol),
            (frame(OpCode::Data(Data::Binary), true, b"x"), Close::Binary),
            (frame(OpCode::Data(Data::Text), true, &[0xff]), Close::NotUtf8),
            (text(&"a".repeat(LIMIT + 1)), Close::TooBig),
            (over.concat(), Close::TooBig),
            (huge, Close::TooBig),
            (flood, Close::TooBig),
        ];
        for (bytes, close) in cases {
            assert_eq!(all(&bytes, 1000), Err(close), "{:?}", &bytes[..bytes.len().min(12)]);
        }
    }

    #[test]
    fn a_close_frame_carries_its_code() {
        let bytes = encode::close(Close::Restarting);
        assert_eq!(&bytes[2..4], u16::from(CloseCode::Restart).to_be_bytes());
    }
}
