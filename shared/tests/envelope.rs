//! The envelope's bytes are what the first release wrote: nodes of two releases share a bus while one replaces the
//! other. And bytes from anywhere never make a node panic.
#![allow(clippy::unwrap_used, reason = "a test")]

use bytes::Bytes;
use proptest::prelude::*;
use shared::envelope::{Change, Envelope, Header, Kind, Malformed};
use shared::ids::{ConversationId, UserId};
use shared::time::Timestamp;

/// Every field with a value of its own, as the first release encodes it.
const GOLDEN: [u8; 46] = [
    1, 1, 2, 44, // version, kind: entry, flags: left, header length
    0, 0, 0, 0, 0, 0, 0, 3, // members_version
    0, 0, 0, 0, 0, 0, 1, 2, // seq
    0, 0, 0, 0, 0, 1, 0, 7, // conversation_id
    0, 0, 1, 162, 2, 68, 232, 7, // at
    0, 0, 0, 0, 0, 0, 0, 5, // subject_id
    b'{', b'}',
];

fn golden() -> Envelope {
    let header = Header {
        kind: Kind::Entry,
        change: Change::Left,
        members_version: 3,
        seq: 258,
        conversation_id: ConversationId(65_543),
        at: Timestamp(1_795_334_400_007),
        subject_id: UserId(5),
    };
    Envelope { header, body: Bytes::from_static(b"{}") }
}

#[test]
fn the_bytes_are_those_of_the_first_release() {
    assert_eq!(golden().encode()[..], GOLDEN);
    assert_eq!(Envelope::decode(&Bytes::from_static(&GOLDEN)), Ok(golden()));
}

#[test]
fn every_kind_and_change_has_the_number_of_the_first_release() {
    let kinds = [(Kind::Entry, 1), (Kind::Ephemeral, 2), (Kind::Head, 3), (Kind::Control, 4)];
    let changes = [(Change::None, 0), (Change::Joined, 1), (Change::Left, 2)];
    for (kind, kind_number) in kinds {
        for (change, flags) in changes {
            let mut envelope = golden();
            envelope.header = Header { kind, change, ..envelope.header };
            let bytes = envelope.encode();
            assert_eq!((bytes[1], bytes[2]), (kind_number, flags));
            assert_eq!(Envelope::decode(&bytes), Ok(envelope));
        }
    }
}

/// Two of the eight bits are taken. What a newer release says by the others an older one does not need to know.
#[test]
fn flags_of_a_newer_release_are_passed_over() {
    for newer in [4, 8, 128, 252] {
        let mut bytes = GOLDEN.to_vec();
        bytes[2] |= newer;
        assert_eq!(Envelope::decode(&bytes.into()), Ok(golden()), "{newer}");
    }
}

#[test]
fn a_header_longer_than_the_bytes_is_refused() {
    for length in [0, 43, 47, 255] {
        let mut bytes = GOLDEN.to_vec();
        bytes[3] = length;
        assert_eq!(Envelope::decode(&bytes.into()), Err(Malformed::Short), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic_and_what_is_read_is_written_back(mut bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        // Half of the time as far as the fields.
        if bytes.first().is_some_and(|first| first % 2 == 0) {
            let head = GOLDEN.len().min(4).min(bytes.len());
            bytes[..head].copy_from_slice(&GOLDEN[..head]);
        }
        if let Ok(envelope) = Envelope::decode(&bytes.into()) {
            prop_assert_eq!(Envelope::decode(&envelope.encode()), Ok(envelope));
        }
    }
}
