//! The refresh token between two starts: in the system's keyring, under the server that gave it. Getting and using it
//! is the page's. A system without a keyring says so (`no_keyring`), and the page holds the session while it runs.

use keyring::{Entry, Error};
use url::Url;

/// Under which all are found in the keyring.
const SERVICE: &str = "chat.imtt.desktop";
/// A token has 64 characters. Longer ones may come; a whole page of text will not.
const TOKEN_MOST: usize = 1024;

/// Why it did not work, as the page knows it.
type Refused = &'static str;
const NO_KEYRING: Refused = "no_keyring";
const BAD_TOKEN: Refused = "bad_token";
const BAD_SERVER: Refused = "bad_server";

/// The token of that server, if there is one.
#[tauri::command]
pub async fn refresh_token_read(server: String) -> Result<Option<String>, Refused> {
    with_entry(server, |entry| match entry.get_password() {
        Err(Error::NoEntry) => Ok(None),
        found => found.map(Some),
    })
    .await
}

/// Keeps it, in place of the one before.
#[tauri::command]
pub async fn refresh_token_write(server: String, token: String) -> Result<(), Refused> {
    if !is_token(&token) {
        return Err(BAD_TOKEN);
    }
    with_entry(server, move |entry| entry.set_password(&token)).await
}

/// Forgets it.
#[tauri::command]
pub async fn refresh_token_clear(server: String) -> Result<(), Refused> {
    with_entry(server, |entry| match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        done => done,
    })
    .await
}

/// A keyring may ask its owner to be unlocked, for as long as that takes: never on the window's own thread.
async fn with_entry<T: Send + 'static>(
    server: String,
    run: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, Refused> {
    if !is_server(&server) {
        return Err(BAD_SERVER);
    }
    let done = tauri::async_runtime::spawn_blocking(move || run(&Entry::new(SERVICE, &server)?)).await;
    match done {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            log::warn!("the keyring does not work: {error}");
            Err(NO_KEYRING)
        }
        Err(error) => {
            log::warn!("the keyring was given up on: {error}");
            Err(NO_KEYRING)
        }
    }
}

/// An origin, as the page writes them.
fn is_server(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}

/// What a server gives: base64url.
fn is_token(text: &str) -> bool {
    (1..=TOKEN_MOST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_an_origin() {
        for good in ["https://chat.example.org", "https://chat.example.org:8443", "http://127.0.0.1:8080"] {
            assert!(is_server(good), "{good}");
        }
        for bad in [
            "",
            "chat.example.org",
            "https://chat.example.org/",
            "https://chat.example.org/path",
            "https://me@chat.example.org",
            "https://CHAT.example.org",
            "https://chat.example.org:443",
            "ftp://chat.example.org",
            "file:///etc/passwd",
        ] {
            assert!(!is_server(bad), "{bad}");
        }
    }

    #[test]
    fn a_token_is_a_word_of_some_length() {
        assert!(is_token(&"Az09-_".repeat(10)));
        for bad in ["", "two words", "line\nline", "密码"] {
            assert!(!is_token(bad), "{bad}");
        }
        assert!(!is_token(&"x".repeat(TOKEN_MOST + 1)));
    }
}
