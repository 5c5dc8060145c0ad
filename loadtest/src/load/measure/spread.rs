//! How values are spread: HDR histograms, in a form that goes from process to process and adds up.

use serde::{Deserialize, Serialize};

/// The longest time that is told apart: two minutes, in microseconds.
const LONGEST: u64 = 120_000_000;
/// Values are kept within one percent.
const DIGITS: u8 = 2;

/// Counts values between 1 µs and two minutes; what is beyond counts as the bound.
#[derive(Debug)]
pub struct Histogram(Option<hdrhistogram::Histogram<u64>>);

impl Default for Histogram {
    fn default() -> Self {
        // The bounds are constants that the library takes.
        Self(hdrhistogram::Histogram::new_with_bounds(1, LONGEST, DIGITS).ok())
    }
}

impl Histogram {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        if let Some(inner) = &mut self.0 {
            inner.saturating_record(value.clamp(1, LONGEST));
        }
    }

    /// What was counted since the last time.
    pub fn drain(&mut self) -> Spread {
        let Some(inner) = &mut self.0 else { return Spread::default() };
        let recorded = inner.iter_recorded();
        let spread = Spread(
            recorded.map(|step| (step.value_iterated_to(), step.count_since_last_iteration())).collect(),
        );
        inner.reset();
        spread
    }

    /// Adds what another process counted.
    pub fn add(&mut self, spread: &Spread) {
        if let Some(inner) = &mut self.0 {
            for (value, count) in &spread.0 {
                // A value beyond the bound is counted as the bound: no process of ours sends one.
                inner.saturating_record_n(*value.min(&LONGEST), *count);
            }
        }
    }

    /// The usual places; `None` when nothing was counted.
    #[must_use]
    pub fn latency(&self) -> Option<Latency> {
        let inner = self.0.as_ref().filter(|inner| !inner.is_empty())?;
        let at = |share| inner.value_at_quantile(share) as f64 / 1000.0;
        Some(Latency {
            count: inner.len(),
            p50: at(0.5),
            p99: at(0.99),
            p999: at(0.999),
            max: inner.max() as f64 / 1000.0,
        })
    }
}

/// What a histogram counted: values, ascending, and how often each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread(Vec<(u64, u64)>);

impl Spread {
    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The usual places.
    #[must_use]
    pub fn latency(&self) -> Option<Latency> {
        let mut histogram = Histogram::default();
        histogram.add(self);
        histogram.latency()
    }
}

/// How long something took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Of how many.
    pub count: u64,
    /// Half of them at most.
    pub p50: f64,
    /// All but one of a hundred.
    pub p99: f64,
    /// All but one of a thousand.
    pub p999: f64,
    /// All.
    pub max: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_about(value: f64, wanted: f64) -> bool {
        (value - wanted).abs() <= wanted * 0.01
    }

    #[test]
    fn percentiles_are_right_within_one_percent() {
        let mut histogram = Histogram::default();
        (1..=10_000_u64).for_each(|nth| histogram.record(nth * 100));
        let latency = histogram.latency().unwrap();
        assert_eq!(latency.count, 10_000);
        for (value, wanted) in
            [(latency.p50, 500.0), (latency.p99, 990.0), (latency.p999, 999.0), (latency.max, 1000.0)]
        {
            assert!(is_about(value, wanted), "{value} is not about {wanted}: {latency:?}");
        }
    }

    #[test]
    fn what_two_processes_counted_adds_up() {
        let (mut one, mut other, mut both) =
            (Histogram::default(), Histogram::default(), Histogram::default());
        (1..1000).for_each(|nth| if nth % 3 == 0 { one.record(nth * 7) } else { other.record(nth * 7) });
        (1..1000).for_each(|nth| both.record(nth * 7));
        let mut sum = Histogram::default();
        for histogram in [&mut one, &mut other] {
            let told = serde_json::to_string(&histogram.drain()).unwrap();
            sum.add(&serde_json::from_str(&told).unwrap());
        }
        let (sum, both) = (sum.latency().unwrap(), both.latency().unwrap());
        assert_eq!((sum.count, sum.p50, sum.p99), (both.count, both.p50, both.p99));
        assert_eq!(one.latency(), None, "what was drained is gone");
    }

    #[test]
    fn what_is_beyond_the_bounds_counts_as_the_bound() {
        let mut histogram = Histogram::default();
        histogram.record(0);
        histogram.record(u64::MAX);
        let latency = histogram.latency().unwrap();
        assert_eq!(latency.count, 2);
        assert!(is_about(latency.max, 120_000.0), "{latency:?}");
    }
}
