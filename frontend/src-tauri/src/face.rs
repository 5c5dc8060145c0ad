//! What the page says about itself, for everything around the window: how much is unread, whether notifications are
//! muted, what closing means, and the words for it in the page's language.

use crate::{main_window, tray};
use serde::Deserialize;
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, State};

/// More than this is said as "99+", as on the page.
const COUNTED: u32 = 99;
/// Words of a menu are short; what is longer was not meant for one.
const WORD_MOST: usize = 80;

/// What closing the window does.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// The page asks. Only a page that said so is there to ask.
    Ask,
    /// The app goes on in the tray.
    Hide,
    /// The app ends; also while no page has said anything.
    #[default]
    Quit,
}

/// Of the tray's menu.
#[derive(Clone, Debug, Deserialize)]
pub struct Words {
    pub show: String,
    pub mute: String,
    pub quit: String,
    /// Beside the icon when the mouse rests there.
    pub tooltip: String,
}

/// All of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Face {
    pub unread: u32,
    pub muted: bool,
    pub closing: Closing,
    pub words: Words,
}

/// What closing does, as the page said last.
#[derive(Default)]
pub struct Faces(Mutex<Closing>);

impl Faces {
    pub fn closing(&self) -> Closing {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes it over.
#[tauri::command]
pub fn face_set(app: AppHandle, faces: State<'_, Faces>, face: Face) {
    *faces.0.lock().unwrap_or_else(PoisonError::into_inner) = face.closing;
    if let Some(window) = main_window(&app) {
        // Only some docks have a place for it: the others say so, and miss nothing.
        if let Err(error) = window.set_badge_count((face.unread > 0).then_some(face.unread.into())) {
            log::debug!("no badge: {error}");
        }
    }
    if let Err(error) = tray::update(&app, &face) {
        log::warn!("the tray cannot be changed: {error}");
    }
}

/// The count as it stands beside the icon.
pub fn count(unread: u32) -> Option<String> {
    match unread {
        0 => None,
        1..=COUNTED => Some(unread.to_string()),
        _ => Some(format!("{COUNTED}+")),
    }
}

/// A word that fits a menu: one line, not too long, and without the marks that would underline a letter.
pub fn menu_word(word: &str) -> String {
    let shown = word.chars().filter(|character| !character.is_control()).take(WORD_MOST);
    shown.flat_map(|character| std::iter::repeat_n(character, if character == '&' { 2 } else { 1 })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_nothing_itself_or_more_than_99() {
        assert_eq!(count(0), None);
        assert_eq!(count(1).as_deref(), Some("1"));
        assert_eq!(count(99).as_deref(), Some("99"));
        assert_eq!(count(100).as_deref(), Some("99+"));
        assert_eq!(count(u32::MAX).as_deref(), Some("99+"));
    }

    #[test]
    fn a_word_of_the_menu_is_one_short_line() {
        assert_eq!(menu_word("显示 IM-TT"), "显示 IM-TT");
        assert_eq!(menu_word("a\nb\u{7}"), "ab");
        assert_eq!(menu_word("You & me"), "You && me");
        assert_eq!(menu_word(&"x".repeat(500)).len(), WORD_MOST);
    }

    #[test]
    fn what_the_page_says_is_read_strictly() {
        let words = r#"{"show":"Show","mute":"Mute","quit":"Quit","tooltip":"IM-TT"}"#;
        let said = |unread: &str, closing: &str| {
            let text =
                format!(r#"{{"unread":{unread},"muted":false,"closing":"{closing}","words":{words}}}"#);
            serde_json::from_str::<Face>(&text)
        };
        assert_eq!(said("3", "hide").unwrap().closing, Closing::Hide);
        assert_eq!(said("0", "ask").unwrap().closing, Closing::Ask);
        assert!(said("-1", "hide").is_err());
        assert!(said("1", "explode").is_err());
    }

    #[test]
    fn before_the_page_has_spoken_closing_ends_the_app() {
        assert_eq!(Faces::default().closing(), Closing::Quit);
    }
}
