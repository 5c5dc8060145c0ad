//! Refresh tokens are derived, not kept: `session ‖ generation ‖ HMAC(session ‖ generation ‖ seed)`. Nothing
//! in the database can be presented as one, an old one is known as ours without a history, and a forged one
//! can end nobody's session. See `docs/adr/0004-refresh-tokens-are-derived.md`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use shared::ids::SessionId;
use subtle::ConstantTimeEq;

const PURPOSE: &[u8] = b"im-tt refresh token, version 1";
const MAC_BYTES: usize = 32;
const TOKEN_BYTES: usize = 16 + MAC_BYTES;

/// Makes and reads refresh tokens. The secret is shared by the nodes of a cluster.
pub struct RefreshTokens {
    /// Under a key derived from the secret, so that the key of access tokens signs nothing else.
    keyed: Hmac<Sha256>,
}

/// What a token claims; nothing is known to be true before [`RefreshTokens::is_authentic`] says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// Of which session.
    pub session_id: SessionId,
    /// Which of its tokens.
    pub generation: i64,
    mac: [u8; MAC_BYTES],
}

impl RefreshTokens {
    /// Tokens under `secret`.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let key = mac(keyed(secret), &[PURPOSE]);
        Self { keyed: keyed(&key) }
    }

    /// The token of a session's generation.
    #[must_use]
    pub fn issue(&self, session_id: SessionId, generation: i64, seed: &[u8]) -> String {
        let mut token = Vec::with_capacity(TOKEN_BYTES);
        token.extend(session_id.0.to_be_bytes());
        token.extend(generation.to_be_bytes());
        token.extend(self.mac_of(session_id, generation, seed));
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Whether this node's secret and the session's seed made the token. Takes the same time either way.
    #[must_use]
    pub fn is_authentic(&self, token: &Presented, seed: &[u8]) -> bool {
        self.mac_of(token.session_id, token.generation, seed).ct_eq(&token.mac).into()
    }

    fn mac_of(&self, session_id: SessionId, generation: i64, seed: &[u8]) -> [u8; MAC_BYTES] {
        mac(self.keyed.clone(), &[b"refresh", &session_id.0.to_be_bytes(), &generation.to_be_bytes(), seed])
    }
}

impl Presented {
    /// Takes a token apart; `None` when it has not the shape of one.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        if bytes.len() != TOKEN_BYTES {
            return None;
        }
        let (session_id, rest) = bytes.split_first_chunk::<8>()?;
        let (generation, rest) = rest.split_first_chunk::<8>()?;
        Some(Self {
            session_id: SessionId(i64::from_be_bytes(*session_id)),
            generation: i64::from_be_bytes(*generation),
            mac: rest.try_into().ok()?,
        })
    }
}

/// At start only: HMAC takes a key of any length, which the library's signature does not say.
#[allow(clippy::expect_used)]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

fn mac(mut keyed: Hmac<Sha256>, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
    for part in parts {
        keyed.update(part);
    }
    keyed.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &[u8] = &[7; 32];

    fn tokens() -> RefreshTokens {
        RefreshTokens::new(b"a secret for tests, of 32 bytes or more")
    }

    #[test]
    fn a_token_is_read_back_and_is_the_same_each_time_it_is_made() {
        let token = tokens().issue(SessionId(9), 3, SEED);
        let presented = Presented::parse(&token).unwrap();
        assert_eq!((presented.session_id, presented.generation), (SessionId(9), 3));
        assert!(tokens().is_authentic(&presented, SEED));
        assert_eq!(token, tokens().issue(SessionId(9), 3, SEED));
    }

    #[test]
    fn nothing_but_secret_seed_session_and_generation_make_a_token() {
        let token = Presented::parse(&tokens().issue(SessionId(9), 3, SEED)).unwrap();
        assert!(!RefreshTokens::new(b"another secret for tests, of 32 bytes").is_authentic(&token, SEED));
        assert!(!tokens().is_authentic(&token, &[8; 32]));
        assert!(!tokens().is_authentic(&Presented { generation: 4, ..token }, SEED));
        assert!(!tokens().is_authentic(&Presented { session_id: SessionId(8), ..token }, SEED));
    }

    #[test]
    fn what_is_not_shaped_like_a_token_is_none() {
        let token = tokens().issue(SessionId(9), 3, SEED);
        for junk in ["", "x", "....", &token[1..], &format!("{token}A"), &token.replace(&token[..1], "+")] {
            assert_eq!(Presented::parse(junk), None, "{junk}");
        }
    }
}
