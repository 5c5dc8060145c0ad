//! A start while the app before it is just ending: that one can neither show its window nor say that it will not.

/// What single instance is called among the plugins.
#[cfg(target_os = "linux")]
const SINGLE_INSTANCE: &str = "single-instance";
/// Set for a start that has begun anew: if that fails too, it is for another reason.
#[cfg(target_os = "linux")]
const AGAIN: &str = "IM_TT_STARTED_AGAIN";

/// Begins anew where the other app went without an answer, since now there is none.
///
/// # Errors
/// The same, where it is about anything else.
#[cfg(target_os = "linux")]
#[allow(clippy::disallowed_methods, reason = "no configuration: a word from this process to itself")]
pub fn unless_left_alone(error: tauri::Error) -> tauri::Result<()> {
    use std::os::unix::process::CommandExt;
    if !is_left_alone(&error) || std::env::var_os(AGAIN).is_some() {
        return Err(error);
    }
    let mut same = std::process::Command::new(std::env::current_exe()?);
    // Returns only if it fails.
    Err(same.args(std::env::args_os().skip(1)).env(AGAIN, "1").exec().into())
}

/// Elsewhere the system itself knows which instances there are.
#[cfg(not(target_os = "linux"))]
pub fn unless_left_alone(error: tauri::Error) -> tauri::Result<()> {
    Err(error)
}

/// Whether there was another app, and it went while it was spoken to.
#[cfg(target_os = "linux")]
fn is_left_alone(error: &tauri::Error) -> bool {
    matches!(error, tauri::Error::PluginInitialization(plugin, _) if plugin == SINGLE_INSTANCE)
}
