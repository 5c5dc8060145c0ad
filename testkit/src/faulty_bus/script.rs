//! What a faulty bus does to which envelope, and how often it did.

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use shared::envelope::{Envelope, Kind};
use shared::ids::Seq;
use shared::topic::Topic;

/// What becomes of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes its way: put before another rule, an exception to that one.
    Deliver,
    /// It is lost, and nobody is told.
    Lose,
    /// It is lost, and the publisher is told.
    Fail,
    /// It goes its way, but the publisher is told that it may not have.
    Doubt,
    /// It goes twice.
    Repeat,
    /// It is kept until it is let go.
    Hold,
    /// It goes after the next one of its topic.
    Swap,
}

/// To which of those that match.
#[derive(Debug, Clone)]
pub enum When {
    /// To all.
    Always,
    /// To the next one.
    Next,
    /// To the one of that number, from 1.
    Nth(usize),
    /// To each with this chance, the same ones for the same seed.
    Rate {
        /// 0 to 1.
        chance: f64,
        /// Any number.
        seed: u64,
    },
}

/// An envelope on its way, as a script sees it.
#[derive(Debug)]
pub struct Publication {
    /// Where to.
    pub topic: Topic,
    /// What it holds; `None`: bytes that are no envelope.
    pub envelope: Option<Envelope>,
}

impl Publication {
    /// What kind of envelope it is.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.envelope.as_ref().map(|envelope| envelope.header.kind)
    }

    /// The place of the entry in it, or the head that it announces.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        self.envelope.as_ref().map(|envelope| envelope.header.seq)
    }

    /// Whether the text occurs in its body.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        let body = self.envelope.as_ref().map(|envelope| String::from_utf8_lossy(&envelope.body));
        body.is_some_and(|body| body.contains(text))
    }
}

/// How many envelopes met which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Untouched.
    pub delivered: usize,
    /// Lost, nobody told.
    pub lost: usize,
    /// Lost, the publisher told.
    pub failed: usize,
    /// Delivered, the publisher told otherwise.
    pub doubted: usize,
    /// Sent twice.
    pub repeated: usize,
    /// Kept; also those that were let go since.
    pub held: usize,
    /// Put after the next of their topic; also those whose next has not come.
    pub swapped: usize,
}

/// What goes on after a script decided.
#[derive(Default)]
pub(super) struct Out {
    /// What the bus within is to have.
    pub passed: Vec<(Topic, Bytes)>,
    /// For each of them, the place in the batch that it went with.
    pub places: Vec<usize>,
    /// The places in the batch that the publisher is told of.
    pub failed: Vec<usize>,
}

impl Out {
    fn pass(&mut self, place: usize, topic: Topic, bytes: &Bytes) {
        self.passed.push((topic, bytes.clone()));
        self.places.push(place);
    }
}

#[derive(Default)]
pub(super) struct Script {
    rules: Vec<Rule>,
    counts: Counts,
    held: Vec<(Topic, Bytes)>,
    /// Each waits for the next one of its topic.
    swapping: Vec<(Topic, Bytes)>,
}

struct Rule {
    fate: Fate,
    when: When,
    matches: Box<dyn Fn(&Publication) -> bool + Send>,
    matched: usize,
    dice: StdRng,
}

impl Rule {
    fn applies(&mut self, publication: &Publication) -> bool {
        if !(self.matches)(publication) {
            return false;
        }
        self.matched += 1;
        match self.when {
            When::Always => true,
            When::Next => self.matched == 1,
            When::Nth(number) => self.matched == number,
            When::Rate { chance, .. } => self.dice.random_bool(chance),
        }
    }
}

impl Script {
    pub fn add(&mut self, fate: Fate, when: When, matches: impl Fn(&Publication) -> bool + Send + 'static) {
        let seed = if let When::Rate { seed, .. } = when { seed } else { 0 };
        let dice = StdRng::seed_from_u64(seed);
        self.rules.push(Rule { fate, when, matches: Box::new(matches), matched: 0, dice });
    }

    pub fn forget_rules(&mut self) {
        self.rules.clear();
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn let_go(&mut self) -> Vec<(Topic, Bytes)> {
        self.held.drain(..).chain(self.swapping.drain(..)).collect()
    }

    /// Decides about one envelope, and does it.
    pub fn decide(&mut self, place: usize, topic: Topic, bytes: &Bytes, out: &mut Out) {
        let publication = Publication { topic, envelope: Envelope::decode(bytes).ok() };
        let rule = self.rules.iter_mut().find_map(|rule| rule.applies(&publication).then_some(rule.fate));
        let copies = match rule.unwrap_or(Fate::Deliver) {
            Fate::Deliver => counted(&mut self.counts.delivered, 1),
            Fate::Lose => counted(&mut self.counts.lost, 0),
            Fate::Fail => {
                out.failed.push(place);
                counted(&mut self.counts.failed, 0)
            }
            Fate::Doubt => {
                out.failed.push(place);
                counted(&mut self.counts.doubted, 1)
            }
            Fate::Repeat => counted(&mut self.counts.repeated, 2),
            Fate::Hold => {
                self.held.push((topic, bytes.clone()));
                counted(&mut self.counts.held, 0)
            }
            Fate::Swap => {
                self.swapping.push((topic, bytes.clone()));
                return self.counts.swapped += 1;
            }
        };
        for _ in 0..copies {
            out.pass(place, topic, bytes);
        }
        if copies > 0 {
            for (topic, bytes) in self.swapping.extract_if(.., |(other, _)| *other == topic) {
                out.pass(place, topic, &bytes);
            }
        }
    }
}

fn counted(count: &mut usize, copies: usize) -> usize {
    *count += 1;
    copies
}
