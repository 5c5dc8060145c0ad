//! What Linux says of one process.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;
use std::fs;
use std::time::Duration;

/// `/proc/PID/stat` counts in these, on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// Seconds of CPU that a process has used so far, its own and the kernel's for it, all its threads together and those
/// that have ended; `None` when it is gone. Its CPU clock counts nanoseconds; `/proc` counts hundredths of a second, which
/// are too coarse for a few seconds of a small share, and is asked where there is no such clock.
#[must_use]
pub fn cpu_of(pid: u32) -> Option<f64> {
    clock_of(pid).or_else(|| read_cpu(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?))
}

/// A pid that is no positive number would stand for this process, or for none.
fn clock_of(pid: u32) -> Option<f64> {
    let pid = i32::try_from(pid).ok().filter(|pid| *pid > 0)?;
    let clock = clock_getcpuclockid(Pid::from_raw(pid)).ok()?;
    Some(Duration::from(clock_gettime(clock).ok()?).as_secs_f64())
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

    #[test]
    fn time_is_told_finer_than_in_ticks() {
        let pid = std::process::id();
        let is_between_ticks = |seconds: f64| {
            let ticks = seconds * TICKS_A_SECOND;
            (ticks - ticks.round()).abs() > 1e-6
        };
        assert!((0..10).any(|_| is_between_ticks(cpu_of(pid).unwrap())));
    }

    #[test]
    fn the_clock_and_the_ticks_tell_the_same() {
        let pid = std::process::id();
        let ticks = || read_cpu(&fs::read_to_string(format!("/proc/{pid}/stat")).unwrap()).unwrap();
        let before = ticks();
        while ticks() < before + 5.0 / TICKS_A_SECOND {}
        let (earlier, clock, later) = (ticks(), clock_of(pid).unwrap(), ticks());
        let tick = 2.0 / TICKS_A_SECOND;
        assert!((earlier - tick..=later + tick).contains(&clock), "{earlier} <= {clock} <= {later}");
    }
}
