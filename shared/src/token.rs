//! Access tokens: short-lived JWTs that say who and by which session, and nothing else. The algorithm is
//! fixed; headers that name keys or addresses are never followed (RFC 8725).

use crate::ids::{SessionId, UserId};
use crate::time::{Clock, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an access token lives.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

const ISSUER: &str = "im-tt";
const AUDIENCE: &str = "im-tt";
const TYPE: &str = "access";

/// Makes and reads access tokens. The secret is shared by the nodes of a cluster.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    clock: Clock,
}

/// What a valid token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// Who.
    pub user_id: UserId,
    /// By which log-in.
    pub session_id: SessionId,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The token is no good; which way it is bad is nobody's business but ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It was good.
    #[error("the token has expired")]
    Expired,
    /// It never was.
    #[error("the token is not one of ours")]
    Invalid,
}

#[derive(Serialize, Deserialize)]
struct Body {
    iss: String,
    aud: String,
    typ: String,
    sub: String,
    sid: i64,
    iat: i64,
    exp: i64,
}

impl Tokens {
    /// Tokens under `secret`; whether it is long enough is configuration's to check.
    #[must_use]
    pub fn new(secret: &[u8], clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is checked below, by our clock and without leeway.
        validation.validate_exp = false;
        let (encoding, decoding) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { encoding, decoding, validation, clock }
    }

    /// A token for a session, good for [`ACCESS_TOKEN_LIFE`].
    ///
    /// # Errors
    /// Never for an HMAC key; the library's signature has one.
    pub fn issue(&self, user_id: UserId, session_id: SessionId) -> Result<String, BadToken> {
        let now = self.clock.now();
        let body = Body {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            typ: TYPE.to_owned(),
            sub: user_id.to_string(),
            sid: session_id.0,
            iat: now.seconds(),
            exp: now.plus(ACCESS_TOKEN_LIFE).seconds(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &body, &self.encoding)
            .map_err(|_| BadToken::Invalid)
    }

    /// Reads a token. Whether its session still lives, only the database knows.
    ///
    /// # Errors
    /// [`BadToken`]: expired, or not one of ours in any other way.
    pub fn verify(&self, token: &str) -> Result<Claims, BadToken> {
        let body = jsonwebtoken::decode::<Body>(token, &self.decoding, &self.validation)
            .map_err(|_| BadToken::Invalid)?
            .claims;
        let user_id = body.sub.parse().map_err(|_| BadToken::Invalid)?;
        if body.typ != TYPE {
            return Err(BadToken::Invalid);
        }
        let expires_at = Timestamp(body.exp.saturating_mul(1000));
        if expires_at <= self.clock.now() {
            return Err(BadToken::Expired);
        }
        Ok(Claims { user_id: UserId(user_id), session_id: SessionId(body.sid), expires_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const SECRET: &[u8] = b"a secret for tests, of 32 bytes or more";

    fn tokens(clock: &Clock) -> Tokens {
        Tokens::new(SECRET, clock.clone())
    }

    fn signed(alg: Algorithm, secret: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> String {
        let mut body = serde_json::json!({"iss": "im-tt", "aud": "im-tt", "typ": "access", "sub": "7", "sid": 9,
            "iat": 0, "exp": 900});
        change(&mut body);
        jsonwebtoken::encode(&Header::new(alg), &body, &EncodingKey::from_secret(secret)).unwrap()
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let clock = Clock::manual(Timestamp(0));
        let token = tokens(&clock).issue(UserId(7), SessionId(9)).unwrap();
        let claims = tokens(&clock).verify(&token).unwrap();
        assert_eq!((claims.user_id, claims.session_id), (UserId(7), SessionId(9)));
        clock.advance(ACCESS_TOKEN_LIFE);
        assert_eq!(tokens(&clock).verify(&token), Err(BadToken::Expired));
    }

    #[test]
    fn every_claim_and_the_algorithm_are_checked() {
        let tokens = tokens(&Clock::manual(Timestamp(0)));
        tokens.verify(&signed(Algorithm::HS256, SECRET, |_| ())).unwrap();
        for (claim, wrong) in [("iss", "other"), ("aud", "other"), ("typ", "refresh"), ("sub", "x")] {
            let token = signed(Algorithm::HS256, SECRET, |body| body[claim] = wrong.into());
            assert_eq!(tokens.verify(&token), Err(BadToken::Invalid), "{claim} changed");
        }
        for claim in ["iss", "aud", "typ", "sub", "sid", "exp"] {
            let token = signed(Algorithm::HS256, SECRET, |body| {
                body.as_object_mut().unwrap().remove(claim);
            });
            assert_eq!(tokens.verify(&token), Err(BadToken::Invalid), "{claim} absent");
        }
        assert!(tokens.verify(&signed(Algorithm::HS512, SECRET, |_| ())).is_err());
        assert!(
            tokens.verify(&signed(Algorithm::HS256, b"another secret of some 32 bytes....", |_| ())).is_err()
        );
    }

    #[test]
    fn no_signature_is_no_signature() {
        let tokens = tokens(&Clock::manual(Timestamp(0)));
        let good = signed(Algorithm::HS256, SECRET, |_| ());
        let (head, signature) = good.rsplit_once('.').unwrap();
        let body = head.split_once('.').unwrap().1;
        for alg in ["none", "None", "NONE", "HS256"] {
            let header = URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"{alg}\",\"typ\":\"JWT\"}}"));
            assert!(tokens.verify(&format!("{header}.{body}.")).is_err(), "{alg}");
        }
        let keyed =
            URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","jku":"http://127.0.0.1/","kid":"../../dev/null"}"#);
        assert!(tokens.verify(&format!("{keyed}.{body}.{signature}")).is_err());
        for junk in ["", ".", "..", "a.b.c", &good[..good.len() - 1]] {
            assert!(tokens.verify(junk).is_err(), "{junk}");
        }
    }
}
