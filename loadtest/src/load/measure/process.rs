//! What Linux says of one process.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::fs;

/// `/proc/PID/stat` counts in these, on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// Seconds of CPU that a process has used so far, its own and the kernel's for it; `None` when it is gone.
#[must_use]
pub fn cpu_of(pid: u32) -> Option<f64> {
    read_cpu(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// KiB of memory that a process holds; `None` when it is gone.
#[must_use]
pub fn rss_of(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Raises this process's limit of open files to the highest that it may have, and gives that back. Its children have the
/// same; by default it is 1024 on many machines.
#[must_use]
pub fn raise_open_files() -> usize {
    let Ok((now, most)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 1024 };
    let allowed = setrlimit(Resource::RLIMIT_NOFILE, most, most).map_or(now, |()| most);
    usize::try_from(allowed).unwrap_or(usize::MAX)
}

/// The program's name may hold blanks and brackets: it is counted from the last bracket on.
fn read_cpu(stat: &str) -> Option<f64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |nth: usize| fields.get(nth)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_A_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_added_whatever_the_program_is_called() {
        let stat = "77 (a ) name) S 1 77 77 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 4 0 100 1 1";
        assert_eq!(read_cpu(stat), Some(3.0));
        assert_eq!(read_cpu("77 (cut"), None);
    }

    #[test]
    fn this_process_has_memory_and_time() {
        let pid = std::process::id();
        assert!(rss_of(pid).unwrap() > 0);
        assert!(cpu_of(pid).is_some());
        assert_eq!(cpu_of(u32::MAX), None);
    }
}
