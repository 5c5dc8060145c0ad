//! The command line.

mod choice;

pub use choice::{Scenario, Target};

use super::run::Shape;
use std::path::PathBuf;
use std::str::FromStr;

/// Everything that is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which scenarios, one after the other.
    pub scenarios: Vec<Scenario>,
    /// On what.
    pub target: Target,
    /// The folder of the nodes' programs.
    pub binaries: Option<PathBuf>,
    /// Seconds that are measured.
    pub seconds: f64,
    /// Seconds of the same load before them.
    pub warm_up: f64,
    /// How many worker processes; without a number, as many as the connections need.
    pub workers: Option<usize>,
    /// What is asked of a scenario, where that is not its default.
    pub shape: Shape,
    /// Where the figures go, as JSON.
    pub json: Option<PathBuf>,
    /// Where the page goes.
    pub report: Option<PathBuf>,
}

/// What `--help` says.
pub const HELP: &str = "\
imtt-load [all | direct | group | idle | storm | ingest] [on what] [how much] [--json FILE] [--report FILE.html]

on what   --start cluster [--gateways 2] [--apis 1]     (this is the default)
          --start standalone                            [--binaries DIR for both: the programs im-tt, gateway, api]
          --gateways HOST:PORT,... --apis http://HOST:PORT,... [--metrics URL,...]   a system that runs
          --address HOST:PORT                           the same, if one address is all of it

how much  --seconds 10  measured, after --warm-up 3      --size 200  bytes a message    --workers N  processes
direct    --users 200 --rate 1000                        messages a second, each to one other user
group     --preset sparse|dense  or  --groups 1 --members 1000 --rate 50 --publishers 1
idle      --connections 5000 --in-groups 10 --members 100
storm     --connections 5000 --members 100 --rate 100 --jitter-ms 5000
ingest    --users 64 --in-flight 32                      each user has so many messages without an answer

Every scenario checks that each acknowledged message reached everybody once and in order. Ends with 1 if not, with 2 if it
could not be run.";

/// A node's access tokens live for 15 minutes: a run must be over by then.
const LONGEST: f64 = 600.0;

impl Options {
    /// Reads it.
    ///
    /// # Errors
    /// A sentence about what is wrong.
    pub fn read(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Read::default();
        let mut words = words.peekable();
        if let Some(word) = words.next_if(|word| !word.starts_with('-')) {
            read.scenario = word;
        }
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} lacks its value"))?;
            read.set(&word, &value).map_err(|why| format!("{word} {value}: {why}"))?;
        }
        read.finish()
    }
}

/// What was read so far.
#[derive(Default)]
struct Read {
    scenario: String,
    start: Option<String>,
    address: Option<String>,
    gateways: Option<String>,
    apis: Option<String>,
    metrics: Vec<String>,
    preset: Option<String>,
    binaries: Option<PathBuf>,
    seconds: Option<f64>,
    warm_up: Option<f64>,
    workers: Option<usize>,
    shape: Shape,
    json: Option<PathBuf>,
    report: Option<PathBuf>,
}

impl Read {
    fn set(&mut self, word: &str, value: &str) -> Result<(), String> {
        let shape = &mut self.shape;
        match word {
            "--scenario" => value.clone_into(&mut self.scenario),
            "--start" => self.start = Some(value.to_owned()),
            "--address" => self.address = Some(value.to_owned()),
            "--gateways" => self.gateways = Some(value.to_owned()),
            "--apis" => self.apis = Some(value.to_owned()),
            "--metrics" => self.metrics = list(value),
            "--binaries" => self.binaries = Some(value.into()),
            "--seconds" => self.seconds = Some(amount(value)?),
            "--warm-up" => self.warm_up = Some(number(value)?),
            "--workers" => self.workers = Some(count(value)?),
            "--preset" => self.preset = Some(value.to_owned()),
            "--users" => shape.users = Some(count(value)?),
            "--rate" => shape.rate = Some(amount(value)?),
            "--size" => shape.size = Some(number(value)?),
            "--groups" => shape.groups = Some(count(value)?),
            "--members" => shape.members = Some(count(value)?),
            "--publishers" => shape.publishers = Some(count(value)?),
            "--connections" => shape.connections = Some(count(value)?),
            "--in-groups" => shape.in_groups = Some(count(value)?),
            "--in-flight" => shape.in_flight = Some(count(value)?),
            "--jitter-ms" => shape.jitter_ms = Some(number(value)?),
            "--json" => self.json = Some(value.into()),
            "--report" => self.report = Some(value.into()),
            _ => return Err("there is no such option".to_owned()),
        }
        Ok(())
    }

    fn finish(self) -> Result<Options, String> {
        let (scenarios, target) = (self.scenarios()?, self.target()?);
        let (seconds, warm_up) = (self.seconds.unwrap_or(10.0), self.warm_up.unwrap_or(3.0));
        if warm_up < 0.0 || seconds + warm_up > LONGEST {
            return Err(format!(
                "--seconds and --warm-up together are at most {LONGEST}: access tokens run out"
            ));
        }
        let (binaries, workers, shape) = (self.binaries, self.workers, self.shape);
        let (json, report) = (self.json, self.report);
        Ok(Options { scenarios, target, binaries, seconds, warm_up, workers, shape, json, report })
    }

    fn scenarios(&self) -> Result<Vec<Scenario>, String> {
        let group = match self.preset.as_deref() {
            None | Some("sparse") => Scenario::Sparse,
            Some("dense") => Scenario::Dense,
            Some(other) => return Err(format!("--preset {other}: it is sparse or dense")),
        };
        Ok(match self.scenario.as_str() {
            "" | "all" => Scenario::ALL.to_vec(),
            "direct" => vec![Scenario::Direct],
            "group" => vec![group],
            "idle" => vec![Scenario::Idle],
            "storm" => vec![Scenario::Storm],
            "ingest" => vec![Scenario::Ingest],
            other => return Err(format!("there is no scenario {other}; --help names them")),
        })
    }

    fn target(&self) -> Result<Target, String> {
        let whole = |word: &str, text: &Option<String>, default| match text {
            Some(text) => count(text).map_err(|why| format!("{word} {text}: {why}")),
            None => Ok(default),
        };
        if let Some(start) = &self.start {
            if self.address.is_some() || !self.metrics.is_empty() {
                return Err(
                    "--start is without --address and --metrics: those are for a system that runs".to_owned()
                );
            }
            return match start.as_str() {
                "standalone" => Ok(Target::Standalone),
                "cluster" => Ok(Target::Cluster {
                    gateways: whole("--gateways", &self.gateways, 2)?,
                    apis: whole("--apis", &self.apis, 1)?,
                }),
                other => Err(format!("--start {other}: it is standalone or cluster")),
            };
        }
        let (gateways, apis) = match (&self.address, &self.gateways, &self.apis) {
            (Some(address), None, None) => {
                let host = address.trim_start_matches("http://").trim_end_matches('/');
                (vec![host.to_owned()], vec![format!("http://{host}")])
            }
            (None, Some(gateways), Some(apis)) if gateways.contains(':') => (list(gateways), list(apis)),
            (None, Some(gateways), None) if gateways.contains(':') => {
                return Err(
                    "--gateways HOST:PORT is with --apis; if one address is all of it, use --address"
                        .to_owned(),
                );
            }
            (None, ..) if !self.metrics.is_empty() => {
                return Err(
                    "--metrics is for a system that runs: name it with --address, or --gateways and --apis"
                        .to_owned(),
                );
            }
            (None, gateways, apis) => {
                let (gateways, apis) = (whole("--gateways", gateways, 2)?, whole("--apis", apis, 1)?);
                return Ok(Target::Cluster { gateways, apis });
            }
            (Some(_), _, _) => return Err("--address is without --gateways and --apis".to_owned()),
        };
        Ok(Target::Running { gateways, apis, metrics: self.metrics.clone() })
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',')
        .map(|one| one.trim().trim_end_matches('/').to_owned())
        .filter(|one| !one.is_empty())
        .collect()
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "that is no number".to_owned())
}

fn count(text: &str) -> Result<usize, String> {
    number(text).and_then(|count| if count == 0 { Err("at least one".to_owned()) } else { Ok(count) })
}

fn amount(text: &str) -> Result<f64, String> {
    let amount: f64 = number(text)?;
    if amount.is_finite() && amount > 0.0 { Ok(amount) } else { Err("more than nothing".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        Options::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_words_it_is_all_scenarios_on_a_cluster() {
        let options = read("").unwrap();
        assert_eq!(options.scenarios, Scenario::ALL);
        assert_eq!(options.target, Target::Cluster { gateways: 2, apis: 1 });
    }

    #[test]
    fn what_is_under_load_is_started_or_named() {
        assert_eq!(read("direct --start standalone").unwrap().target, Target::Standalone);
        let cluster = Target::Cluster { gateways: 4, apis: 2 };
        assert_eq!(read("--start cluster --gateways 4 --apis 2").unwrap().target, cluster);
        assert_eq!(read("--gateways 4 --apis 2").unwrap().target, cluster);
        let running =
            read("direct --gateways a:1,b:2 --apis http://c:3/ --metrics http://d:4/metrics").unwrap();
        let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let wanted = Target::Running {
            gateways: strings(&["a:1", "b:2"]),
            apis: strings(&["http://c:3"]),
            metrics: strings(&["http://d:4/metrics"]),
        };
        assert_eq!(running.target, wanted);
        let one = read("direct --address http://a:1").unwrap();
        let wanted =
            Target::Running { gateways: strings(&["a:1"]), apis: strings(&["http://a:1"]), metrics: vec![] };
        assert_eq!(one.target, wanted);
    }

    #[test]
    fn a_scenario_and_its_numbers_are_read() {
        let options = read("group --preset dense --members 20 --rate 2.5 --seconds 4 --workers 3").unwrap();
        assert_eq!(options.scenarios, [Scenario::Dense]);
        assert_eq!((options.shape.members, options.shape.rate), (Some(20), Some(2.5)));
        assert_eq!((options.seconds, options.workers), (4.0, Some(3)));
    }

    #[test]
    fn what_is_wrong_is_said_in_a_sentence_that_names_it() {
        for (line, wanted) in [
            ("chaos", "there is no scenario chaos"),
            ("direct --fast yes", "--fast yes: there is no such option"),
            ("direct --rate", "--rate lacks its value"),
            ("direct --rate many", "--rate many: that is no number"),
            ("direct --rate -1", "--rate -1: more than nothing"),
            ("direct --users 0", "--users 0: at least one"),
            ("group --preset thick", "--preset thick: it is sparse or dense"),
            ("--start docker", "--start docker: it is standalone or cluster"),
            ("--start cluster --gateways two", "--gateways two: that is no number"),
            ("--start standalone --address a:1", "--start is without --address"),
            ("--address a:1 --apis http://b:1", "--address is without"),
            ("--gateways a:1", "--gateways HOST:PORT is with --apis"),
            ("--metrics http://a:1/metrics", "--metrics is for a system that runs"),
            ("direct --seconds 3000", "at most 600"),
        ] {
            let why = read(line).err().unwrap_or_else(|| panic!("{line} is taken"));
            assert!(why.contains(wanted), "{line}: {why}");
        }
    }
}
