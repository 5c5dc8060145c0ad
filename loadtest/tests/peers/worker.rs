//! A worker process against a server that lies: nothing of it passes.

use crate::PROGRAM;
use crate::liar::{Lie, serve};
use loadtest::load::measure::micros;
use loadtest::load::peers::Manner;
use loadtest::load::peers::worker::{Came, Order, Task, Tell, WORD};
use loadtest::load::run::Rhythm;
use loadtest::load::worker::Speech;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

const LISTENERS: usize = 3;
const MESSAGES: u64 = 20;

struct Worker {
    _child: Child,
    orders: ChildStdin,
    told: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    fn start() -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg(WORD).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let (orders, told) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { _child: child, orders, told: BufReader::new(told).lines() }
    }

    async fn order(&mut self, order: Order) -> Tell {
        let line = serde_json::to_string(&order).unwrap() + "\n";
        self.orders.write_all(line.as_bytes()).await.unwrap();
        let told = timeout(Duration::from_secs(60), self.told.next_line()).await.expect("it tells something");
        serde_json::from_str(&told.unwrap().expect("it has not ended")).unwrap()
    }
}

async fn through(lie: Lie) -> Came {
    let address = serve(lie).await;
    let mut worker = Worker::start();
    let task = Task {
        manner: Manner::Plain,
        listen: vec![(address, LISTENERS)],
        publish: Some(address),
        size: 100,
        pace: 1000.0,
    };
    let Tell::Connected { connected, trouble } = worker.order(Order::Connect(task)).await else { panic!() };
    assert_eq!((connected, trouble), (LISTENERS as u64 + 1, None));
    let from = micros();
    let until = from + 60_000_000;
    let speech = Speech { from, measured: from, until, most: Some(MESSAGES), ..Rhythm::Rate(500.0).speech() };
    let Tell::Spoken { said, .. } = worker.order(Order::Speak(speech)).await else { panic!() };
    assert_eq!(said, MESSAGES);
    let Tell::Settled(came) = worker.order(Order::Settle { said }).await else { panic!() };
    *came
}

#[tokio::test]
async fn from_one_who_tells_the_truth_everything_comes() {
    let came = through(Lie::None).await;
    let all = LISTENERS as u64 * MESSAGES;
    assert_eq!((came.wrong, came.delivered, came.delivered_measured), (0, all, all));
    assert_eq!(came.delivery.count(), all);
}

#[tokio::test]
async fn what_is_lost_doubled_swapped_or_changed_is_found_at_every_connection() {
    let all = LISTENERS as u64;
    for (lie, wanted) in [
        (Lie::Lose, Came { jumped: all, ..Came::default() }),
        (Lie::Double, Came { repeated: all, ..Came::default() }),
        (Lie::Swap, Came { jumped: all, repeated: all, ..Came::default() }),
        (Lie::Alter, Came { jumped: all, altered: all, ..Came::default() }),
    ] {
        let came = through(lie).await;
        assert_eq!(came.wrong, all, "{lie:?}: {came:?}");
        let found = (came.jumped, came.repeated, came.altered, came.missing, came.ended);
        assert_eq!(found, (wanted.jumped, wanted.repeated, wanted.altered, 0, 0), "{lie:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_is_found_with_what_did_not_come() {
    let came = through(Lie::End).await;
    assert_eq!((came.ended, came.wrong), (LISTENERS as u64, LISTENERS as u64));
    assert_eq!(came.missing, LISTENERS as u64 * (MESSAGES - 4));
    assert!(came.trouble.unwrap().contains("it has ended"));
}
