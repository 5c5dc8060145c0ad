//! The icon beside the clock: how much is unread, and a menu to show the window, to mute notifications, to quit.

use crate::face::{Face, count, menu_word};
use crate::window;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Emitter, Manager, Wry, include_image};

const ID: &str = "main";
const QUIET: Image<'_> = include_image!("./icons/tray.png");
const UNREAD: Image<'_> = include_image!("./icons/tray-unread.png");
/// Tells the page that somebody chose to mute, or to hear again.
const MUTE: &str = "mute";

/// What of it changes.
struct Tray {
    icon: TrayIcon,
    show: MenuItem<Wry>,
    mute: CheckMenuItem<Wry>,
    quit: MenuItem<Wry>,
}

/// Makes it, in English until the page says its words.
///
/// # Errors
/// Where the system has none.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let show = MenuItem::with_id(app, "show", "Show IM-TT", true, None::<&str>)?;
    let mute = CheckMenuItem::with_id(app, "mute", "Mute notifications", true, false, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&show, &mute, &PredefinedMenuItem::separator(app)?, &quit])?;
    let icon = TrayIconBuilder::with_id(ID)
        .icon(QUIET)
        .tooltip("IM-TT")
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_menu_event(chosen)
        .on_tray_icon_event(pressed)
        .build(app)?;
    app.manage(Tray { icon, show, mute, quit });
    Ok(())
}

/// Shows what the page said.
///
/// # Errors
/// Where the system takes it no more.
pub fn update(app: &AppHandle, face: &Face) -> tauri::Result<()> {
    let Some(tray) = app.try_state::<Tray>() else { return Ok(()) };
    tray.show.set_text(menu_word(&face.words.show))?;
    tray.mute.set_text(menu_word(&face.words.mute))?;
    tray.mute.set_checked(face.muted)?;
    tray.quit.set_text(menu_word(&face.words.quit))?;
    tray.icon.set_icon(Some(if face.unread > 0 { UNREAD } else { QUIET }))?;
    tray.icon.set_title(Some(count(face.unread).unwrap_or_default()))?;
    tray.icon.set_tooltip(Some(&face.words.tooltip))
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        "show" => window::show(app),
        "mute" => {
            if let Err(error) = app.emit_to(window::LABEL, MUTE, ()) {
                log::warn!("the page was not told to mute: {error}");
            }
        }
        "quit" => app.exit(0),
        _ => {}
    }
}

/// Only where the system reports it: on Linux a press opens the menu.
fn pressed(tray: &TrayIcon, event: TrayIconEvent) {
    if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event
    {
        window::show(tray.app_handle());
    }
}
