//! Ends a child when this process is gone, however it went.
//!
//! Drop does not run in a process that is killed, and a parent-death signal follows the thread that spawned, which for
//! a test is over long before the process. So a few lines of shell hold the read end of a pipe whose other end only we
//! have: it closes with us, and then the child is killed and its folder removed.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Arguments: the child's pid or nothing, and the folder to remove after it or nothing. Deaf to the terminal's signals:
/// Ctrl-C ends us, and that is what it waits for. It looks 100 times whether the child is gone, in case nobody reaps
/// it, and whether the folder is, in case others who die at the same time still write there.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
read -r _
tries=100
if [ -n "$1" ]; then
  kill -KILL "$1" 2>/dev/null
  while kill -0 "$1" 2>/dev/null && [ $tries -gt 0 ]; do sleep 0.05; tries=$((tries - 1)); done
fi
[ -n "$2" ] || exit 0
while ! rm -rf "$2" 2>/dev/null && [ $tries -gt 0 ]; do sleep 0.05; tries=$((tries - 1)); done
"#;

/// Stands over one child, or over a folder. Dropping it calls it off, so drop it after the child was reaped and its pid means nothing.
#[derive(Debug)]
pub(crate) struct Guard(Child);

impl Guard {
    /// Watches over `pid`; `folder` is removed after it.
    pub(crate) fn over(pid: u32, folder: Option<&Path>) -> Self {
        Self::post(&pid.to_string(), folder)
    }

    /// Watches over no child, only removes `folder`: for one that several children share, each with its own guard.
    pub(crate) fn over_folder(folder: &Path) -> Self {
        Self::post("", Some(folder))
    }

    fn post(pid: &str, folder: Option<&Path>) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "guard", pid]);
        command.args(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        Self(command.spawn().expect("/bin/sh starts"))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Killing what has ended fails, and then there is nothing left to call off.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
