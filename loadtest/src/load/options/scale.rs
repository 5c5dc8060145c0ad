//! What can be chosen of the scaling curve, and what each scenario takes of the options.

use super::{LONGEST, Options, Scenario, Target};

/// The steps of the scaling curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// How many gateways hear in each step, ascending.
    pub steps: Vec<usize>,
    /// How often each step is measured.
    pub runs: usize,
    /// Seconds that are measured, each time.
    pub seconds: f64,
    /// Seconds of the same load before them.
    pub warm_up: f64,
}

/// What was said of it.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) steps: Option<Vec<usize>>,
    pub(super) runs: Option<usize>,
    pub(super) seconds: Option<f64>,
    pub(super) warm_up: Option<f64>,
}

/// Runs, seconds, and seconds before them: of the curve alone, and of it as one of all scenarios.
const WHOLE: (usize, f64, f64) = (5, 10.0, 2.0);
const SHORT: (usize, f64, f64) = (3, 3.0, 1.0);
/// Seconds in which two people write to each other, to see that an all-in-one works, and seconds before them.
const ALL_IN_ONE: (f64, f64) = (1.0, 0.5);
const STEPS: [usize; 5] = [1, 2, 4, 8, 16];

impl Said {
    /// With defaults for what was not said.
    ///
    /// # Errors
    /// It would take longer than access tokens live.
    pub(super) fn finish(self, is_short: bool) -> Result<Scale, String> {
        let (runs, seconds, warm_up) = match is_short {
            // The seconds of the others would be too many, times all steps and runs.
            true => SHORT,
            false => (WHOLE.0, self.seconds.unwrap_or(WHOLE.1), self.warm_up.unwrap_or(WHOLE.2)),
        };
        let mut steps = self.steps.unwrap_or_else(|| STEPS.to_vec());
        steps.sort_unstable();
        steps.dedup();
        let scale = Scale { steps, runs: self.runs.unwrap_or(runs), seconds, warm_up };
        if scale.lasts() > LONGEST {
            let lasts = scale.lasts();
            return Err(format!("--runs and --seconds: scale would take {lasts:.0} s, at most {LONGEST}"));
        }
        Ok(scale)
    }
}

impl Scale {
    /// The gateways of the largest step.
    #[must_use]
    pub fn most(&self) -> usize {
        self.steps.last().copied().unwrap_or(1)
    }

    /// All runs together, in seconds: each has a quiet time, too.
    fn lasts(&self) -> f64 {
        self.runs as f64 * (self.steps.len() + 1) as f64 * (self.seconds + self.warm_up)
    }
}

impl Options {
    /// The options as a scenario takes them. The scaling curve is on a cluster of its own, with one gateway more than its
    /// largest step for who publishes; the all-in-one is looked at whatever the others are played on.
    #[must_use]
    pub fn of(&self, scenario: Scenario) -> Self {
        let mut own = self.clone();
        if scenario == Scenario::Scale {
            let apis = if let Target::Cluster { apis, .. } = self.target { apis } else { 1 };
            own.target = Target::Cluster { gateways: self.scale.most() + 1, apis };
            (own.seconds, own.warm_up) = (self.scale.seconds, self.scale.warm_up);
        }
        if scenario == Scenario::AllInOne {
            own.target = Target::Standalone;
            (own.seconds, own.warm_up) = ALL_IN_ONE;
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        Options::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn steps_are_told_apart_and_ascend() {
        let scale = read("scale --steps 8,1,2,2 --runs 7 --seconds 4").unwrap().scale;
        assert_eq!((scale.steps.as_slice(), scale.runs, scale.most()), ([1, 2, 8].as_slice(), 7, 8));
        assert!((scale.seconds - 4.0).abs() < 1e-9);
    }

    #[test]
    fn alone_it_takes_longer_than_among_all() {
        let (alone, among) = (read("scale").unwrap().scale, read("").unwrap().scale);
        assert_eq!((alone.steps.as_slice(), alone.runs), ([1, 2, 4, 8, 16].as_slice(), 5));
        assert!(among.steps == alone.steps && among.lasts() < alone.lasts() / 2.0);
        let longer = read("all --seconds 200 --runs 4").unwrap().scale;
        assert!((longer.runs, longer.seconds) == (4, among.seconds), "those seconds are the others'");
    }

    #[test]
    fn it_has_a_cluster_of_its_own_with_a_gateway_for_who_publishes() {
        let options = read("scale --steps 1,4 --apis 2").unwrap();
        assert_eq!(options.of(Scenario::Scale).target, Target::Cluster { gateways: 5, apis: 2 });
        let among = read("all --seconds 20").unwrap();
        assert_eq!(among.of(Scenario::Direct).target, Target::Cluster { gateways: 2, apis: 1 });
        assert!((among.of(Scenario::Direct).seconds - 20.0).abs() < 1e-9);
    }

    #[test]
    fn it_is_left_out_where_there_can_be_no_cluster_of_its_own() {
        for line in ["all --start standalone", "all --address a:1"] {
            assert!(!read(line).unwrap().scenarios.contains(&Scenario::Scale), "{line}");
        }
        for (line, wanted) in [
            ("scale --start standalone", "scale starts a cluster of its own"),
            ("scale --address a:1", "scale starts a cluster of its own"),
            ("scale --gateways 4", "--steps"),
            ("scale --steps 1,0", "--steps 1,0: at least one"),
            ("scale --steps 1,two", "--steps 1,two: that is no number"),
            ("scale --runs 0", "--runs 0: at least one"),
            ("scale --runs 50", "at most 600"),
        ] {
            let why = read(line).err().unwrap_or_else(|| panic!("{line} is taken"));
            assert!(why.contains(wanted), "{line}: {why}");
        }
    }
}
