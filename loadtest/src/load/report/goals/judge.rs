//! From what came of the scenarios to the goals. A scenario that was not played has no row.

use super::list::{
    BACK_CONNECTIONS, BACK_QUERIES, BACK_SECONDS, DENSE_BY_FLOOR, IDLE_GROUPS, IDLE_KIB, IDLE_MEGABYTES,
    IDLE_MEMBERS, MESSAGE_MICROS, MESSAGE_RATE, P99_MS, P99_RATE, READY_SECONDS, SLOPE, SLOPE_GATEWAYS,
    SPARSE_BY_FLOOR, SUSTAINED,
};
use super::{Judged, Met};
use crate::load::measure::Latency;
use crate::load::options::Scenario;
use crate::load::report::{Outcome, names};

/// Microseconds of CPU for a delivery of a program that only writes a finished frame to each socket: what the kernel asks
/// of anybody. `None` where it was not measured in the same run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Floors {
    /// Beside the sparse group.
    pub sparse: Option<f64>,
    /// Beside the dense one.
    pub dense: Option<f64>,
}

/// All goals of which something was measured.
#[must_use]
pub fn judge(outcomes: &[Outcome], floors: Floors) -> Vec<Judged> {
    let of = |scenario: Scenario| outcomes.iter().find(move |outcome| outcome.scenario == scenario.name());
    let mut judged = Vec::new();
    let fan_outs = [
        (Scenario::Sparse, "CPU of all servers a delivery, sparse group", SPARSE_BY_FLOOR, floors.sparse),
        (Scenario::Dense, "CPU of all servers a delivery, dense group", DENSE_BY_FLOOR, floors.dense),
    ];
    for (scenario, figure, times, floor) in fan_outs {
        judged.extend(of(scenario).and_then(|outcome| fan_out(outcome, figure, times, floor)));
    }
    judged.extend(of(Scenario::Idle).and_then(idle));
    judged.extend(of(Scenario::Ingest).map(ingest).unwrap_or_default());
    judged.extend(of(Scenario::Direct).map(direct).unwrap_or_default());
    judged.extend(of(Scenario::Storm).map(storm).unwrap_or_default());
    judged.extend(of(Scenario::Scale).and_then(scale));
    judged.extend(of(Scenario::AllInOne).map(all_in_one).unwrap_or_default());
    judged
}

fn fan_out(outcome: &Outcome, figure: &'static str, times: f64, floor: Option<f64>) -> Option<Judged> {
    let micros = outcome.costs.last()?.micros;
    let goal = format!("≤ {times:.2} × floor");
    Some(match floor.filter(|floor| *floor > 0.0) {
        Some(floor) => {
            let by_floor = micros / floor;
            let here = format!("{micros:.2} µs, {by_floor:.2} × {floor:.2} µs");
            Judged { figure, goal, here, met: Met::when(by_floor <= times) }
        }
        None => {
            Judged { figure, goal, here: format!("{micros:.2} µs, floor not measured"), met: Met::Unknown }
        }
    })
}

fn idle(outcome: &Outcome) -> Option<Judged> {
    let kib = outcome.figure(names::GATEWAY_MEMORY)?;
    let (groups, members) = (outcome.number("groups each")?, outcome.number("members each")?);
    let is_whole = groups >= IDLE_GROUPS as f64 && members >= IDLE_MEMBERS as f64;
    Some(Judged {
        figure: "memory of gateways, an idle connection",
        goal: format!("≤ {IDLE_KIB} KiB, in {IDLE_GROUPS} groups of {IDLE_MEMBERS}"),
        here: format!("{kib:.2} KiB, in {groups} groups of {members}"),
        met: Met::when(kib <= IDLE_KIB).under(is_whole),
    })
}

fn ingest(outcome: &Outcome) -> Vec<Judged> {
    let Some(rate) = outcome.figure(names::MESSAGES) else { return Vec::new() };
    let mut judged = Vec::new();
    if let Some(cost) = outcome.costs.last() {
        judged.push(Judged {
            figure: "CPU of all servers, a durable message",
            goal: format!("≤ {MESSAGE_MICROS} µs at ≥ {MESSAGE_RATE}/s"),
            here: format!("{:.1} µs at {rate:.0}/s", cost.micros),
            met: Met::when(cost.micros <= MESSAGE_MICROS && rate >= MESSAGE_RATE),
        });
    }
    judged.push(Judged {
        figure: "durable messages, sustained",
        goal: format!("≥ {SUSTAINED}/s"),
        here: format!("{rate:.0}/s"),
        met: Met::when(rate >= SUSTAINED),
    });
    judged
}

fn direct(outcome: &Outcome) -> Vec<Judged> {
    let rate = outcome.number("messages a second").unwrap_or(0.0);
    let row = |(figure, latency): (&'static str, Option<Latency>)| {
        let p99 = latency?.p99;
        Some(Judged {
            figure,
            goal: format!("≤ {P99_MS} ms at {P99_RATE}/s"),
            here: format!("{p99:.1} ms at {rate}/s"),
            met: Met::when(p99 <= P99_MS).under(rate >= P99_RATE),
        })
    };
    let figures = [("ack, p99", outcome.ack), ("delivery, p99", outcome.delivery)];
    figures.into_iter().filter_map(row).collect()
}

fn storm(outcome: &Outcome) -> Vec<Judged> {
    let connections = outcome.number("connections").unwrap_or(0.0);
    let row = |figure, goal: String, value: String, is_met| Judged {
        figure,
        goal: format!("{goal}, {BACK_CONNECTIONS} connections"),
        here: format!("{value}, {connections} connections"),
        met: Met::when(is_met).under(connections >= BACK_CONNECTIONS),
    };
    let back = outcome.figure(names::BACK).map(|seconds| {
        let figure = "cut off, 99 % back with everything";
        row(figure, format!("≤ {BACK_SECONDS} s"), format!("{seconds:.1} s"), seconds <= BACK_SECONDS)
    });
    let queries = outcome.figure(names::QUERIES).map(|times| {
        let figure = "database statements meanwhile";
        row(figure, format!("≤ {BACK_QUERIES} × before"), format!("{times:.1} ×"), times <= BACK_QUERIES)
    });
    back.into_iter().chain(queries).collect()
}

fn scale(outcome: &Outcome) -> Option<Judged> {
    let scaling = outcome.scaling.as_ref()?;
    let (slope, first, last) = (scaling.slope()?, scaling.steps.first()?, scaling.steps.last()?);
    // Where nobody has time, messages wait and several go out in one write: that is cheaper, and no sign of scaling.
    let is_full = scaling.steps.iter().any(|step| step.full.is_some());
    let met = Met::when(slope <= SLOPE).under(first.gateways == 1 && last.gateways >= SLOPE_GATEWAYS);
    Some(Judged {
        figure: "a delivery at a gateway, a doubling of gateways",
        goal: format!("≤ {SLOPE} %, 1 to {SLOPE_GATEWAYS}"),
        here: format!(
            "{slope:+.1} %, {} to {}{}",
            first.gateways,
            last.gateways,
            if is_full { ", machine or tool full" } else { "" }
        ),
        met: if is_full { Met::Unknown } else { met },
    })
}

fn all_in_one(outcome: &Outcome) -> Vec<Judged> {
    let ready = outcome.figure(names::SERVED).map(|seconds| Judged {
        figure: "all-in-one, from its start until it serves",
        goal: format!("≤ {READY_SECONDS} s"),
        here: format!("{seconds:.2} s"),
        met: Met::when(seconds <= READY_SECONDS),
    });
    let memory = outcome.figure(names::IDLE_MEMORY).map(|megabytes| Judged {
        figure: "all-in-one, memory with nobody connected",
        goal: format!("≤ {IDLE_MEGABYTES} MB"),
        here: format!("{megabytes:.1} MB"),
        met: Met::when(megabytes <= IDLE_MEGABYTES),
    });
    ready.into_iter().chain(memory).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::measure::Middle;
    use crate::load::report::{CostOf, Figure, Quiet, Scaling, Step};
    use crate::load::worker::Counts;

    fn outcome(scenario: Scenario, micros: f64, settings: &[(&str, &str)]) -> Outcome {
        let cost = |process: &str, micros| CostOf {
            process: process.to_owned(),
            seconds: 1.0,
            share: 0.1,
            of: "a delivery".to_owned(),
            micros,
        };
        Outcome {
            scenario: scenario.name().to_owned(),
            system: "a cluster".to_owned(),
            settings: settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            seconds: 10.0,
            figures: Vec::new(),
            ack: None,
            delivery: None,
            over_time: Vec::new(),
            costs: vec![cost("gateway-1", micros / 2.0), cost("all of them", micros)],
            scaling: None,
            counts: Counts::default(),
            faults: Vec::new(),
            limits: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn with(mut outcome: Outcome, figures: &[(&str, f64)]) -> Outcome {
        outcome.figures = figures.iter().map(|(name, value)| Figure::new(name, *value, "")).collect();
        outcome
    }

    fn met(outcome: Outcome) -> Vec<Met> {
        judge(&[outcome], Floors::default()).into_iter().map(|row| row.met).collect()
    }

    #[test]
    fn a_delivery_is_compared_with_the_floor_of_its_own_kind_and_with_none_if_none_was_measured() {
        let outcomes = [outcome(Scenario::Sparse, 7.6, &[]), outcome(Scenario::Dense, 2.4, &[])];
        let floors = Floors { sparse: Some(7.0), dense: Some(4.0) };
        let judged: Vec<Met> = judge(&outcomes, floors).into_iter().map(|row| row.met).collect();
        assert_eq!(judged, [Met::Yes, Met::No], "1.09 times 7, and 0.6 times 4");
        let rows = judge(&outcomes, Floors { sparse: Some(6.9), dense: None });
        assert_eq!((rows[0].met, rows[1].met), (Met::No, Met::Unknown));
        assert!(rows[0].here.starts_with("7.60 µs") && rows[1].here.contains("floor not measured"));
    }

    #[test]
    fn a_message_is_cheap_only_while_many_pass() {
        let ingest =
            |micros, rate| met(with(outcome(Scenario::Ingest, micros, &[]), &[(names::MESSAGES, rate)]));
        assert_eq!(ingest(59.0, 21_000.0), [Met::Yes, Met::Yes]);
        assert_eq!(ingest(59.0, 12_000.0), [Met::Yes, Met::No]);
        assert_eq!(ingest(59.0, 9000.0), [Met::No, Met::No]);
        assert_eq!(ingest(61.0, 21_000.0), [Met::No, Met::Yes]);
    }

    #[test]
    fn latencies_count_at_the_rate_that_the_goal_speaks_of() {
        let direct = |p99, rate| {
            let latency = Some(Latency { count: 1, p50: 1.0, p99, p999: p99, max: p99 });
            let outcome = outcome(Scenario::Direct, 1.0, &[("messages a second", rate)]);
            met(Outcome { ack: latency, delivery: latency, ..outcome })
        };
        assert_eq!(direct(14.0, "2000"), [Met::Yes; 2]);
        assert_eq!(direct(16.0, "2000"), [Met::No; 2]);
        assert_eq!(direct(14.0, "500"), [Met::WithLess; 2]);
    }

    #[test]
    fn a_storm_of_fewer_says_so() {
        let storm = |seconds, times, connections| {
            let outcome = outcome(Scenario::Storm, 1.0, &[("connections", connections)]);
            judge(&[with(outcome, &[(names::BACK, seconds), (names::QUERIES, times)])], Floors::default())
        };
        let rows = storm(5.5, 4.0, "5000");
        assert_eq!((rows[0].met, rows[1].met), (Met::WithLess, Met::No));
        assert!(rows[0].here.contains("5000 connections"), "{}", rows[0].here);
        assert_eq!(storm(9.0, 2.0, "10000")[0].met, Met::Yes);
    }

    #[test]
    fn memory_and_starts_are_compared_with_their_limits() {
        let idle = |kib, groups| {
            let outcome = outcome(Scenario::Idle, 1.0, &[("groups each", groups), ("members each", "100")]);
            met(with(outcome, &[(names::GATEWAY_MEMORY, kib)]))
        };
        assert_eq!(
            (idle(3.9, "10"), idle(4.1, "10"), idle(1.0, "2")),
            (vec![Met::Yes], vec![Met::No], vec![Met::WithLess])
        );
        let figures = [(names::SERVED, 0.2), (names::IDLE_MEMORY, 41.0)];
        assert_eq!(met(with(outcome(Scenario::AllInOne, 1.0, &[]), &figures)), [Met::Yes, Met::No]);
    }

    #[test]
    fn the_slope_counts_over_all_sixteen_gateways() {
        let scale_on = |costs: &[(usize, f64)], full: Option<&str>| {
            let step = |(gateways, median): &(usize, f64)| Step {
                gateways: *gateways,
                delivery: Middle { median: *median, ..Middle::default() },
                full: full.map(str::to_owned),
                ..Step::default()
            };
            let steps = costs.iter().map(step).collect();
            let scaling = Some(Scaling { steps, quiet: Quiet::default() });
            met(Outcome { scaling, ..outcome(Scenario::Scale, 1.0, &[]) })
        };
        let scale = |costs| scale_on(costs, None);
        assert_eq!(scale(&[(1, 5.0), (4, 5.1), (16, 5.3)]), [Met::Yes]);
        let full = scale_on(&[(1, 5.0), (4, 5.1), (16, 5.3)], Some("the machine was full"));
        assert_eq!(full, [Met::Unknown], "nobody can tell");
        assert_eq!(scale(&[(1, 5.0), (4, 5.3), (16, 5.6)]), [Met::No]);
        assert_eq!(scale(&[(1, 5.0), (4, 5.0)]), [Met::WithLess]);
    }

    #[test]
    fn what_was_not_played_has_no_row() {
        assert_eq!(judge(&[], Floors::default()), []);
        assert_eq!(met(outcome(Scenario::Idle, 1.0, &[])), [], "nor what has no such figure");
    }
}
