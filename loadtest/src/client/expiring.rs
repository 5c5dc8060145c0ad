//! Tokens that run out sooner than the nodes' own, so that a campaign need not wait for that.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

/// So many seconds after it was made, rounded down.
pub const LIFE: u64 = 3;

/// The same token, signed anew, but for its end; `None` for a token that the secret did not sign.
pub fn expiring(token: &str, secret: &str) -> Option<String> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let mut body = jsonwebtoken::decode::<Value>(token, &key, &validation).ok()?.claims;
    body["exp"] = json!(shared::time::Clock::system().now().seconds() + LIFE as i64);
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &body, &key).ok()
}
