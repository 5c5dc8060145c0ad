//! What it costs to store messages: drafts to one group, so many at once, on SQLite and on a MariaDB of its own (or
//! the server that `TEST_MYSQL_URL` names). The transactions are as durable as in use.
#![allow(clippy::unwrap_used, reason = "a bench: what cannot go on panics")]

#[path = "../tests/support/mod.rs"]
mod support;

use divan::Bencher;
use divan::counter::ItemsCount;
use std::sync::Arc;
use support::bus::KeepingBus;
use support::{Bench, into};
use tokio::runtime::{Builder, Runtime};

const BATCHES: [usize; 3] = [1, 16, 200];

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[divan::bench(args = BATCHES)]
fn sqlite(bencher: Bencher, batch: usize) {
    let runtime = runtime();
    let bench = runtime.block_on(Bench::sqlite());
    append(bencher, &runtime, &bench, batch);
}

#[divan::bench(args = BATCHES)]
fn mariadb(bencher: Bencher, batch: usize) {
    let runtime = runtime();
    let bench = runtime.block_on(Bench::mariadb());
    append(bencher, &runtime, &bench, batch);
}

fn append(bencher: Bencher, runtime: &Runtime, bench: &Bench, batch: usize) {
    let bus = Arc::new(KeepingBus::default());
    let text = "a".repeat(150);
    let (append, alice, group) = runtime.block_on(async {
        let append = bench.append(&bus);
        let [alice] = bench.users().await;
        let group = append.create_group(alice, "any", "").await.unwrap();
        (append, alice, group)
    });
    let drafts = || (0..batch).map(|_| into(alice, group, &text)).collect::<Vec<_>>();
    bencher.counter(ItemsCount::new(batch)).with_inputs(drafts).bench_local_values(|drafts| {
        let outcomes = runtime.block_on(append.append(drafts));
        assert!(outcomes.iter().all(Result::is_ok), "all are stored");
    });
    runtime.block_on(bench.finish());
}
