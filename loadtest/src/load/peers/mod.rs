//! The same work for us and for what people would use instead: fan-out to a group that is sparse or dense, and connections
//! that do nothing. What it costs all server processes is compared, in one run, each soon after the other, and with the
//! floor beneath all of them. Whoever loses, doubles or swaps a message has failed.
//!
//! Top to bottom: what is asked for, who is compared, how one speaks to each, the processes of each, the floor, the workers
//! that hold the connections, one work of one contender, and what came of all.

mod options;
mod contender;
mod manner;
mod start;
pub mod floor;
pub mod worker;
mod crew;
mod stage;
mod comparison;
mod table;
mod page;

pub use comparison::{Comparison, Measured, Median, Row, Sample};
pub use contender::{Amount, Contender, Work};
pub use manner::Manner;
pub use options::{HELP, PeersOptions};
pub use page::page;
pub use table::table;

use super::options::{Options, Scenario, Target};
use super::report::Outcome;
use super::report::goals::Floors;
use std::fs;
use std::path::{Path, PathBuf};

/// The word that the command line begins with.
pub const WORD: &str = "peers";

/// Compares; tells how it goes.
pub async fn run(options: &PeersOptions, mut say: impl FnMut(String)) -> Comparison {
    let shape = &options.load.shape;
    let mut comparison = Comparison {
        settings: settings(options),
        seconds: options.load.seconds,
        runs: options.runs,
        works: options.works.clone(),
        ..Comparison::default()
    };
    let mut here = Vec::new();
    for contender in &options.contenders {
        match start::missing(*contender, &options.folder) {
            None => here.push(*contender),
            Some(why) => {
                say(format!("{}: skipped, {why}", contender.name()));
                comparison.skipped.push((*contender, why));
            }
        }
    }
    for round in 1..=options.runs {
        for work in &options.works {
            let Amount { listeners, rate } = work.amount(shape);
            say(format!("run {round}, {}: {listeners} connections, {rate} messages a second", work.word()));
            for contender in rotated(&here, round - 1) {
                let measured = stage::play(contender, *work, options).await;
                let value = measured.value.map_or_else(|| "no figure".to_owned(), table::figure);
                say(format!("run {round}, {}, {}: {value} {}", work.word(), contender.name(), work.unit()));
                measured.faults.iter().for_each(|fault| say(format!("  BROKEN: {fault}")));
                comparison.samples.push(Sample { contender, work: *work, round, measured });
            }
        }
    }
    comparison.sum_up(&here);
    comparison
}

/// What the floor asks for a delivery in the groups that were just played; nothing for others, and for a system that was not
/// started for it, which may be on another machine.
pub async fn floors(load: &Options, outcomes: &[Outcome], say: impl FnMut(String)) -> Floors {
    let is_played = |scenario: Scenario| outcomes.iter().any(|outcome| outcome.scenario == scenario.name());
    let works = [(Scenario::Sparse, Work::Sparse), (Scenario::Dense, Work::Dense)];
    let works: Vec<Work> =
        works.into_iter().filter(|(scenario, _)| is_played(*scenario)).map(|(_, work)| work).collect();
    if works.is_empty() || matches!(load.target, Target::Running { .. }) {
        return Floors::default();
    }
    let contenders = vec![Contender::Floor];
    let options = PeersOptions { contenders, works, runs: 1, folder: PathBuf::new(), load: load.clone() };
    let floor = run(&options, say).await;
    let of = |work| {
        let figures = floor.rows.first().filter(|_| floor.holds()).map(|row| &row.figures)?;
        figures.iter().find(|median| median.work == work).map(|median| median.value)
    };
    Floors { sparse: of(Work::Sparse), dense: of(Work::Dense) }
}

/// Each round begins with another one, so that nobody is always the first or always behind the same one.
fn rotated(contenders: &[Contender], by: usize) -> Vec<Contender> {
    let mut rotated = contenders.to_vec();
    if !rotated.is_empty() {
        rotated.rotate_left(by % contenders.len());
    }
    rotated
}

/// What was chosen; and the packages for Node in their versions, as the manifest pins them.
fn settings(options: &PeersOptions) -> Vec<(String, String)> {
    let mut settings = vec![
        ("bytes a message".to_owned(), options.load.shape.size().to_string()),
        ("warm-up".to_owned(), format!("{} s", options.load.warm_up)),
    ];
    for work in &options.works {
        let Amount { listeners, rate } = work.amount(&options.load.shape);
        settings.push((
            work.word().to_owned(),
            match work {
                Work::Idle => format!("{listeners} connections"),
                Work::Sparse | Work::Dense => format!("{listeners} listeners and {rate} messages a second"),
            },
        ));
    }
    settings.extend(packages(&options.folder).unwrap_or_default());
    settings
}

fn packages(folder: &Path) -> Option<Vec<(String, String)>> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("package.json")).ok()?).ok()?;
    let packages = manifest.get("dependencies")?.as_object()?;
    let version =
        |(name, version): (&String, &serde_json::Value)| Some((name.clone(), version.as_str()?.to_owned()));
    packages.iter().map(version).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_begins_with_another_one() {
        use Contender::{Floor, Ours, Ws};
        let here = [Floor, Ours, Ws];
        assert_eq!(rotated(&here, 0), here);
        assert_eq!(rotated(&here, 1), [Ours, Ws, Floor]);
        assert_eq!(rotated(&here, 5), [Ws, Floor, Ours]);
        assert!(rotated(&[], 2).is_empty());
    }

    #[test]
    fn the_packages_are_pinned() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let packages = packages(&folder).unwrap();
        assert!(packages.iter().any(|(name, _)| name == "socket.io"));
        for (name, version) in packages {
            assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{name} {version}");
        }
    }
}
