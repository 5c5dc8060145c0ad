//! Whom a message is for: on the wire either `receiver_id` or `group_id`.

use serde_json::{Value, json};

use super::Person;

/// A person or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The user with this id.
    User(i64),
    /// The group with this id.
    Group(i64),
}

/// A group, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group(pub i64);

impl Target {
    /// `receiver_id=7` or `group_id=7`, as the query of a call.
    #[must_use]
    pub fn query(self) -> String {
        match self {
            Self::User(id) => format!("receiver_id={id}"),
            Self::Group(id) => format!("group_id={id}"),
        }
    }

    /// Adds the field that names this target to a body or an event.
    pub(super) fn name_in(self, body: &mut Value) {
        match self {
            Self::User(id) => body["receiver_id"] = json!(id),
            Self::Group(id) => body["group_id"] = json!(id),
        }
    }
}

impl From<&Person> for Target {
    fn from(person: &Person) -> Self {
        Self::User(person.id)
    }
}

impl From<Group> for Target {
    fn from(group: Group) -> Self {
        Self::Group(group.0)
    }
}

impl From<&Group> for Target {
    fn from(group: &Group) -> Self {
        Self::Group(group.0)
    }
}
