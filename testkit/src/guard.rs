//! Ends a child when this process is gone, however it went.
//!
//! Drop does not run in a process that is killed, and a parent-death signal follows the thread that spawned, which for
//! a test is over long before the process. So a few lines of shell hold the read end of a pipe whose other end only we
//! have: it closes with us, and then the child is killed and its folder removed.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Arguments: the child's pid, and the folder to remove after it or nothing. Deaf to the terminal's signals: Ctrl-C
/// ends us, and that is what it waits for. It looks 100 times whether the child is gone, in case nobody reaps it.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
read -r _
kill -KILL "$1" 2>/dev/null
tries=100
while kill -0 "$1" 2>/dev/null && [ $tries -gt 0 ]; do sleep 0.05; tries=$((tries - 1)); done
[ -z "$2" ] || rm -rf "$2"
"#;

/// Stands over one child. Dropping it calls it off, so drop it after the child was reaped and its pid means nothing.
#[derive(Debug)]
pub(crate) struct Guard(Child);

impl Guard {
    /// Watches over `pid`; `folder` is removed after it.
    pub(crate) fn over(pid: u32, folder: Option<&Path>) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "guard", &pid.to_string()]);
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
