//! Who takes part in a scenario, where they connect, and what they say.

use super::Shape;
use crate::load::options::{Options, Scenario};
use crate::load::system::{Cast, System, WITHIN_LIMITS};

/// Messages a second that one publisher writes where nothing limits it.
const PUBLISHER_RATE: f64 = 250.0;

/// Listeners of the sparse group, and messages a second to it.
pub const SPARSE: (usize, f64) = (1000, 50.0);
/// The same of the dense one.
pub const DENSE: (usize, f64) = (200, 1000.0);

/// What the CPU time is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Messages that were acknowledged.
    Message,
    /// Messages that arrived at a connection.
    Delivery,
    /// Connections, and seconds.
    ConnectionSecond,
}

impl Cost {
    /// `a message`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "a message",
            Self::Delivery => "a delivery",
            Self::ConnectionSecond => "a connection and second",
        }
    }
}

/// To whom somebody writes: places in the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// To a user.
    User(usize),
    /// To a group.
    Group(usize),
}

/// A connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Whose.
    pub user: usize,
    /// To which gateway.
    pub gateway: usize,
    /// What they say, if they speak.
    pub speaks: Option<Goal>,
}

/// How messages follow each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rhythm {
    /// So many a second, whatever becomes of them.
    Rate(f64),
    /// Each speaker has so many without an answer.
    InFlight(usize),
}

/// A scenario with its numbers.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whom it wants.
    pub cast: Cast,
    /// The connections.
    pub seats: Vec<Seat>,
    /// How they speak.
    pub rhythm: Rhythm,
    /// What its cost is counted by.
    pub cost: Cost,
    /// What was chosen, for reports.
    pub settings: Vec<(&'static str, String)>,
}

impl Plan {
    /// The plan of a scenario.
    #[must_use]
    pub fn of(scenario: Scenario, options: &Options, system: &System) -> Self {
        let (shape, gateways) = (&options.shape, system.gateways.len());
        let mut plan = match scenario {
            Scenario::Direct => {
                pairs(shape.users.unwrap_or(200), Rhythm::Rate(shape.rate.unwrap_or(2000.0)), gateways)
            }
            Scenario::Ingest => {
                pairs(shape.users.unwrap_or(64), Rhythm::InFlight(shape.in_flight.unwrap_or(32)), gateways)
            }
            Scenario::Sparse => group(shape, SPARSE, gateways, system.is_ours()),
            Scenario::Dense => group(shape, DENSE, gateways, system.is_ours()),
            Scenario::Idle => crowd(shape, shape.in_groups.unwrap_or(10), None, gateways),
            Scenario::Storm => {
                crowd(shape, shape.in_groups.unwrap_or(1), Some(shape.rate.unwrap_or(100.0)), gateways)
            }
            Scenario::Scale => super::scale::plan(options),
            Scenario::AllInOne => pairs(2, Rhythm::Rate(20.0), gateways),
        };
        plan.settings.push(("bytes a message", shape.size().to_string()));
        if scenario == Scenario::Storm {
            plan.settings.push(("back within", format!("{} ms", shape.jitter_ms())));
        }
        plan
    }

    /// Messages that arrive in a second, as far as that can be planned.
    #[must_use]
    pub fn deliveries(&self) -> f64 {
        let Rhythm::Rate(rate) = self.rhythm else { return 0.0 };
        rate * self.cast.groups.iter().map(Vec::len).max().unwrap_or(2) as f64
    }
}

/// Pairs on two gateways who both write.
fn pairs(users: usize, rhythm: Rhythm, gateways: usize) -> Plan {
    let users = users.max(2).next_multiple_of(2);
    let seat = |user: usize| Seat {
        user,
        gateway: (user / 2 + user % 2) % gateways,
        speaks: Some(Goal::User(user ^ 1)),
    };
    let rate = match rhythm {
        Rhythm::Rate(rate) => ("messages a second", rate.to_string()),
        Rhythm::InFlight(count) => ("without an answer, each", count.to_string()),
    };
    Plan {
        cast: Cast { users, groups: Vec::new() },
        seats: (0..users).map(seat).collect(),
        rhythm,
        cost: Cost::Message,
        settings: vec![("users", users.to_string()), rate],
    }
}

/// Groups whose publishers are on the first gateway, and whose listeners are on the others.
fn group(shape: &Shape, (members, rate): (usize, f64), gateways: usize, is_ours: bool) -> Plan {
    let (groups, members) = (shape.groups.unwrap_or(1), shape.members.unwrap_or(members));
    let rate = shape.rate.unwrap_or(rate);
    let one_writes = if is_ours { PUBLISHER_RATE } else { WITHIN_LIMITS };
    let needed = (rate / groups as f64 / one_writes).ceil().max(1.0) as usize;
    let publishers = shape.publishers.unwrap_or(needed);
    let of_group = publishers + members;
    let seat = |user: usize| {
        let (group, place) = (user / of_group, user % of_group);
        match place < publishers {
            true => Seat { user, gateway: 0, speaks: Some(Goal::Group(group)) },
            // With one gateway everybody is on it.
            false => Seat {
                user,
                gateway: (1 + place % gateways.saturating_sub(1).max(1)) % gateways,
                speaks: None,
            },
        }
    };
    Plan {
        cast: Cast {
            users: groups * of_group,
            groups: (0..groups).map(|group| (group * of_group..(group + 1) * of_group).collect()).collect(),
        },
        seats: (0..groups * of_group).map(seat).collect(),
        rhythm: Rhythm::Rate(rate),
        cost: Cost::Delivery,
        settings: vec![
            ("groups", groups.to_string()),
            ("listeners each", members.to_string()),
            ("publishers each", publishers.to_string()),
            ("messages a second", rate.to_string()),
        ],
    }
}

/// Many who listen in several groups each, and one who writes in each group. `rate` is a storm's; who is idle writes
/// once, in the end, so that it can be checked who hears.
fn crowd(shape: &Shape, in_groups: usize, rate: Option<f64>, gateways: usize) -> Plan {
    let members = shape.members.unwrap_or(100);
    let connections = shape.connections.unwrap_or(5000).next_multiple_of(members);
    let in_groups = in_groups.min(connections);
    let each = connections / members;
    let mut groups = vec![Vec::new(); each * in_groups];
    // In each layer everybody is in one group, with somewhat other people each time.
    for (layer, user) in (0..in_groups).flat_map(|layer| (0..connections).map(move |user| (layer, user))) {
        groups[layer * each + (user + layer * 37) % connections / members].push(user);
    }
    let speaker = |group: usize| connections + group % each;
    for (nth, group) in groups.iter_mut().enumerate() {
        group.push(speaker(nth));
    }
    let listener = |user: usize| Seat { user, gateway: user % gateways, speaks: None };
    let speaking =
        |nth: usize| Seat { user: speaker(nth), gateway: nth % gateways, speaks: Some(Goal::Group(nth)) };
    let seats = (0..connections).map(listener).chain((0..groups.len()).map(speaking)).collect();
    let mut settings = vec![
        ("connections", connections.to_string()),
        ("groups each", in_groups.to_string()),
        ("members each", members.to_string()),
    ];
    settings.extend(rate.map(|rate| ("messages a second", rate.to_string())));
    Plan {
        cast: Cast { users: connections + each, groups },
        seats,
        rhythm: Rhythm::Rate(rate.unwrap_or(200.0)),
        cost: if rate.is_some() { Cost::Message } else { Cost::ConnectionSecond },
        settings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_write_to_each_other_from_two_gateways() {
        let plan = pairs(4, Rhythm::Rate(10.0), 3);
        assert_eq!(plan.seats[2].speaks, Some(Goal::User(3)));
        assert_eq!(plan.seats[3].speaks, Some(Goal::User(2)));
        assert!(plan.seats.chunks(2).all(|pair| pair[0].gateway != pair[1].gateway));
        assert!(pairs(4, Rhythm::Rate(10.0), 1).seats.iter().all(|seat| seat.gateway == 0));
    }

    #[test]
    fn publishers_are_on_one_gateway_and_listeners_on_the_others() {
        let shape = Shape { groups: Some(2), ..Shape::default() };
        let plan = group(&shape, (30, 1000.0), 3, true);
        assert_eq!(plan.cast.groups.len(), 2);
        let (speaking, listening): (Vec<&Seat>, Vec<&Seat>) =
            plan.seats.iter().partition(|seat| seat.speaks.is_some());
        assert_eq!((speaking.len(), listening.len()), (4, 60));
        assert!(speaking.iter().all(|seat| seat.gateway == 0));
        assert!(listening.iter().all(|seat| seat.gateway > 0));
        assert!(
            listening.iter().any(|seat| seat.gateway == 1) && listening.iter().any(|seat| seat.gateway == 2)
        );
        let alone = group(&shape, (30, 1000.0), 1, true);
        assert!(alone.seats.iter().all(|seat| seat.gateway == 0));
    }

    #[test]
    fn a_system_with_limits_gets_more_publishers() {
        let speaking = |is_ours| {
            let plan = group(&Shape::default(), (200, 1000.0), 2, is_ours);
            plan.seats.iter().filter(|seat| seat.speaks.is_some()).count()
        };
        assert_eq!((speaking(true), speaking(false)), (4, 67));
    }

    #[test]
    fn everybody_of_a_crowd_is_in_so_many_groups_of_so_many() {
        let shape = Shape { connections: Some(95), members: Some(10), ..Shape::default() };
        let plan = crowd(&shape, 3, None, 2);
        assert_eq!(plan.cast.groups.len(), 30);
        for group in &plan.cast.groups {
            assert_eq!(group.len(), 11, "and who writes");
        }
        for user in 0..100 {
            assert_eq!(plan.cast.groups.iter().filter(|group| group.contains(&user)).count(), 3);
        }
        assert_eq!(plan.seats.iter().filter(|seat| seat.speaks.is_some()).count(), 30);
    }
}
