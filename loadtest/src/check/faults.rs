//! The faults themselves: each must be proven, must have been felt by enough sends, and must be got over.

use super::facts::Facts;
use super::verdict::{FaultLine, Verdict};
use crate::history::{Micros, What};
use std::collections::BTreeMap;

pub(super) fn check(facts: &Facts<'_>, verdict: &mut Verdict) {
    let mut lines: BTreeMap<u32, FaultLine> = BTreeMap::new();
    let mut tries: Vec<Micros> = Vec::new();
    for event in facts.events {
        take(&mut lines, &mut tries, &event.what, event.at);
    }
    for line in lines.values_mut() {
        let off = line.off.unwrap_or(facts.end);
        let count = |at: Micros| tries.partition_point(|tried| *tried < at);
        line.tries = (count(off) - count(line.on)) as u64;
    }
    for line in lines.values() {
        judge(facts, verdict, line);
    }
    verdict.faults = lines.into_values().collect();
}

fn take(lines: &mut BTreeMap<u32, FaultLine>, tries: &mut Vec<Micros>, what: &What, at: Micros) {
    match what {
        What::SendInvoke { .. } => tries.push(at),
        What::FaultOn { fault, kind, target } => {
            let line = FaultLine {
                fault: *fault,
                kind: kind.to_string(),
                target: target.to_string(),
                on: at,
                off: None,
                proof: None,
                tries: 0,
                recovered: None,
                healed: None,
            };
            lines.insert(*fault, line);
        }
        What::FaultProof { fault, proof } => {
            lines.entry(*fault).and_modify(|line| line.proof = Some(proof.to_string()));
        }
        What::FaultOff { fault } => {
            lines.entry(*fault).and_modify(|line| line.off = Some(at));
        }
        What::Recovered { fault } => {
            lines
                .entry(*fault)
                .and_modify(|line| line.recovered = line.off.map(|off| at.saturating_sub(off)));
        }
        What::Healed { fault } => {
            lines.entry(*fault).and_modify(|line| line.healed = line.off.map(|off| at.saturating_sub(off)));
        }
        _ => {}
    }
}

fn judge(facts: &Facts<'_>, verdict: &mut Verdict, line: &FaultLine) {
    let name = format!("fault {} ({} of {})", line.fault, line.kind, line.target);
    let at = line.off.unwrap_or(line.on);
    if line.proof.is_none() {
        verdict.wrong("premise", at, format!("nothing proves that {name} was there"));
    }
    if line.tries < facts.rules.tries {
        let says = format!("only {} sends were tried during {name}, of {}", line.tries, facts.rules.tries);
        verdict.wrong("premise", at, says);
    }
    for (what, took) in
        [("sent and received", line.recovered), ("had what was acked before its end", line.healed)]
    {
        match took {
            Some(took) if took <= facts.rules.lost => {}
            Some(took) => {
                let says = format!("{:.1} s passed after {name} until everybody {what}", took as f64 / 1e6);
                verdict.wrong("I14", at, says);
            }
            None => {
                verdict.wrong("I14", at, format!("after {name} not everybody {what}"));
            }
        }
    }
}
