//! The one window: what it may show, when it is seen, and what closing it does.

use crate::face::{Closing, Faces};
use crate::main_window;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, CloseRequestApi, Emitter, Manager, Url, WebviewWindowBuilder, Window, WindowEvent};
use tauri_plugin_notification::NotificationExt;

/// Its name, in the configuration and in the capability.
pub const LABEL: &str = "main";
/// Tells the page to ask what closing means.
const ASKED: &str = "close";

/// Makes it. It is seen once its page is there, so that nobody looks at an empty one; or not yet at all.
///
/// # Errors
/// Where the system has no windows to give.
pub fn create(app: &AppHandle, hidden: bool) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.iter().find(|window| window.label == LABEL) else {
        return Err(tauri::Error::WindowNotFound);
    };
    let waiting = AtomicBool::new(!hidden);
    WebviewWindowBuilder::from_config(app, config)?
        // Whatever a page, a message or a mistake would lead to: nothing but our own files is ever shown here.
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                log::warn!("the title cannot be changed: {error}");
            }
        })
        .on_page_load(move |window, load| {
            if load.event() == PageLoadEvent::Finished && waiting.swap(false, Ordering::SeqCst) {
                show(window.app_handle());
            }
        })
        .build()?;
    Ok(())
}

/// Brings it before its owner, wherever it is.
pub fn show(app: &AppHandle) {
    let Some(window) = main_window(app) else { return };
    for step in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = step {
            log::warn!("the window cannot be shown: {error}");
        }
    }
}

/// A notification that was pressed shows it; the page opens the conversation.
pub fn show_when_notified(app: &AppHandle) {
    let handle = app.clone();
    if let Err(error) = app.notification().on_action(move |_| show(&handle)) {
        log::warn!("notifications cannot be pressed: {error}");
    }
}

/// What follows from what somebody does with it.
pub fn happened(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => closing(window, api),
        WindowEvent::Focused(true) => noticed(window),
        _ => {}
    }
}

/// It flashed in the taskbar until now, maybe: not every system ends that by itself.
fn noticed(window: &Window) {
    if let Err(error) = window.request_user_attention(None) {
        log::warn!("the taskbar goes on flashing: {error}");
    }
}

/// Closing it does what its owner chose.
fn closing(window: &Window, api: &CloseRequestApi) {
    let done = match window.state::<Faces>().closing() {
        Closing::Quit => return,
        Closing::Hide => window.hide(),
        Closing::Ask => window.emit(ASKED, ()),
    };
    match done {
        Ok(()) => api.prevent_close(),
        Err(error) => log::warn!("the window closes, since it cannot do anything else: {error}"),
    }
}

/// Ends the app.
#[tauri::command]
pub fn quit(app: AppHandle) {
    app.exit(0);
}

/// Our own files, and in development the CLI's server of them.
fn is_own(url: &Url) -> bool {
    let of_app = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    };
    of_app || (cfg!(debug_assertions) && is_development(url))
}

fn is_development(url: &Url) -> bool {
    url.scheme() == "http" && url.host_str() == Some("127.0.0.1") && url.port() == Some(1430)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_shows_our_own_files_and_nothing_else() {
        let own = |text: &str| is_own(&Url::parse(text).unwrap());
        assert!(own("tauri://localhost"));
        assert!(own("tauri://localhost/index.html#u:7"));
        assert!(own("http://tauri.localhost/"));
        for bad in [
            "https://evil.example",
            "tauri://evil",
            "https://tauri.localhost.evil.example",
            "http://tauri.localhost:8080",
            "http://127.0.0.1:8080",
            "file:///etc/passwd",
            "data:text/html,hi",
            "about:blank",
            "blob:tauri://localhost/1",
        ] {
            assert!(!own(bad), "{bad}");
        }
    }
}
