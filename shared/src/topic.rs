//! Every name on the bus and in the presence store; nothing else builds one. Names carry their partition as
//! a hash tag, so that a Redis Cluster with sharded pub/sub needs no renaming.

use crate::ids::{GroupId, NodeId, UserId};
use crate::lane::mix;
use std::fmt;

/// How many partitions the names are spread over.
pub const PARTITIONS: u64 = 256;

/// A name on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// What concerns one user, on all devices: direct entries, own read cursors, joins and leaves, controls.
    User(UserId),
    /// A group's entries and signals, once for all members.
    Group(GroupId),
    /// A user's presence, for those who watch.
    Presence(UserId),
    /// What one life of a node says to itself, to learn whether it hears.
    Node(NodeId),
}

impl Topic {
    fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "u",
            Self::Group(_) => "g",
            Self::Presence(_) => "p",
            Self::Node(_) => "n",
        }
    }

    /// What places it: the id, or of a node's random name one half.
    fn number(self) -> u64 {
        match self {
            Self::User(id) | Self::Presence(id) => id.0.cast_unsigned(),
            Self::Group(id) => id.0.cast_unsigned(),
            Self::Node(id) => id.0.as_u64_pair().0,
        }
    }

    /// The topic of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split(':').skip(2);
        let (kind, id) = (parts.next()?, parts.next()?);
        let topic = match kind {
            "u" => Self::User(UserId(id.parse().ok()?)),
            "g" => Self::Group(GroupId(id.parse().ok()?)),
            "p" => Self::Presence(UserId(id.parse().ok()?)),
            "n" => Self::Node(NodeId(id.parse().ok()?)),
            _ => return None,
        };
        (topic.to_string() == name).then_some(topic)
    }

    /// Which of `workers` hands this topic's envelopes on: always the same one, so their order holds.
    #[must_use]
    pub fn worker(self, workers: usize) -> usize {
        let hash = mix(mix(u64::from(self.kind().as_bytes()[0])) ^ self.number());
        usize::try_from(hash % workers.max(1) as u64).unwrap_or(0)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "im:{{p{}}}:{}:", mix(self.number()) % PARTITIONS, self.kind())?;
        match self {
            Self::User(id) | Self::Presence(id) => id.fmt(f),
            Self::Group(id) => id.fmt(f),
            Self::Node(id) => id.fmt(f),
        }
    }
}

/// The key of the set of node lives that a user is connected to.
#[must_use]
pub fn online_key(user: UserId) -> String {
    format!("im:{{p{}}}:on:{user}", partition(user.0))
}

/// The key of the lease that a node's life holds.
#[must_use]
pub fn lease_key(node: NodeId) -> String {
    format!("im:{{p{}}}:lease:{node}", node.0.as_u128() % u128::from(PARTITIONS))
}

/// The key of what was done for `key` (an account, an address) under a rate rule.
#[must_use]
pub fn rate_key(rule: &str, key: &str) -> String {
    format!("im:{{p{}}}:rate:{rule}:{key}", partition_of_text(key))
}

/// The key of what nodes keep for each other under a name.
#[must_use]
pub fn shelf_key(name: &str) -> String {
    format!("im:{{p{}}}:shelf:{name}", partition_of_text(name))
}

fn partition_of_text(text: &str) -> u64 {
    text.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte))) % PARTITIONS
}

fn partition(id: i64) -> u64 {
    mix(id.cast_unsigned()) % PARTITIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_read_back_from_its_name_and_nothing_else_is() {
        let node = Topic::Node(NodeId::random());
        for topic in [Topic::User(UserId(7)), Topic::Group(GroupId(42)), Topic::Presence(UserId(7)), node] {
            assert_eq!(Topic::parse(&topic.to_string()), Some(topic));
        }
        for name in ["", "im", "im:{p1}:g:42", "im:{p1}:x:1", "im:{p1}:u:-", "im:{p1}:u:7:8", "im:{p1}:n:7"] {
            assert_eq!(Topic::parse(name), None, "{name}");
        }
    }

    #[test]
    fn the_names_of_a_user_share_a_partition() {
        let topic = Topic::User(UserId(7)).to_string();
        let key = online_key(UserId(7));
        assert_eq!(topic.split(':').nth(1), key.split(':').nth(1));
    }
}
