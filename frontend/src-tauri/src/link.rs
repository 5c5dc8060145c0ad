//! Links from elsewhere: `imtt://conversation/u:7` opens the conversation with user 7, `imtt://conversation/g:5` that of
//! group 5. They say where to look and nothing more. Anybody can make one, on any page, so whatever is not exactly that
//! does nothing, and what it names goes to the page as a key of its own kind.

use crate::window;
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Emitter, Manager, State};
use tauri_plugin_deep_link::DeepLinkExt;
use url::Url;

/// Tells the page that there is one to take.
const CAME: &str = "link";
/// The most digits of an id: all of them are below 2^53.
const DIGITS: usize = 16;

/// The link that the page has not taken yet; a newer one replaces it.
#[derive(Default)]
pub struct Pending(Mutex<Option<String>>);

/// Which conversation the last link named. It is given once: whoever is logged in by then gets it.
#[tauri::command]
pub fn link_take(pending: State<'_, Pending>) -> Option<String> {
    pending.0.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Takes the link that the app was started with, and those that come later.
pub fn follow(app: &AppHandle) {
    if let Ok(Some(links)) = app.deep_link().get_current() {
        receive(app, &links);
    }
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| receive(&handle, &event.urls()));
}

fn receive(app: &AppHandle, links: &[Url]) {
    let Some(key) = links.iter().find_map(key_in) else {
        log::warn!("a link was not understood, and ignored");
        return;
    };
    *app.state::<Pending>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
    window::show(app);
    if let Err(error) = app.emit_to(window::LABEL, CAME, ()) {
        log::warn!("the page was not told of a link: {error}");
    }
}

/// The key of a conversation, as the page's own address has it.
fn key_in(link: &Url) -> Option<String> {
    let bare = link.query().is_none()
        && link.fragment().is_none()
        && link.username().is_empty()
        && link.password().is_none()
        && link.port().is_none();
    if link.scheme() != "imtt" || link.host_str() != Some("conversation") || !bare {
        return None;
    }
    let key = link.path().strip_prefix('/')?;
    let id = key.strip_prefix("u:").or_else(|| key.strip_prefix("g:"))?;
    let good = id.len() <= DIGITS && !id.starts_with('0') && id.parse::<u64>().is_ok_and(|id| id < 1 << 53);
    (good && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(link: &str) -> Option<String> {
        Url::parse(link).ok().as_ref().and_then(key_in)
    }

    #[test]
    fn a_link_names_a_conversation() {
        assert_eq!(key("imtt://conversation/u:7").as_deref(), Some("u:7"));
        assert_eq!(key("imtt://conversation/g:5").as_deref(), Some("g:5"));
        assert_eq!(key("IMTT://conversation/g:12").as_deref(), Some("g:12"));
        assert_eq!(key("imtt://conversation/u:9007199254740991").as_deref(), Some("u:9007199254740991"));
    }

    #[test]
    fn hostile_links_do_nothing() {
        for bad in [
            "",
            "imtt:",
            "imtt://",
            "imtt://conversation",
            "imtt://conversation/",
            "imtt://conversation/u:",
            "imtt://conversation/u:0",
            "imtt://conversation/u:07",
            "imtt://conversation/u:-7",
            "imtt://conversation/u:+7",
            "imtt://conversation/u:7.5",
            "imtt://conversation/u:7e3",
            "imtt://conversation/u:9007199254740992",
            "imtt://conversation/u:99999999999999999999999",
            "imtt://conversation/u:7/",
            "imtt://conversation/x/u:7",
            "imtt://conversation//u:7",
            "imtt://conversation/u:%37",
            "imtt://conversation/u:٧",
            "imtt://conversation/x:7",
            "imtt://conversation/u:7?do=send&text=hi",
            "imtt://conversation/u:7#<script>",
            "imtt://me@conversation/u:7",
            "imtt://conversation:80/u:7",
            "imtt://log-out/u:7",
            "https://conversation/u:7",
            "javascript:alert(1)",
            "file:///etc/passwd",
        ] {
            assert_eq!(key(bad), None, "{bad}");
        }
    }
}
