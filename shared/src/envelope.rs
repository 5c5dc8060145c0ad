//! What crosses the bus: a small binary header that a gateway decides by, and the client's JSON, ready to
//! send. A gateway parses no JSON to deliver an entry, and one buffer serves every socket.
//!
//! ```text
//! 0 version · 1 kind · 2 flags · 3 header length · 4 members_version · 12 seq · 20 conversation_id
//! 28 time, ms · 36 subject_id · header length: body            (numbers are 64-bit, big-endian)
//! ```
//! A newer version only adds, so it is read like this one: what it says in flags that have no meaning yet, or in a header
//! that is longer (the body starts where byte 3 says), is passed over. A layout that this one could not read would be no
//! version of it: it would go over topics of its own.

use crate::ids::{ConversationId, Seq, UserId};
use crate::time::Timestamp;
use bytes::{BufMut, Bytes, BytesMut};

const VERSION: u8 = 1;
const HEADER: usize = 44;

/// What an envelope holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// An entry of a conversation; the body is its `message` event.
    Entry = 1,
    /// Something that may be lost: the body is a `typing`, `read` or `presence` event.
    Ephemeral = 2,
    /// Only "the log has come to `seq`": no body. Sent when the entry itself could not be published.
    Head = 3,
    /// From node to node: the body is a `Control`.
    Control = 4,
}

impl Kind {
    fn parse(byte: u8) -> Option<Self> {
        [Self::Entry, Self::Ephemeral, Self::Head, Self::Control].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// What an entry does to the members of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Nothing.
    None,
    /// `subject_id` joined with this entry.
    Joined,
    /// `subject_id` left with this entry.
    Left,
}

/// The header: all that a gateway needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What the body is.
    pub kind: Kind,
    /// What it does to the members.
    pub change: Change,
    /// How often the group's members had changed when the entry was written; 0 in direct conversations.
    pub members_version: i64,
    /// The entry's place; 0 for what is no entry.
    pub seq: Seq,
    /// Where; 0 for what belongs to no conversation.
    pub conversation_id: ConversationId,
    /// When it was committed, or for what is told again when that was; for what is no entry, when it was published.
    /// How long deliveries take is measured from it.
    pub at: Timestamp,
    /// Who it is about: who joined or left; otherwise who wrote, typed, read or is present.
    pub subject_id: UserId,
}

/// One unit on the bus. Cloning shares the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// All that a gateway needs to know.
    pub header: Header,
    /// JSON, ready to send.
    pub body: Bytes,
}

/// Why bytes are no envelope. The gateway counts it and goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Shorter than its own header says.
    #[error("the envelope is cut short")]
    Short,
    /// A layout from before ours.
    #[error("the envelope has version {0}")]
    Version(u8),
    /// A newer kind, to be passed over.
    #[error("the envelope has the unknown kind {0}")]
    Kind(u8),
}

impl Envelope {
    /// What is no entry and belongs to no conversation: a word about a user, said at a time.
    #[must_use]
    pub fn about(subject_id: UserId, kind: Kind, at: Timestamp, body: Bytes) -> Self {
        let (change, conversation_id) = (Change::None, ConversationId(0));
        let header = Header { kind, change, members_version: 0, seq: 0, conversation_id, at, subject_id };
        Self { header, body }
    }

    /// The bytes for the bus.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let h = &self.header;
        let mut out = BytesMut::with_capacity(HEADER + self.body.len());
        out.put_slice(&[VERSION, h.kind as u8, flags(h.change), HEADER as u8]);
        out.put_i64(h.members_version);
        out.put_i64(h.seq);
        out.put_i64(h.conversation_id.0);
        out.put_i64(h.at.0);
        out.put_i64(h.subject_id.0);
        out.put_slice(&self.body);
        out.freeze()
    }

    /// Reads the bytes of the bus; the body shares their buffer.
    ///
    /// # Errors
    /// [`Malformed`], for bytes that are cut short, of no version, or of a kind that is not known here.
    pub fn decode(bytes: &Bytes) -> Result<Self, Malformed> {
        let head = bytes.first_chunk::<HEADER>().ok_or(Malformed::Short)?;
        if head[0] < VERSION {
            return Err(Malformed::Version(head[0]));
        }
        let kind = Kind::parse(head[1]).ok_or(Malformed::Kind(head[1]))?;
        let start = usize::from(head[3]);
        if start < HEADER || bytes.len() < start {
            return Err(Malformed::Short);
        }
        let header = Header {
            kind,
            change: change(head[2]),
            members_version: number(head, 4),
            seq: number(head, 12),
            conversation_id: ConversationId(number(head, 20)),
            at: Timestamp(number(head, 28)),
            subject_id: UserId(number(head, 36)),
        };
        Ok(Self { header, body: bytes.slice(start..) })
    }
}

fn flags(change: Change) -> u8 {
    match change {
        Change::None => 0,
        Change::Joined => 1,
        Change::Left => 2,
    }
}

fn change(flags: u8) -> Change {
    match flags & 3 {
        1 => Change::Joined,
        2 => Change::Left,
        _ => Change::None,
    }
}

fn number(head: &[u8; HEADER], at: usize) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&head[at..at + 8]);
    i64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope() -> Envelope {
        let header = Header {
            kind: Kind::Entry,
            change: Change::Left,
            members_version: 3,
            seq: 9,
            conversation_id: ConversationId(7),
            at: Timestamp(1_795_334_400_007),
            subject_id: UserId(5),
        };
        Envelope { header, body: Bytes::from_static(b"{\"event_type\":\"message\"}") }
    }

    #[test]
    fn an_envelope_survives_the_bus() {
        assert_eq!(Envelope::decode(&envelope().encode()), Ok(envelope()));
    }

    #[test]
    fn every_cut_is_refused_and_none_panics() {
        let bytes = envelope().encode();
        for cut in 0..HEADER {
            assert_eq!(Envelope::decode(&bytes.slice(..cut)), Err(Malformed::Short));
        }
    }

    #[test]
    fn a_newer_version_with_a_longer_header_is_read_as_this_one() {
        let mut bytes = envelope().encode().to_vec();
        bytes.splice(HEADER..HEADER, [1, 2, 3, 4]);
        (bytes[0], bytes[3]) = (VERSION + 1, bytes[3] + 4);
        assert_eq!(Envelope::decode(&bytes.into()), Ok(envelope()));
    }

    #[test]
    fn what_is_not_known_is_named() {
        let mut bytes = envelope().encode().to_vec();
        bytes[1] = 77;
        assert_eq!(Envelope::decode(&bytes.clone().into()), Err(Malformed::Kind(77)));
        bytes[0] = 0;
        assert_eq!(Envelope::decode(&bytes.into()), Err(Malformed::Version(0)));
    }
}
