//! What people do all the time: mostly they talk; some come and go, stop reading, log out, type, read. One seed decides
//! who does what; when things happen depends on the machine.

mod people;

pub use people::{Group, People, Person, Size};

use crate::client::Order;
use crate::history::Key;
use rand::Rng;
use rand::rngs::StdRng;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often the dice fall.
const TICK: Duration = Duration::from_millis(10);

/// The load.
pub struct Workload {
    /// Who takes part.
    pub people: Arc<People>,
    /// Messages a second.
    pub rate: f64,
    /// Whether nobody goes away, stops reading or logs out: whoever loses a line then was not the one to cut it.
    pub stays: bool,
}

impl Workload {
    /// Runs until it is stopped.
    pub async fn run(self, mut rng: StdRng, stop: CancellationToken) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut owed = 0.0;
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            owed += self.rate * TICK.as_secs_f64();
            while owed >= 1.0 {
                owed -= 1.0;
                self.talk(&mut rng);
            }
            self.other(&mut rng);
        }
    }

    fn talk(&self, rng: &mut StdRng) {
        let people = &self.people;
        let dice = rng.random_range(0..100);
        let length = if rng.random_range(0..100) < 3 {
            rng.random_range(1_000..6_000)
        } else {
            rng.random_range(4..160)
        };
        let repeats = if rng.random_range(0..100) < 6 { rng.random_range(1..=4) } else { 0 };
        match dice {
            0..=79 => {
                let group = &people.groups[rng.random_range(0..people.groups.len())];
                let who = anybody(group, rng);
                people.device(who, rng).order(Order::Say { key: Key::Group(group.id), length, repeats });
            }
            80..=81 => {
                let group = &people.groups[rng.random_range(0..people.groups.len())];
                let count = rng.random_range(3..9);
                people
                    .device(anybody(group, rng), rng)
                    .order(Order::Burst { key: Key::Group(group.id), count });
            }
            _ => {
                let (one, other) = (self.any(rng), self.any(rng));
                let key = people.pair(one, other);
                // Notes are left to probes, and quiet pairs to faults.
                if one != other && !self.is_quiet(one, other) {
                    people.device(one, rng).order(Order::Say { key, length, repeats });
                }
            }
        }
    }

    /// A hundred times a second, so the shares are small.
    fn other(&self, rng: &mut StdRng) {
        let people = &self.people;
        let person = self.any(rng);
        let device = people.device(person, rng);
        match rng.random_range(0..1000) {
            0..=19 => self.change_members(rng),
            20..=44 => {
                let group = &people.groups[rng.random_range(0..people.groups.len())];
                people.device(anybody(group, rng), rng).order(Order::Type { key: Key::Group(group.id) });
            }
            45..=54 => device.order(Order::Read),
            55..=67 if self.stays => {}
            55..=62 => device.order(Order::Away(Duration::from_millis(rng.random_range(0..4_000)))),
            63..=63 => device.order(Order::Pause(Duration::from_millis(rng.random_range(200..2_000)))),
            64..=65 => device.order(Order::Refresh),
            66..=67 => device.order(Order::LogOut),
            68..=74 => device.order(Order::Type { key: people.pair(person, self.any(rng)) }),
            _ => {}
        }
    }

    fn change_members(&self, rng: &mut StdRng) {
        let people = &self.people;
        let group = &people.groups[rng.random_range(0..people.groups.len())];
        if group.visitors.is_empty() {
            return;
        }
        let visitor = group.visitors[rng.random_range(0..group.visitors.len())];
        let id = group.id;
        match rng.random_range(0..4) {
            0 => people.device(visitor, rng).order(Order::Leave { group: id }),
            1 => {
                let user = people.persons[visitor].user;
                people.device(group.owner, rng).order(Order::Kick { group: id, user });
            }
            // Mostly back in: a group without visitors shows nothing.
            _ => people.device(visitor, rng).order(Order::Join { group: id }),
        }
    }

    /// Says one thing in each of some quiet conversations.
    pub fn speak_where_it_is_quiet(people: &People, rng: &mut StdRng) {
        for group in &people.quiet_groups {
            let who = anybody(group, rng);
            people.device(who, rng).order(Order::Say { key: Key::Group(group.id), length: 8, repeats: 0 });
        }
        for (one, other) in &people.quiet_pairs {
            let key = people.pair(*one, *other);
            people.device(*one, rng).order(Order::Say { key, length: 8, repeats: 0 });
        }
    }

    fn any(&self, rng: &mut StdRng) -> usize {
        rng.random_range(0..self.people.persons.len())
    }

    fn is_quiet(&self, one: usize, other: usize) -> bool {
        self.people.quiet_pairs.iter().any(|pair| *pair == (one, other) || *pair == (other, one))
    }
}

fn anybody(group: &Group, rng: &mut StdRng) -> usize {
    let all = 1 + group.regulars.len() + group.visitors.len();
    match rng.random_range(0..all) {
        0 => group.owner,
        nth if nth <= group.regulars.len() => group.regulars[nth - 1],
        nth => group.visitors[nth - 1 - group.regulars.len()],
    }
}
