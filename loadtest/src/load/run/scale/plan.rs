//! Who takes part: a group a step, all with the same number of listeners at each of their gateways.

use crate::load::options::Options;
use crate::load::run::plan::{Cost, Goal, Plan, Rhythm, Seat};
use crate::load::system::Cast;

/// Listeners at each gateway, and messages a second.
const MEMBERS: usize = 100;
const RATE: f64 = 50.0;

/// The first gateway is the publishers' alone: it takes messages in and passes acks on, which the others do not, and they
/// are what is compared. Each step's group has a publisher of its own there, and everybody at the next gateways.
pub fn plan(options: &Options) -> Plan {
    let steps = &options.scale.steps;
    let members = options.shape.members.unwrap_or(MEMBERS);
    let rate = options.shape.rate.unwrap_or(RATE);
    let listeners = options.scale.most() * members;
    let publisher = |step: usize| listeners + step;
    let groups = steps.iter().enumerate().map(|(step, gateways)| {
        let listening = 0..gateways * members;
        std::iter::once(publisher(step)).chain(listening).collect()
    });
    let listening = (0..listeners).map(|user| Seat { user, gateway: 1 + user / members, speaks: None });
    let speaking = (0..steps.len()).map(|step| Seat {
        user: publisher(step),
        gateway: 0,
        speaks: Some(Goal::Group(step)),
    });
    let named: Vec<String> = steps.iter().map(ToString::to_string).collect();
    Plan {
        cast: Cast { users: listeners + steps.len(), groups: groups.collect() },
        seats: listening.chain(speaking).collect(),
        rhythm: Rhythm::Rate(rate),
        cost: Cost::Delivery,
        settings: vec![
            ("gateways", named.join(" ")),
            ("runs", options.scale.runs.to_string()),
            ("seconds each", options.seconds.to_string()),
            ("listeners a gateway", members.to_string()),
            ("messages a second", rate.to_string()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gateway_of_a_step_has_as_many_listeners_and_no_other_gateway_has_any() {
        let words = "scale --steps 1,2,4 --members 3".split(' ').map(str::to_owned);
        let plan = plan(&Options::read(words).unwrap());
        assert_eq!(plan.cast.groups.len(), 3);
        for (group, gateways) in plan.cast.groups.iter().zip([1, 2, 4]) {
            let mut at = [0; 5];
            for seat in plan.seats.iter().filter(|seat| group.contains(&seat.user)) {
                at[seat.gateway] += 1;
            }
            let wanted: Vec<usize> = (0..5)
                .map(|gateway| if gateway == 0 { 1 } else { 3 * usize::from(gateway <= gateways) })
                .collect();
            assert_eq!(at.to_vec(), wanted, "one publisher, and everybody else elsewhere");
        }
    }

    #[test]
    fn each_group_has_one_publisher_at_the_first_gateway() {
        let plan = plan(&Options::read(["scale".to_owned()].into_iter()).unwrap());
        let speaking: Vec<&Seat> = plan.seats.iter().filter(|seat| seat.speaks.is_some()).collect();
        assert_eq!(speaking.len(), plan.cast.groups.len());
        for (step, seat) in speaking.iter().enumerate() {
            assert_eq!((seat.speaks, seat.gateway), (Some(Goal::Group(step)), 0));
            assert!(plan.cast.groups[step].contains(&seat.user));
        }
    }
}
