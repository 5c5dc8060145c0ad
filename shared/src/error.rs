//! Every error code that a client may see, in one table: its stable name, the HTTP status it has in REST
//! answers, and a sentence for a human. `docs/protocol.md` lists them; a test compares.

use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;

macro_rules! codes {
    ($($name:ident $text:literal $status:literal $message:literal),* $(,)?) => {
        /// Why something was refused. Clients decide by the code and show their own words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $(#[doc = $message] $name),* }

        impl Code {
            /// All of them, in the order of the docs.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The status of the REST answer that carries it.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// A sentence in English for whoever debugs; clients translate the code.
            #[must_use]
            pub fn message(self) -> &'static str {
                match self { $(Self::$name => $message),* }
            }
        }
    };
}

codes! {
    BadJson "bad_json" 400 "The body or frame is not the JSON that was expected.",
    BadRequest "bad_request" 400 "A field is missing, unknown, or of the wrong type.",
    UnknownEvent "unknown_event" 400 "There is no event of that type.",
    BadUsername "bad_username" 400 "A user name has 1 to 50 characters, none of them a control character.",
    BadEmail "bad_email" 400 "That is not an email address of at most 100 characters.",
    BadPassword "bad_password" 400 "A password has at least 8 characters and at most 72 bytes.",
    BadAvatar "bad_avatar" 400 "An avatar is an https address or a path of this server, of at most 255 characters.",
    BadStatus "bad_status" 400 "A status is online, away or offline.",
    BadGroupName "bad_group_name" 400 "A group's name has 1 to 100 characters, none of them a control character.",
    BadDescription "bad_description" 400 "A description has at most 2000 characters.",
    NoTarget "no_target" 400 "Name a receiver_id or a group_id.",
    TwoTargets "two_targets" 400 "Name a receiver_id or a group_id, not both.",
    ContentEmpty "content_empty" 400 "The content is empty.",
    ContentTooLong "content_too_long" 400 "The content is longer than this server takes.",
    UnknownMessageType "unknown_message_type" 400 "message_type is text, image or file.",
    BadClientMessageId "bad_client_message_id" 400 "client_message_id is not a UUID.",
    BadId "bad_id" 400 "An id is a whole number above zero.",
    BadCursor "bad_cursor" 400 "Name before_seq or after_seq, not both; limit is 1 to 200.",
    TooMany "too_many" 400 "More was named than one request may name.",
    Unauthorized "unauthorized" 401 "The token is missing, wrong, or no longer valid.",
    WrongCredentials "wrong_credentials" 401 "Email or password is wrong.",
    WrongPassword "wrong_password" 403 "The password is wrong.",
    BadOrigin "bad_origin" 403 "This origin may not connect.",
    Forbidden "forbidden" 403 "A member of your role may not do that.",
    Muted "muted" 403 "You are muted in this group.",
    NotFound "not_found" 404 "There is no such thing, or none that you may see.",
    MethodNotAllowed "method_not_allowed" 405 "This address does not take that method.",
    UsernameTaken "username_taken" 409 "That user name is taken.",
    EmailTaken "email_taken" 409 "That email address is taken.",
    IdReused "id_reused" 409 "client_message_id was used for another message.",
    NotAllowedNow "not_allowed_now" 409 "The state of the group does not allow that.",
    BodyTooLarge "body_too_large" 413 "The body is larger than this server takes.",
    UnsupportedMediaType "unsupported_media_type" 415 "Send JSON, with content-type application/json.",
    TooFast "too_fast" 429 "Too many requests: wait retry_after_ms.",
    Internal "internal" 500 "The server failed; the request id is in its log.",
    Unavailable "unavailable" 503 "The server cannot do this now; send it again with the same id.",
}

/// A code of a newer release is `internal`: refused for good, for a reason that has no word here. Otherwise an older gateway
/// could not read the answers to all the drafts beside that one.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(Self::ALL.iter().copied().find(|code| code.as_str() == text).unwrap_or(Self::Internal))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_code_is_its_name_in_json() {
        for code in Code::ALL {
            let text = format!("\"{}\"", code.as_str());
            assert_eq!(serde_json::to_string(code).unwrap(), text);
            assert_eq!(serde_json::from_str::<Code>(&text).unwrap(), *code);
        }
    }

    #[test]
    fn a_code_of_a_newer_release_is_internal() {
        assert_eq!(serde_json::from_str::<Code>("\"too_philosophical\"").unwrap(), Code::Internal);
        assert!(serde_json::from_str::<Code>("7").is_err());
    }
}
