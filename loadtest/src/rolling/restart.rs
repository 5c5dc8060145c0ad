//! One node after the other: asked to stop, waited for, started, waited for until it is ready and everybody is back.

use super::Release;
use crate::history::Micros;
use crate::nemesis::Field;
use std::time::Duration;
use testkit::cluster::Node;
use tokio::time::{Instant, sleep};

/// Between two restarts, so that both releases serve side by side for a while.
const BETWEEN: Duration = Duration::from_secs(1);
/// Who is not back by then will be found by what is counted.
const BACK: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(20);

/// A restart, in the history's time.
#[derive(Debug, Clone)]
pub(super) struct Restart {
    pub node: String,
    /// As what it was started again.
    pub to: &'static str,
    /// How it ended: 0 is in order.
    pub code: Option<i32>,
    pub asked: Micros,
    pub ended: Micros,
    pub ready: Micros,
    /// Until everybody was attached again.
    pub over: Micros,
}

impl Restart {
    /// Whether people have their lines to this node.
    pub fn is_of_a_gateway(&self) -> bool {
        self.node.starts_with("gateway")
    }
}

/// Restarts all nodes, by turns a gateway and an api: each meets the others in both releases.
pub(super) async fn all(
    field: &Field,
    to: &Release,
    restarts: &mut Vec<Restart>,
    tell: &mut impl FnMut(String),
) {
    for node in by_turns(&field.cluster.gateways, &field.cluster.apis) {
        let restart = one(field, node, to).await;
        let seconds = |micros: Micros| micros as f64 / 1e6;
        tell(format!(
            "{:<10} as {:<14} ended with {} after {:.1} s, ready after {:.1} s more, all attached {:.1} s after its end",
            restart.node,
            restart.to,
            restart.code.map_or("a signal".to_owned(), |code| code.to_string()),
            seconds(restart.ended - restart.asked),
            seconds(restart.ready - restart.ended),
            seconds(restart.over - restart.ended),
        ));
        restarts.push(restart);
        sleep(BETWEEN).await;
    }
}

fn by_turns<'a>(gateways: &'a [Node], apis: &'a [Node]) -> impl Iterator<Item = &'a Node> {
    let most = gateways.len().max(apis.len());
    (0..most).flat_map(|nth| gateways.get(nth).into_iter().chain(apis.get(nth)))
}

async fn one(field: &Field, node: &Node, to: &Release) -> Restart {
    let recorder = &field.world.recorder;
    let asked = recorder.now();
    node.release(&to.folder);
    let code = node.terminate().await;
    let ended = recorder.now();
    node.start();
    node.wait_ready().await;
    let ready = recorder.now();
    let since = Instant::now();
    while !field.faces.lacking(|face| !face.attached).is_empty() && since.elapsed() < BACK {
        sleep(LOOK).await;
    }
    let over = recorder.now();
    Restart { node: node.name().to_owned(), to: to.name, code, asked, ended, ready, over }
}
