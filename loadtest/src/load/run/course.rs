//! How a run goes: what the workers tell once a second, added up, shown, and kept for the report.

use crate::load::measure::{Histogram, Latency, Micros, Spread, micros};
use crate::load::report::Second;
use crate::load::worker::Counts;
use std::collections::BTreeMap;

/// Seconds between two lines.
const EVERY: Micros = 2_000_000;

/// The course of a scenario.
pub struct Course<'a> {
    name: &'static str,
    say: &'a mut dyn FnMut(String),
    began: Micros,
    said: Micros,
    counts: Vec<Counts>,
    seconds: BTreeMap<u64, [Histogram; 2]>,
    ack: Histogram,
    delivery: Histogram,
    late: Histogram,
}

impl<'a> Course<'a> {
    /// Begins with `workers` workers.
    pub fn begin(name: &'static str, workers: usize, say: &'a mut dyn FnMut(String)) -> Self {
        let began = micros();
        Self {
            name,
            say,
            began,
            said: began,
            counts: vec![Counts::default(); workers],
            seconds: BTreeMap::new(),
            ack: Histogram::default(),
            delivery: Histogram::default(),
            late: Histogram::default(),
        }
    }

    /// Says something.
    pub fn say(&mut self, words: &str) {
        let seconds = self.passed();
        (self.say)(format!("{} {seconds:>3} s: {words}", self.name));
    }

    /// A worker told how far it is.
    pub fn progress(&mut self, worker: usize, counts: Counts, [ack, delivery, late]: [&Spread; 3]) {
        self.counts[worker] = counts;
        self.late.add(late);
        if ack.count() + delivery.count() > 0 {
            self.ack.add(ack);
            self.delivery.add(delivery);
            let [acks, deliveries] = self.seconds.entry(self.passed()).or_default();
            acks.add(ack);
            deliveries.add(delivery);
        }
        if micros() >= self.said + EVERY {
            self.said = micros();
            self.say(&self.line());
        }
    }

    /// What all workers counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        total(&self.counts)
    }

    /// From when a message was to be sent to its ack.
    #[must_use]
    pub fn ack(&self) -> Option<Latency> {
        self.ack.latency()
    }

    /// And to its arrival at somebody else's.
    #[must_use]
    pub fn delivery(&self) -> Option<Latency> {
        self.delivery.latency()
    }

    /// How late messages were sent.
    #[must_use]
    pub fn late(&self) -> Option<Latency> {
        self.late.latency()
    }

    /// Second by second, from the first that has something.
    #[must_use]
    pub fn over_time(&self) -> Vec<Second> {
        let first = self.seconds.keys().next().copied().unwrap_or(0);
        let second = |(at, [ack, delivery]): (&u64, &[Histogram; 2])| Second {
            second: at - first,
            ack: ack.latency(),
            delivery: delivery.latency(),
        };
        self.seconds.iter().map(second).collect()
    }

    fn passed(&self) -> u64 {
        micros().saturating_sub(self.began) / 1_000_000
    }

    fn line(&self) -> String {
        let counts = self.counts();
        let Counts { connected, sent, acked, delivered, .. } = counts;
        let mut line = format!("{connected} connected");
        if sent > 0 {
            line += &format!(", {sent} sent, {acked} acked, {delivered} delivered");
        }
        for (name, latency) in [("ack", self.ack()), ("delivery", self.delivery())] {
            if let Some(latency) = latency {
                line += &format!(", {name} p99 {:.1} ms", latency.p99);
            }
        }
        line
    }
}

/// What several workers counted.
#[must_use]
pub fn total(all: &[Counts]) -> Counts {
    let mut total = Counts::default();
    for counts in all {
        total.connected += counts.connected;
        total.sent += counts.sent;
        total.repeated += counts.repeated;
        total.acked += counts.acked;
        total.acked_measured += counts.acked_measured;
        total.delivered += counts.delivered;
        total.delivered_measured += counts.delivered_measured;
        total.fetched += counts.fetched;
        total.fetches += counts.fetches;
        total.holes += counts.holes;
        total.resyncs += counts.resyncs;
        total.late += counts.late;
        total.doubled += counts.doubled;
        total.altered += counts.altered;
        total.refused += counts.refused;
        for (code, count) in &counts.errors {
            *total.errors.entry(code.clone()).or_default() += count;
        }
        for (code, count) in &counts.closes {
            *total.closes.entry(*code).or_default() += count;
        }
    }
    total
}
