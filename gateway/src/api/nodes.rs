//! The api nodes that there are: which of them is asked, which are passed over because they failed, and the
//! task that takes those back which are ready again.

use super::limits::Limits;
use super::link::Link;
use super::node::{Fault, Node, Standing};
use futures_util::future::join_all;
use metrics::gauge;
use shared::lane::mix;
use shared::metrics::API_NODES;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The nodes, by their addresses.
pub(super) struct Nodes {
    link: Link,
    /// Replaced whole. Guards itself alone, never held over an await.
    list: Mutex<Arc<[Arc<Node>]>>,
    /// One that was up has gone.
    lost: Notify,
}

impl Nodes {
    pub(super) fn new(link: Link) -> Self {
        Self { link, list: Mutex::new(Arc::new([])), lost: Notify::new() }
    }

    /// The node to ask: of those that were not tried, the first in the order of `key` that is up; when none at
    /// all is up, the first.
    pub(super) fn next(&self, key: u64, tried: &[SocketAddr]) -> Option<Arc<Node>> {
        let nodes = self.list();
        let none_is_up = !nodes.iter().any(|node| node.is_up());
        let left = nodes.iter().filter(|node| !tried.contains(&node.address));
        let worth_it = left.filter(|node| none_is_up || node.is_up());
        worth_it.max_by_key(|node| (weight(key, node.address), node.address)).cloned()
    }

    pub(super) fn is_any_up(&self) -> bool {
        self.list().iter().any(|node| node.is_up())
    }

    /// These are the nodes from now on. Those that were known keep their standing and their connections.
    pub(super) fn set(&self, addresses: &BTreeSet<SocketAddr>) {
        let known = self.list();
        let node = |address: &SocketAddr| {
            let old = known.iter().find(|node| node.address == *address);
            old.cloned().unwrap_or_else(|| Arc::new(Node::new(*address, self.link.clone())))
        };
        let nodes: Arc<[Arc<Node>]> = addresses.iter().map(node).collect();
        *self.list.lock().unwrap_or_else(PoisonError::into_inner) = nodes;
        self.count();
    }

    /// It answered.
    pub(super) fn answered(&self, node: &Node) {
        if !node.is_up() && node.recover() {
            tracing::info!(node = %node.address, "an api node answers again");
            self.count();
        }
    }

    /// It did not. Said once, until it is well again.
    pub(super) fn failed(&self, node: &Node, fault: &Fault) {
        let standing = fault.standing();
        if standing >= Standing::Down {
            node.forget_connections();
        }
        if node.worsen(standing) {
            tracing::warn!(node = %node.address, %fault, "an api node did not answer; the next one is asked");
            self.count();
            if standing == Standing::Gone {
                self.lost.notify_one();
            }
        }
    }

    /// Waits until a node that was up has gone.
    pub(super) async fn lost(&self) {
        self.lost.notified().await;
    }

    /// It answered that it can do nothing now, which may be its own fault.
    pub(super) fn doubt(&self, node: &Node) {
        node.worsen(Standing::Doubted);
    }

    /// Asks the nodes whether they are ready, again and again, until `stop`: those that failed to take them back,
    /// and the others to learn when one goes of which nothing is asked.
    pub(super) async fn watch(self: Arc<Self>, limits: Limits, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(limits.check_every) => {}
                () = stop.cancelled() => return,
            }
            let nodes = self.list();
            join_all(nodes.iter().map(|node| self.check(node, limits))).await;
        }
    }

    async fn check(&self, node: &Node, limits: Limits) {
        let was_well = node.is_well();
        match node.ask_ready(limits.check_within).await {
            Ok(()) => {
                if !was_well && node.recover() {
                    tracing::info!(node = %node.address, "an api node is ready again");
                }
            }
            Err(fault) if fault.is_end() => self.failed(node, &fault),
            // Whether a node that does what it is asked is slow or short of something is no reason to pass it over.
            Err(_) if was_well => {}
            Err(_) => {
                if node.worsen(Standing::Down) {
                    tracing::warn!(node = %node.address, "an api node is not ready");
                }
            }
        }
        self.count();
    }

    fn list(&self) -> Arc<[Arc<Node>]> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self) {
        let nodes = self.list();
        let up = nodes.iter().filter(|node| node.is_up()).count();
        gauge!(API_NODES, "state" => "up").set(up as f64);
        gauge!(API_NODES, "state" => "down").set((nodes.len() - up) as f64);
    }
}

/// How near a node is to a key: rendezvous hashing (Thaler and Ravishankar 1998). The same in every gateway,
/// so that all gateways send a lane to the same node; when a node goes, only what was its own moves.
fn weight(key: u64, node: SocketAddr) -> u64 {
    let ip = match node.ip() {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    };
    let [high, low] = [ip >> 64, ip & u128::from(u64::MAX)].map(|half| half as u64);
    [high, low, u64::from(node.port()), key].into_iter().fold(0, |hash, part| mix(hash ^ part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::config::Secret;
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn nodes(count: u8) -> (Nodes, BTreeSet<SocketAddr>) {
        let addresses = (1..=count).map(|n| SocketAddr::from(([10, 0, 0, n], 8081))).collect();
        let nodes = Nodes::new(Link::new(&Secret::new(vec![b'x'; 32]), Duration::from_secs(1)));
        nodes.set(&addresses);
        (nodes, addresses)
    }

    fn places(nodes: &Nodes) -> BTreeMap<u64, SocketAddr> {
        (0..1_000).map(|lane| (lane, nodes.next(lane, &[]).unwrap().address)).collect()
    }

    #[tokio::test]
    async fn lanes_spread_over_the_nodes_and_only_those_of_a_lost_node_move() {
        let (nodes, mut addresses) = nodes(4);
        let before = places(&nodes);
        let lost = before[&0];
        for node in &addresses {
            let lanes = before.values().filter(|at| *at == node).count();
            assert!((150..350).contains(&lanes), "{node} has {lanes} of 1000 lanes");
        }
        addresses.remove(&lost);
        nodes.set(&addresses);
        let after = places(&nodes);
        for (lane, at) in before {
            assert_eq!(after[&lane] != at, at == lost, "lane {lane}, which was at {at}");
        }
    }

    #[tokio::test]
    async fn a_node_that_is_down_loses_its_lanes_like_one_that_is_gone_and_gets_them_back() {
        let (nodes, addresses) = nodes(3);
        let before = places(&nodes);
        let failed = nodes.next(0, &[]).unwrap();
        nodes.failed(&failed, &Fault::Late);
        assert!(places(&nodes).values().all(|at| *at != failed.address));
        nodes.answered(&failed);
        assert_eq!(places(&nodes), before);
        nodes.failed(&failed, &Fault::Unavailable);
        assert_eq!(places(&nodes), before, "one that speaks is asked how it is first");
        for address in addresses {
            let node = nodes.list().iter().find(|node| node.address == address).unwrap().clone();
            nodes.failed(&node, &Fault::Late);
        }
        assert_eq!(places(&nodes), before, "when all are down, all are tried");
    }

    /// A node that dies is often late before that; one that is only late stores and publishes on.
    #[tokio::test]
    async fn the_end_of_a_node_is_noticed_though_it_was_late_before() {
        let (nodes, _) = nodes(3);
        let failed = nodes.next(0, &[]).unwrap();
        let noticed = async || tokio::time::timeout(Duration::ZERO, nodes.lost()).await.is_ok();
        for fault in [Fault::Unavailable, Fault::Late] {
            nodes.failed(&failed, &fault);
            assert!(!noticed().await, "{fault}");
        }
        nodes.failed(&failed, &Fault::Unreachable("refused".to_owned()));
        assert!(noticed().await);
        nodes.failed(&failed, &Fault::Closed("reset".to_owned()));
        assert!(!noticed().await, "one end is one reason");
        nodes.answered(&failed);
        assert!(failed.is_well());
        nodes.failed(&failed, &Fault::Closed("reset".to_owned()));
        assert!(noticed().await);
    }

    #[tokio::test]
    async fn lanes_are_where_they_were_in_the_first_release() {
        let (nodes, _) = nodes(3);
        let last = |address: SocketAddr| address.ip().to_string().rsplit('.').next().unwrap().to_owned();
        let at: Vec<_> = (0..8).map(|lane| last(nodes.next(lane, &[]).unwrap().address)).collect();
        assert_eq!(at, ["1", "1", "1", "3", "1", "1", "2", "3"]);
    }
}
