//! What Linux says of the whole machine: how much of it was idle, and what the sockets take.

use std::fs;

const PAGE_KIB: u64 = 4;

/// The CPU time of all cores so far, in ticks.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    idle: u64,
    all: u64,
}

impl Machine {
    /// Now; `None` where Linux does not say.
    #[must_use]
    pub fn now() -> Option<Self> {
        Self::read(&fs::read_to_string("/proc/stat").ok()?)
    }

    /// The share of all cores' time since `earlier` that somebody used.
    #[must_use]
    pub fn busy_since(self, earlier: Self) -> f64 {
        let all = self.all.saturating_sub(earlier.all).max(1) as f64;
        1.0 - self.idle.saturating_sub(earlier.idle) as f64 / all
    }

    /// Idle is what waits for a disk, too.
    fn read(stat: &str) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let ticks: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let idle = ticks.get(3)? + ticks.get(4)?;
        // The last two, guests', are part of the first two.
        Some(Self { idle, all: ticks.iter().take(8).sum() })
    }
}

/// The kernel's memory for sockets of the whole machine, in KiB.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sockets {
    /// What is in the queues of TCP.
    pub queued: u64,
    /// What the kernel keeps for itself: sockets are in there, and all else of its objects.
    pub slab: u64,
}

impl Sockets {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        let read = |file| fs::read_to_string(file).unwrap_or_default();
        Self {
            queued: queued(&read("/proc/net/sockstat")).unwrap_or(0),
            slab: slab(&read("/proc/meminfo")).unwrap_or(0),
        }
    }
}

fn queued(sockstat: &str) -> Option<u64> {
    let line = sockstat.lines().find_map(|line| line.strip_prefix("TCP:"))?;
    let pages: u64 = line.split_whitespace().skip_while(|word| *word != "mem").nth(1)?.parse().ok()?;
    Some(pages * PAGE_KIB)
}

fn slab(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("Slab:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_what_was_not_idle() {
        let before = Machine::read("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 1").unwrap();
        let after = Machine::read("cpu  150 0 150 750 150 0 0 0 0 0").unwrap();
        assert!((after.busy_since(before) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn sockets_are_found_among_the_rest() {
        assert_eq!(
            queued("sockets: used 9\nTCP: inuse 4 orphan 0 tw 1 alloc 6 mem 12\nUDP: inuse 1 mem 3"),
            Some(48)
        );
        assert_eq!(slab("MemTotal: 9 kB\nSlab:      1234 kB\n"), Some(1234));
    }
}
