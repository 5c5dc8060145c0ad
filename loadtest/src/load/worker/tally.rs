//! What a worker counts, all its connections together.

use super::mix;
use super::orders::{Acked, Counts, Speech, Tell, To};
use crate::load::measure::{Histogram, Micros, micros};
use std::collections::BTreeMap;

/// The counts, and how long what ended in the running second took.
#[derive(Debug, Default)]
pub struct Tally {
    /// So far.
    pub counts: Counts,
    /// What was acknowledged, by conversation.
    pub acked: BTreeMap<i64, Acked>,
    /// Until when which part is measured.
    pub speech: Option<Speech>,
    ack: Histogram,
    delivery: Histogram,
    late: Histogram,
}

impl Tally {
    /// A message that was to be sent at `intended` is sent for the first time.
    pub fn sent(&mut self, intended: Micros) {
        self.counts.sent += 1;
        if self.is_measured(intended) {
            self.late.record(micros().saturating_sub(intended));
        }
    }

    /// It is acknowledged: `place` is the conversation and the place in it.
    pub fn acked(&mut self, to: To, place: (i64, i64), id: u128, intended: Micros, now: Micros) {
        let (conversation, seq) = place;
        self.counts.acked += 1;
        self.counts.acked_measured += u64::from(self.is_measured(now));
        let acked = self.acked.entry(conversation).or_default();
        acked.to = Some(to);
        acked.entries += 1;
        acked.head = acked.head.max(seq);
        acked.digest = acked.digest.wrapping_add(mix(seq, id));
        if self.is_measured(intended) {
            self.ack.record(now.saturating_sub(intended));
        }
    }

    /// It arrived, at a connection of its sender or of somebody else.
    pub fn delivered(&mut self, own: bool, intended: Micros, now: Micros) {
        self.counts.delivered += 1;
        self.counts.delivered_measured += u64::from(self.is_measured(now));
        if !own && self.is_measured(intended) {
            self.delivery.record(now.saturating_sub(intended));
        }
    }

    /// It was fetched: not delivered, and yet somebody waited for it so long.
    pub fn fetched(&mut self, own: bool, intended: Micros, now: Micros) {
        self.counts.fetched += 1;
        if !own && self.is_measured(intended) {
            self.delivery.record(now.saturating_sub(intended));
        }
    }

    /// What there is to tell once a second.
    pub fn progress(&mut self) -> Tell {
        Tell::Progress {
            counts: Box::new(self.counts.clone()),
            ack: self.ack.drain(),
            delivery: self.delivery.drain(),
            late: self.late.drain(),
        }
    }

    fn is_measured(&self, at: Micros) -> bool {
        self.speech.is_some_and(|speech| (speech.measured..speech.until).contains(&at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_counts_from_when_it_was_to_be_sent_and_only_in_the_measured_time() {
        let speech = Speech {
            from: 0,
            measured: 1000,
            until: 2000,
            rate: None,
            most: None,
            in_flight: 1,
            group: None,
        };
        let mut tally = Tally { speech: Some(speech), ..Tally::default() };
        tally.acked(To::Group(3), (1, 1), 10, 500, 900);
        tally.acked(To::Group(3), (1, 2), 20, 1500, 9500);
        tally.delivered(true, 1500, 1600);
        tally.delivered(false, 1500, 1700);
        let Tell::Progress { counts, ack, delivery, .. } = tally.progress() else { panic!() };
        assert_eq!((counts.acked, counts.acked_measured), (2, 0), "acked before and after");
        assert_eq!((counts.delivered, counts.delivered_measured), (2, 2));
        assert_eq!((ack.count(), delivery.count()), (1, 1));
        assert!((ack.latency().unwrap().p50 - 8.0).abs() < 0.1);
        assert_eq!(tally.acked[&1].head, 2);
    }
}
