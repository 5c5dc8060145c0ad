//! The decoder against another implementation's frames, hostile bytes, and each breach by its close code.

mod differential;

use super::*;
use crate::websocket::encode;
use bytes::BufMut;
use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};

const LIMIT: usize = 64 * 1024;

/// A client's longest header.
const HEADER: usize = 14;

/// A client's frame, by another implementation.
fn frame(opcode: OpCode, is_final: bool, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader { is_final, opcode, mask: Some([1, 2, 3, 4]), ..FrameHeader::default() };
    let mut out = Vec::new();
    Frame::from_payload(header, payload.to_vec().into()).format(&mut out).unwrap();
    out
}

/// What comes out of the bytes when they arrive `cut` at a time, and how it ends. At no time is more kept than one message
/// and a frame's header.
fn decode(bytes: &[u8], cut: usize, limit: usize) -> (Vec<Incoming>, Result<(), Close>) {
    let (mut decoder, mut buffer, mut got) = (Decoder::default(), BytesMut::new(), Vec::new());
    for part in bytes.chunks(cut.max(1)) {
        buffer.put_slice(part);
        loop {
            match decoder.next(&mut buffer, limit) {
                Ok(Some(incoming)) => got.push(incoming),
                Ok(None) => break,
                Err(close) => return (got, Err(close)),
            }
        }
        assert!(decoder.kept() <= limit);
        assert!(buffer.len() < HEADER + MAX_CONTROL.max(limit - decoder.kept()));
    }
    (got, Ok(()))
}

fn all(bytes: &[u8], cut: usize) -> Result<Vec<Incoming>, Close> {
    let (got, end) = decode(bytes, cut, LIMIT);
    end.map(|()| got)
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
    fn no_bytes_make_it_panic_or_keep_more_than_the_limit_and_no_cut_changes_what_they_mean(
        bytes in prop::collection::vec(any::<u8>(), 0..2000), cut in 1usize..64, limit in 0usize..300,
    ) {
        prop_assert_eq!(decode(&bytes, cut, limit), decode(&bytes, bytes.len(), limit));
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
fn a_fragment_that_can_be_no_utf8_ends_it_before_the_message_is_whole() {
    let begun = frame(OpCode::Data(Data::Text), false, &"你".as_bytes()[..2]);
    assert_eq!(all(&begun, 1000), Ok(vec![]), "it may go on");
    let wrong = frame(OpCode::Data(Data::Continue), false, b"a");
    assert_eq!(all(&[begun.clone(), wrong].concat(), 1000), Err(Close::NotUtf8));
    let end = frame(OpCode::Data(Data::Continue), true, b"");
    assert_eq!(all(&[begun, end].concat(), 1000), Err(Close::NotUtf8));
}

/// Every goodbye was taken for one, whatever it said.
#[test]
fn a_goodbye_has_a_code_that_may_be_sent_and_a_reason_in_utf8_or_nothing() {
    let goodbye = |payload: &[u8]| all(&frame(OpCode::Control(Control::Close), true, payload), 1000);
    let coded = |code: u16, reason: &[u8]| goodbye(&[&code.to_be_bytes()[..], reason].concat());
    assert_eq!(goodbye(b""), Ok(vec![Incoming::Close]));
    assert_eq!(goodbye(b"a"), Err(Close::Protocol));
    for code in [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 4999] {
        assert_eq!(coded(code, "再见".as_bytes()), Ok(vec![Incoming::Close]), "{code}");
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, u16::MAX] {
        assert_eq!(coded(code, b""), Err(Close::Protocol), "{code}");
    }
    assert_eq!(coded(1000, &[0xc3]), Err(Close::NotUtf8));
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
