//! When there was trouble, and what may be put down to it.

use super::Rules;
use crate::history::{Event, Micros, What};
use std::collections::HashMap;

/// A fault.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    on: Micros,
    off: Micros,
    /// The two signs that everybody is over it.
    recovered: Option<Micros>,
    healed: Option<Micros>,
}

impl Trouble {
    /// When nobody can put anything down to it any more: when everybody was over it, or had to be.
    fn over(self, heal: Micros) -> Micros {
        let due = self.off.saturating_add(heal);
        match (self.recovered, self.healed) {
            (Some(recovered), Some(healed)) => recovered.max(healed).min(due),
            _ => due,
        }
    }
}

/// The faults, by their beginnings.
pub(super) struct Troubles(Vec<Trouble>);

impl Troubles {
    pub fn of(events: &[Event]) -> Self {
        let mut troubles: Vec<Trouble> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for event in events {
            let at = event.at;
            let (fault, set): (u32, fn(&mut Trouble, Micros)) = match &event.what {
                What::FaultOn { fault, .. } => {
                    places.insert(*fault, troubles.len());
                    troubles.push(Trouble { on: at, off: Micros::MAX, recovered: None, healed: None });
                    continue;
                }
                What::FaultOff { fault } => (*fault, |trouble, at| trouble.off = at),
                What::Recovered { fault } => (*fault, |trouble, at| trouble.recovered = Some(at)),
                What::Healed { fault } => (*fault, |trouble, at| trouble.healed = Some(at)),
                _ => continue,
            };
            if let Some(trouble) = places.get(&fault).and_then(|place| troubles.get_mut(*place)) {
                set(trouble, at);
            }
        }
        Self(troubles)
    }

    /// When something that began at `from` must be done: so long after it, or where there is trouble meanwhile, when that
    /// is over and everybody has got over it; and a little later on a busy machine.
    pub fn due(&self, from: Micros, allowed: Micros, rules: &Rules) -> Micros {
        let mut due = from + allowed;
        for trouble in &self.0 {
            if trouble.on > due {
                break;
            }
            let over = trouble.over(rules.heal);
            if over >= from {
                due = due.max(over);
            }
        }
        due.saturating_add(rules.slack)
    }
}
