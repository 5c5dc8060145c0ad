//! A draft: what somebody asked to be sent, checked in shape but not yet in right. Both doors (the socket's
//! `message` and `POST /api/messages/send`) make it here, so they refuse alike.

use crate::error::Code;
use crate::event::SendFields;
use crate::ids::{GroupId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A user: the direct conversation with them, or notes to oneself.
    User(UserId),
    /// A group.
    Group(GroupId),
}

impl Target {
    /// The one that was named.
    ///
    /// # Errors
    /// `no_target`, `two_targets`, or `bad_id` for a number that no row has.
    pub fn one_of(receiver_id: Option<UserId>, group_id: Option<GroupId>) -> Result<Self, Code> {
        match (receiver_id, group_id) {
            (Some(user), None) if user.0 > 0 => Ok(Self::User(user)),
            (None, Some(group)) if group.0 > 0 => Ok(Self::Group(group)),
            (None, None) => Err(Code::NoTarget),
            (Some(_), Some(_)) => Err(Code::TwoTargets),
            _ => Err(Code::BadId),
        }
    }
}

/// The conversation that `sender`'s messages to a target go to, named without asking the database: what the
/// lanes hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationKey {
    /// Two users, the lower id first; twice the same one: notes.
    Pair(UserId, UserId),
    /// A group.
    Group(GroupId),
}

impl ConversationKey {
    /// The conversation between `sender` and `target`.
    #[must_use]
    pub fn of(sender: UserId, target: Target) -> Self {
        match target {
            Target::User(other) => Self::Pair(sender.min(other), sender.max(other)),
            Target::Group(group) => Self::Group(group),
        }
    }
}

/// The kinds of message that people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Text.
    Text,
    /// A picture, named by the content.
    Image,
    /// A file, named by the content.
    File,
}

impl MessageType {
    /// The word in the table and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::File => "file",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Text, Self::Image, Self::File].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A message on its way to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Who sends it.
    pub sender_id: UserId,
    /// Where to.
    pub target: Target,
    /// What is said.
    pub content: String,
    /// Its kind.
    pub message_type: MessageType,
    /// The sender's id for it: a draft without one was given one.
    pub client_message_id: Uuid,
}

impl Draft {
    /// Checks the shape of what `sender_id` asked to be sent; `max_content` is in bytes of UTF-8.
    ///
    /// # Errors
    /// One code a case, as `docs/protocol.md` lists them.
    pub fn check(sender_id: UserId, fields: SendFields, max_content: usize) -> Result<Self, Code> {
        let client_message_id = match fields.client_message_id {
            Some(text) => Uuid::parse_str(&text).map_err(|_| Code::BadClientMessageId)?,
            None => Uuid::now_v7(),
        };
        let target = Target::one_of(fields.receiver_id, fields.group_id)?;
        let message_type = match fields.message_type.as_deref() {
            None => MessageType::Text,
            Some(word) => MessageType::parse(word).ok_or(Code::UnknownMessageType)?,
        };
        if fields.content.is_empty() {
            return Err(Code::ContentEmpty);
        }
        if fields.content.len() > max_content {
            return Err(Code::ContentTooLong);
        }
        Ok(Self { sender_id, target, content: fields.content, message_type, client_message_id })
    }

    /// The conversation it goes to.
    #[must_use]
    pub fn conversation(&self) -> ConversationKey {
        ConversationKey::of(self.sender_id, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> SendFields {
        SendFields { receiver_id: Some(UserId(2)), content: "hi".to_owned(), ..SendFields::default() }
    }

    fn refused(change: impl FnOnce(&mut SendFields)) -> Code {
        let mut fields = fields();
        change(&mut fields);
        Draft::check(UserId(1), fields, 4).unwrap_err()
    }

    #[test]
    fn each_bad_draft_has_its_own_code() {
        assert_eq!(refused(|f| f.receiver_id = None), Code::NoTarget);
        assert_eq!(refused(|f| f.group_id = Some(GroupId(3))), Code::TwoTargets);
        assert_eq!(refused(|f| f.receiver_id = Some(UserId(0))), Code::BadId);
        assert_eq!(refused(|f| f.content.clear()), Code::ContentEmpty);
        assert_eq!(refused(|f| f.content = "12345".to_owned()), Code::ContentTooLong);
        assert_eq!(refused(|f| f.message_type = Some("member_left".to_owned())), Code::UnknownMessageType);
        assert_eq!(refused(|f| f.client_message_id = Some("7".to_owned())), Code::BadClientMessageId);
    }

    #[test]
    fn a_draft_without_an_id_is_given_one_and_both_sides_of_a_pair_share_a_conversation() {
        let draft = Draft::check(UserId(1), fields(), 4).unwrap();
        assert_eq!(draft.client_message_id.get_version_num(), 7);
        assert_eq!(draft.conversation(), ConversationKey::of(UserId(2), Target::User(UserId(1))));
    }
}
