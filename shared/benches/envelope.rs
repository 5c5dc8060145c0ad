//! What an envelope costs to write and to read.

use bytes::Bytes;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::ids::{ConversationId, UserId};
use shared::time::Timestamp;

/// An event of a short message, and of the longest.
const SIZES: [usize; 2] = [300, 16 * 1024];

fn main() {
    divan::main();
}

fn envelope(size: usize) -> Envelope {
    let header = Header {
        kind: Kind::Entry,
        change: Change::None,
        members_version: 3,
        seq: 9,
        conversation_id: ConversationId(7),
        at: Timestamp(1_795_334_400_007),
        subject_id: UserId(5),
    };
    Envelope { header, body: Bytes::from(vec![b'a'; size]) }
}

#[divan::bench(args = SIZES)]
fn encode(bencher: Bencher, size: usize) {
    let envelope = envelope(size);
    bencher.counter(BytesCount::new(size)).bench_local(|| black_box(&envelope).encode());
}

#[divan::bench(args = SIZES)]
fn decode(bencher: Bencher, size: usize) {
    let bytes = envelope(size).encode();
    bencher.counter(BytesCount::new(size)).bench_local(|| Envelope::decode(black_box(&bytes)));
}
