//! How the nodes are, from outside: memory, open files and tasks.

use crate::history::{Moment, Recorder, What};
use shared::metrics::TASKS;
use testkit::cluster::Cluster;

/// Notes the figures of all nodes.
pub async fn figures(cluster: &Cluster, recorder: &Recorder, moment: Moment) {
    for node in cluster.nodes() {
        let Some(pid) = node.pid() else { continue };
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let rss = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse().ok());
        let fds = std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count) as u64;
        let rss_kib = rss.unwrap_or(0);
        let metrics = node.metrics().await.unwrap_or_default();
        let tasks = metrics.lines().find_map(|line| line.strip_prefix(TASKS)?.trim().parse::<f64>().ok());
        let tasks = tasks.unwrap_or(0.0) as u64;
        recorder.note(What::Figures { node: node.name().into(), moment, rss_kib, fds, tasks });
    }
}
