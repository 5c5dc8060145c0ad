//! The desktop app: a window around the web client's files, and what only a program can do for them: a tray, a keyring,
//! links from elsewhere. It knows nothing of chat.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod again;
mod face;
mod graphics;
mod link;
mod portrait;
mod reach;
mod tokens;
mod tray;
mod window;

use log::LevelFilter;
use tauri::Manager;
use tauri_plugin_window_state::StateFlags;

/// What a start by the system's autostart says: no window yet, only the tray.
const HIDDEN: &str = "--hidden";

fn main() -> tauri::Result<()> {
    graphics::prepare();
    run().or_else(again::unless_left_alone)
}

fn run() -> tauri::Result<()> {
    tauri::Builder::default()
        // First: a second start must end before it has made anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            if !is_hidden(arguments.iter().map(String::as_str)) {
                window::show(app);
            }
        }))
        .plugin(
            tauri_plugin_log::Builder::new()
                .level(LevelFilter::Info)
                // They tell of every call over the session bus.
                .level_for("zbus", LevelFilter::Warn)
                .build(),
        )
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_autostart::Builder::new().arg(HIDDEN).build())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                // Whether it is seen is decided at each start.
                .with_state_flags(StateFlags::all() & !StateFlags::VISIBLE)
                .build(),
        )
        .manage(face::Faces::default())
        .manage(link::Pending::default())
        .invoke_handler(tauri::generate_handler![
            tokens::refresh_token_read,
            tokens::refresh_token_write,
            tokens::refresh_token_clear,
            face::face_set,
            link::link_take,
            portrait::portrait_keep,
            reach::server_reach,
            window::quit,
        ])
        .setup(|app| {
            let handle = app.handle();
            link::follow(handle);
            portrait::forget(handle);
            window::show_when_notified(handle);
            // A desktop without a place for trays is no reason to have no chat.
            if let Err(error) = tray::create(handle) {
                log::warn!("there is no tray: {error}");
            }
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            window::create(handle, is_hidden(arguments.iter().map(String::as_str)))?;
            Ok(())
        })
        .on_window_event(window::happened)
        .run(tauri::generate_context!())
}

fn is_hidden<'a>(mut arguments: impl Iterator<Item = &'a str>) -> bool {
    arguments.any(|argument| argument == HIDDEN)
}

/// The one window, once it is made.
fn main_window(app: &tauri::AppHandle) -> Option<tauri::WebviewWindow> {
    app.get_webview_window(window::LABEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_word_starts_without_a_window() {
        assert!(is_hidden(["im-tt-desktop", "--hidden"].into_iter()));
        for shown in [&["im-tt-desktop"][..], &["im-tt-desktop", "imtt://conversation/u:7"], &["--hidden=no"]]
        {
            assert!(!is_hidden(shown.iter().copied()), "{shown:?}");
        }
    }
}
