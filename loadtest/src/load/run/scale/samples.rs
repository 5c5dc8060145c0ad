//! From what was used in each run to the curve.

use crate::load::measure::{Middle, median};
use crate::load::report::{Quiet, Scaling, Step};
use crate::load::run::happened::FULL;
use crate::load::run::meter::{NEARLY_ALL, Used};
use crate::load::run::plan::Plan;
use crate::load::system::System;

/// All runs.
#[derive(Default)]
pub(super) struct Samples {
    /// The quiet time of each.
    pub(super) quiet: Vec<Used>,
    /// Their steps, in the order in which they were measured.
    pub(super) steps: Vec<Sample>,
}

/// A step of a run.
pub(super) struct Sample {
    /// Gateways that hear, without the publisher's.
    pub(super) gateways: usize,
    /// Messages that were acknowledged.
    pub(super) messages: f64,
    /// Deliveries, that to the publisher among them.
    pub(super) deliveries: f64,
    /// What was used.
    pub(super) used: Used,
}

/// Where the processes of a kind are among those of the system.
struct Kinds {
    gateways: Vec<usize>,
    apis: Vec<usize>,
    redis: Vec<usize>,
}

impl Samples {
    /// The curve.
    pub(super) fn told(&self, system: &System, steps: &[usize], plan: &Plan) -> Scaling {
        let names: Vec<&str> = system.processes.iter().map(|process| process.name.as_str()).collect();
        let kinds = Kinds::of(&names);
        let publishers = plan.cast.groups.len();
        let members = (plan.seats.len() - publishers) / (system.gateways.len() - 1).max(1);
        let curve = steps.iter().map(|gateways| self.step(*gateways, members, &kinds));
        Scaling { steps: curve.collect(), quiet: self.quiet(&kinds) }
    }

    fn step(&self, gateways: usize, members: usize, kinds: &Kinds) -> Step {
        let samples: Vec<&Sample> = self.steps.iter().filter(|sample| sample.gateways == gateways).collect();
        let over_runs = |value: &dyn Fn(&Sample) -> f64| median(samples.iter().map(|sample| value(sample)));
        let publish = over_runs(&|sample| self.net(sample, &kinds.redis) * 1e6 / sample.messages.max(1.0));
        let each = samples.iter().flat_map(|sample| {
            let deliveries = sample.at_each_gateway(members);
            let listening = kinds.gateways.iter().skip(1).take(gateways);
            listening.map(move |nth| sample.used.of(&[*nth]) * 1e6 / deliveries.max(1.0))
        });
        let machine = over_runs(&|sample| sample.used.machine);
        let worker = over_runs(&|sample| sample.used.busiest_worker());
        Step {
            gateways,
            delivery: Middle::of(each).unwrap_or_default(),
            publish,
            node_delivery: publish / (gateways as f64 + 1.0),
            api_message: over_runs(&|sample| self.net(sample, &kinds.apis) * 1e6 / sample.messages.max(1.0)),
            deliveries: over_runs(&|sample| sample.deliveries / sample.used.seconds.max(1e-9)),
            machine,
            full: full(machine, over_runs(&|sample| sample.used.own_share()), worker),
        }
    }

    /// Seconds of CPU of these processes in a step, without what they use while nobody speaks.
    fn net(&self, sample: &Sample, processes: &[usize]) -> f64 {
        let quiet = median(self.quiet.iter().map(|used| used.of(processes) / used.seconds.max(1e-9)));
        (sample.used.of(processes) - quiet * sample.used.seconds).max(0.0)
    }

    fn quiet(&self, kinds: &Kinds) -> Quiet {
        let listening = || kinds.gateways.iter().skip(1);
        let share = |used: &Used, nth: usize| used.of(&[nth]) / used.seconds.max(1e-9);
        let gateway = self.quiet.iter().flat_map(|used| listening().map(|nth| share(used, *nth)));
        let bystander = self
            .steps
            .iter()
            .flat_map(|sample| listening().skip(sample.gateways).map(|nth| share(&sample.used, *nth)));
        let redis = self.quiet.iter().map(|used| used.of(&kinds.redis) / used.seconds.max(1e-9));
        Quiet { gateway: median(gateway), bystander: median(bystander), redis: median(redis) }
    }
}

impl Sample {
    /// What arrived at the connections of one gateway: each of a step's has the same number of listeners, and the
    /// publisher, who hears everything, too, is elsewhere.
    fn at_each_gateway(&self, members: usize) -> f64 {
        let members = members as f64;
        self.deliveries * members / (self.gateways as f64 * members + 1.0)
    }
}

impl Kinds {
    fn of(names: &[&str]) -> Self {
        let named = |kind: &str| {
            let found = names.iter().enumerate().filter(|(_, name)| name.starts_with(kind));
            found.map(|(nth, _)| nth).collect()
        };
        Self { gateways: named("gateway-"), apis: named("api-"), redis: named("redis") }
    }
}

/// What was full: the whole machine, `own` of it by this run, or a worker.
fn full(machine: f64, own: f64, worker: f64) -> Option<String> {
    let percent = |share: f64| share * 100.0;
    if machine > FULL {
        Some(format!("the machine was full ({:.0} % busy, {:.0} % by this)", percent(machine), percent(own)))
    } else if worker > NEARLY_ALL {
        Some(format!("the load tool was full (a worker used {:.0} % of a core)", percent(worker)))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] = ["gateway-1", "gateway-2", "gateway-3", "api-1", "redis", "mariadb"];

    fn used(seconds: f64, processes: [f64; 6]) -> Used {
        Used { seconds, processes: processes.to_vec(), machine: 0.5, ..Used::default() }
    }

    /// 100 messages to 10 listeners at each gateway, and to the publisher.
    fn sample(gateways: usize, processes: [f64; 6]) -> Sample {
        let deliveries = 100.0 * (gateways as f64 * 10.0 + 1.0);
        Sample { gateways, messages: 100.0, deliveries, used: used(2.0, processes) }
    }

    fn is_about(value: f64, wanted: f64) -> bool {
        (value - wanted).abs() < 1e-6
    }

    #[test]
    fn a_delivery_costs_what_the_gateways_used_that_heard_it() {
        let (quiet, zero) = (vec![used(1.0, [0.0; 6])], 0.0);
        let steps = vec![
            sample(1, [9.0, 0.010, 9.0, zero, zero, zero]),
            sample(2, [9.0, 0.010, 0.012, zero, zero, zero]),
            sample(2, [9.0, 0.014, 0.030, zero, zero, zero]),
        ];
        let (samples, kinds) = (Samples { quiet, steps }, Kinds::of(&NAMES));
        assert!(is_about(samples.step(1, 10, &kinds).delivery.median, 10.0), "1000 deliveries in 10 ms");
        let middle = samples.step(2, 10, &kinds).delivery;
        assert!(is_about(middle.median, 13.0), "of all gateways and runs: {middle:?}");
    }

    #[test]
    fn what_is_used_while_nobody_speaks_is_not_counted_for_redis_and_the_apis() {
        let quiet = vec![used(1.0, [0.0, 0.0, 0.0, 0.001, 0.002, 0.0]); 3];
        let samples = Samples { quiet, steps: vec![sample(2, [0.0, 0.0, 0.0, 0.052, 0.010, 9.0])] };
        let step = samples.step(2, 10, &Kinds::of(&NAMES));
        assert!(is_about(step.api_message, 500.0), "{step:?}");
        assert!(is_about(step.publish, 60.0) && is_about(step.node_delivery, 20.0), "{step:?}");
        assert!(is_about(samples.quiet(&Kinds::of(&NAMES)).redis, 0.002));
    }

    #[test]
    fn who_stands_by_is_told_apart_from_who_hears() {
        let steps = vec![sample(1, [9.0, 1.0, 0.004, 0.0, 0.0, 0.0])];
        let samples = Samples { quiet: vec![used(1.0, [9.0, 0.001, 0.003, 0.0, 0.0, 0.0])], steps };
        let quiet = samples.quiet(&Kinds::of(&NAMES));
        assert!(is_about(quiet.bystander, 0.002) && is_about(quiet.gateway, 0.002), "{quiet:?}");
    }

    #[test]
    fn what_was_full_is_named() {
        assert!(full(0.99, 0.6, 0.9).unwrap().contains("machine was full (99 % busy, 60 % by this)"));
        assert!(full(0.5, 0.4, 0.9).unwrap().contains("load tool was full"));
        assert_eq!(full(0.5, 0.4, 0.5), None);
    }
}
