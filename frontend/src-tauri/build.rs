//! Makes the permissions of our own commands, so that the window has only those that its capability names.

/// Everything that the page may ask of us, if its capability says so.
const COMMANDS: &[&str] = &[
    "refresh_token_read",
    "refresh_token_write",
    "refresh_token_clear",
    "face_set",
    "link_take",
    "portrait_keep",
    "server_reach",
    "quit",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The page is inside the binary: other files there are another binary.
    println!("cargo:rerun-if-changed=../src");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
