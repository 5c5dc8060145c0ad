//! What has to be set before the first window.

/// WebKitGTK shows an empty window on many NVIDIA drivers when it shares buffers with them; without that it is a little
/// slower, and there. Where nothing but the processor draws there is nobody to share with, and it costs some 90 MB of 340.
/// Who has set the variable knows better.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, clippy::disallowed_methods, reason = "no configuration of ours: it is WebKitGTK's")]
pub fn prepare() {
    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let root = std::path::Path::new("/");
    if std::env::var_os(VARIABLE).is_none() && (has_nvidia(root) || !has_gpu(root)) {
        // SAFETY: this is main's first line: no other thread reads or writes the environment.
        unsafe { std::env::set_var(VARIABLE, "1") };
    }
}

#[cfg(not(target_os = "linux"))]
pub fn prepare() {}

/// Whether NVIDIA's own driver is loaded. The free one has no such trouble.
#[cfg(target_os = "linux")]
fn has_nvidia(root: &std::path::Path) -> bool {
    ["proc/driver/nvidia/version", "sys/module/nvidia"].iter().any(|path| root.join(path).exists())
}

/// Whether there is a device that draws.
#[cfg(target_os = "linux")]
fn has_gpu(root: &std::path::Path) -> bool {
    let devices = std::fs::read_dir(root.join("dev/dri")).into_iter().flatten().flatten();
    devices.map(|device| device.file_name()).any(|name| name.as_encoded_bytes().starts_with(b"renderD"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_driver_is_seen_where_the_kernel_shows_it() {
        let root = std::env::temp_dir().join(format!("imtt-graphics-{}", std::process::id()));
        fs::create_dir_all(root.join("sys/module/nouveau")).unwrap();
        assert!(!has_nvidia(&root));
        fs::create_dir_all(root.join("sys/module/nvidia")).unwrap();
        assert!(has_nvidia(&root));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_screen_alone_draws_nothing() {
        let root = std::env::temp_dir().join(format!("imtt-devices-{}", std::process::id()));
        assert!(!has_gpu(&root));
        fs::create_dir_all(root.join("dev/dri")).unwrap();
        fs::write(root.join("dev/dri/card0"), "").unwrap();
        assert!(!has_gpu(&root));
        fs::write(root.join("dev/dri/renderD128"), "").unwrap();
        assert!(has_gpu(&root));
        fs::remove_dir_all(root).unwrap();
    }
}
