//! User names and email addresses: what one may be, and the key by which two that look alike are one. Keys
//! are made here and compared byte by byte in the database, whose own idea of "the same text" differs from
//! engine to engine.

use shared::error::Code;
use unicode_normalization::UnicodeNormalization;

const MAX_USERNAME_CHARS: usize = 50;
const MAX_EMAIL_CHARS: usize = 100;
/// The width of the key columns: NFKC can make one character eighteen.
const MAX_KEY_CHARS: usize = 200;

/// A name or an address as its owner writes it, and what it is kept apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Trimmed.
    pub text: String,
    /// NFKC, lower case, white space as single blanks, without what is not seen.
    pub key: String,
}

/// A user name.
///
/// # Errors
/// `bad_username`: empty, over 50 characters, or with a character that cannot be seen or turns others around,
/// which would let a name pass for another.
pub fn username(text: &str) -> Result<Name, Code> {
    let text = text.trim();
    let key = key_of(text);
    let fits = (1..=MAX_USERNAME_CHARS).contains(&text.chars().count())
        && (1..=MAX_KEY_CHARS).contains(&key.chars().count());
    if !fits || text.chars().any(is_deceptive) {
        return Err(Code::BadUsername);
    }
    Ok(Name { text: text.to_owned(), key })
}

/// An email address: one `@`, a dotted host after it, nothing that needs quoting. Whether anybody reads what
/// is sent there, only sending would tell.
///
/// # Errors
/// `bad_email`.
pub fn email(text: &str) -> Result<Name, Code> {
    let text = text.trim();
    let key = key_of(text);
    let fits = text.chars().count() <= MAX_EMAIL_CHARS && key.chars().count() <= MAX_KEY_CHARS;
    let (local, host) = text.split_once('@').ok_or(Code::BadEmail)?;
    if fits && is_local_part(local) && is_host(host) {
        return Ok(Name { text: text.to_owned(), key });
    }
    Err(Code::BadEmail)
}

/// The key of a text that somebody looks for, whether or not it could be a name.
#[must_use]
pub fn key_of(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).nfkc().filter(|c| !is_joiner(*c)).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The characters of an address's local part that need no quotes (RFC 5322 `atext`), and letters of any
/// script (RFC 6531).
fn is_local_part(local: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    (1..=64).contains(&local.len()) && local.chars().all(is_allowed)
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.contains('.') && host.split('.').all(is_label)
}

/// Not seen, but part of how some scripts and emoji are written: allowed in a name, not in its key.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Controls, what turns the direction of the text, and what shows as nothing at all.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        username(text).unwrap().key
    }

    #[test]
    fn names_that_differ_in_case_or_width_are_one() {
        for same in ["Alice", " alice ", "ALICE", "Ａｌｉｃｅ", "al\u{200d}ice"] {
            assert_eq!(key(same), "alice", "{same:?}");
        }
        assert_eq!(key("Ａ  Ｂ"), key("a\u{a0}b"));
        assert_eq!(key("ﬁ"), "fi");
        assert_ne!(key("😀"), key("😁"));
    }

    #[test]
    fn a_name_has_1_to_50_characters_and_hides_none() {
        for good in ["a", "李雷", "👩‍👩‍👧", &"x".repeat(50), &"é".repeat(50), "O'Brien", "<svg onload=x>"]
        {
            assert_eq!(username(good).unwrap().text, good);
        }
        let bad =
            ["", "  ", "\u{200d}", "a\nb", "a\0b", "\u{202e}ecila", "a\u{200b}b", "\u{3164}", "\u{e0041}a"];
        for bad in bad.into_iter().chain([&*"x".repeat(51), &*"ﷺ".repeat(12)]) {
            assert_eq!(username(bad), Err(Code::BadUsername), "{bad:?}");
        }
    }

    #[test]
    fn an_address_has_one_at_and_a_dotted_host() {
        for good in ["a@b.example", "First.Last+tag@sub.example.org", "李@例子.example"] {
            assert_eq!(email(good).unwrap().text, good);
        }
        assert_eq!(email(" A@B.Example ").unwrap().key, "a@b.example");
        let long = format!("a@{}.example", "b".repeat(63).repeat(2));
        let bad = ["", "a", "@", "a@", "@b.example", "a@b", "a@b..example", "a@-b.example", "a b@c.example"];
        for bad in bad.into_iter().chain(["a@b@c.example", "a@b.example\n.org", "a\r\nb@c.example", &*long]) {
            assert_eq!(email(bad), Err(Code::BadEmail), "{bad:?}");
        }
    }
}
