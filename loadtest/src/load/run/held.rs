//! Memory: what the processes and the kernel hold, and by how much that has grown.

use crate::load::measure::Sockets;
use crate::load::report::Figure;
use crate::load::system::System;

/// Memory at a moment.
pub struct Held {
    processes: Vec<u64>,
    sockets: Sockets,
}

impl Held {
    /// Now.
    pub async fn now(system: &System) -> Self {
        Self { processes: system.memory().await, sockets: Sockets::now() }
    }

    /// What was there before anybody came, and what has grown since, by so many connections.
    pub fn since(&self, before: &Self, system: &System, connections: usize) -> Vec<Figure> {
        let each = |kib: f64| kib / connections as f64;
        let (mut figures, mut gateways) = (Vec::new(), 0.0);
        let held = self.processes.iter().zip(&before.processes);
        for (process, (after, before)) in system.processes.iter().zip(held) {
            let (before, grown) = (*before as f64, *after as f64 - *before as f64);
            let mebibytes = |words: &str, kib: f64| {
                Figure::new(&format!("{} {words}", process.name), kib / 1024.0, "MiB")
            };
            figures.extend([mebibytes("held before anybody came", before), mebibytes("has grown by", grown)]);
            if process.name.starts_with("gateway") || process.name == "im-tt" {
                gateways += grown;
            }
        }
        if gateways > 0.0 {
            figures.insert(0, Figure::new("memory of gateways a connection", each(gateways), "KiB"));
        }
        let ready = system.ready_after.map(|seconds| Figure::new("served after", seconds, "s"));
        figures.extend(ready);
        let slab = self.sockets.slab as f64 - before.sockets.slab as f64;
        let queued = self.sockets.queued as f64 - before.sockets.queued as f64;
        figures.push(Figure::new("kernel's objects a connection, both ends", each(slab), "KiB"));
        figures.push(Figure::new("kernel's socket queues a connection, both ends", each(queued), "KiB"));
        figures
    }
}
