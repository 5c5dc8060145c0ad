//! How the nodes are, from outside: memory and open files, and whether a log has what no log may have.

use crate::client::CANARY;
use crate::history::{Moment, Recorder, What};
use testkit::cluster::{Cluster, Node};

/// Notes the figures of all nodes.
pub fn figures(cluster: &Cluster, recorder: &Recorder, moment: Moment) {
    for node in nodes(cluster) {
        let Some(pid) = node.pid() else { continue };
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let rss = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse().ok());
        let fds = std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count) as u64;
        let rss_kib = rss.unwrap_or(0);
        recorder.note(What::Figures { node: node.name().into(), moment, rss_kib, fds });
    }
}

/// Notes lines that no log may have: a panic, what people said, a token.
pub fn logs(cluster: &Cluster, recorder: &Recorder) {
    for node in nodes(cluster) {
        let output = node.output();
        let bad = |line: &&str| line.contains("panicked at") || line.contains(CANARY) || line.contains("eyJ");
        for line in output.lines().filter(bad).take(5) {
            let line: String = line.chars().take(300).collect();
            recorder.note(What::BadLog { node: node.name().into(), line: line.into() });
        }
    }
}

fn nodes(cluster: &Cluster) -> impl Iterator<Item = &Node> {
    cluster.gateways.iter().chain(&cluster.apis)
}
