//! A client's bytes, cut where the input says: nothing panics, no more is kept than one message and a frame's header,
//! and the cuts change nothing of what comes out.
#![no_main]

use bytes::BytesMut;
use gateway::websocket::decode::{Decoder, Incoming};
use libfuzzer_sys::fuzz_target;
use shared::close::Close;

/// A client's longest header, and a control frame's longest payload.
const HEADER: usize = 14;
const MAX_CONTROL: usize = 125;

fuzz_target!(|input: (u16, [u8; 4], &[u8])| {
    let (limit, cuts, bytes) = input;
    let limit = usize::from(limit);
    let cuts = cuts.iter().cycle().map(|cut| usize::from(*cut) + 1);
    let whole = decode(bytes, limit, std::iter::once(bytes.len()));
    assert_eq!(decode(bytes, limit, cuts), whole, "it matters where the bytes are cut");
});

fn decode(
    mut rest: &[u8],
    limit: usize,
    mut cuts: impl Iterator<Item = usize>,
) -> (Vec<Incoming>, Option<Close>) {
    let (mut decoder, mut buffer, mut got) = (Decoder::default(), BytesMut::new(), Vec::new());
    while !rest.is_empty() {
        let (now, later) = rest.split_at(cuts.next().map_or(rest.len(), |cut| cut.min(rest.len())));
        rest = later;
        buffer.extend_from_slice(now);
        loop {
            match decoder.next(&mut buffer, limit) {
                Ok(Some(incoming)) => got.push(incoming),
                Ok(None) => break,
                Err(close) => return (got, Some(close)),
            }
        }
        assert!(decoder.kept() <= limit, "more is kept than one message");
        assert!(buffer.len() < HEADER + MAX_CONTROL.max(limit - decoder.kept()), "more waits than one frame");
    }
    (got, None)
}
