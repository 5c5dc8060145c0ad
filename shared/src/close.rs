//! Why a gateway closes a connection: one table for server, clients and docs. 4000–4499 mean "come back",
//! 4500–4999 "do not"; the others are RFC 6455 §7.4.1's.

macro_rules! closes {
    ($($name:ident $code:literal $reason:literal),* $(,)?) => {
        /// The reason for a close, as the close frame carries it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Close { $(#[doc = $reason] $name),* }

        impl Close {
            /// All of them, in the order of the docs.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The number in the close frame.
            #[must_use]
            pub fn code(self) -> u16 {
                match self { $(Self::$name => $code),* }
            }

            /// The text in the close frame: for humans and logs, at most 123 bytes.
            #[must_use]
            pub fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason),* }
            }
        }
    };
}

closes! {
    Normal 1000 "closed by the client",
    Protocol 1002 "not the WebSocket protocol",
    Binary 1003 "binary frames are not taken",
    NotUtf8 1007 "text is not UTF-8",
    TooBig 1009 "frame too big",
    Internal 1011 "the gateway failed",
    Restarting 1012 "restarting: come back",
    TokenExpired 4401 "token expired: refresh it first",
    AuthTimeout 4402 "no token in time",
    SilentTooLong 4407 "no answer to pings",
    Slow 4408 "too slow to take what was sent",
    Unavailable 4409 "cannot attach now: come back",
    Flooding 4429 "flooding",
    BadToken 4501 "bad token",
    SessionEnded 4502 "session ended",
    AccountClosed 4503 "account closed",
    Replaced 4504 "too many connections of this user: the oldest gives way",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_fits_a_close_frame_and_every_code_is_its_own() {
        let mut seen = std::collections::HashSet::new();
        for close in Close::ALL {
            assert!(close.reason().len() <= 123);
            assert!(seen.insert(close.code()), "{} twice", close.code());
        }
    }
}
