//! The command line of `imtt-load peers`: what is only its own, and the rest as everywhere.

use super::contender::{Contender, Work};
use super::worker::SHORTEST;
use crate::load::options::{Options, Target};
use std::path::PathBuf;

/// One process holds all connections of some, and has so many open files at most.
const MOST_CONNECTIONS: usize = 19_000;
/// Where the programs for Node are, from the top of the checkout.
const FOLDER: &str = "loadtest/peers";

/// What `--help` says of it.
pub const HELP: &str = "\
imtt-load peers   the same work for us and for what people would use instead, compared; all of the above does not do it
          --runs 3 --peers floor,ours,ws,uwebsockets,socketio,nats --works sparse,dense,idle
          --folder loadtest/peers   where the programs for Node are, with their packages; who is not here is skipped
          and --seconds --warm-up --size --members --rate --connections --workers --binaries --json --report as above";

/// Everything that is asked for.
#[derive(Debug, Clone)]
pub struct PeersOptions {
    /// Who.
    pub contenders: Vec<Contender>,
    /// By what.
    pub works: Vec<Work>,
    /// How often; medians are told.
    pub runs: usize,
    /// Where the programs for Node are.
    pub folder: PathBuf,
    /// What every run of the tool has.
    pub load: Options,
}

impl PeersOptions {
    /// Reads it.
    ///
    /// # Errors
    /// A sentence about what is wrong.
    pub fn read(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self {
            contenders: Contender::ALL.to_vec(),
            works: Work::ALL.to_vec(),
            runs: 3,
            folder: FOLDER.into(),
            load: Options::read(std::iter::empty())?,
        };
        let (mut words, mut others) = (words, Vec::new());
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} lacks its value"))?;
            if !read.set(&word, &value).map_err(|why| format!("{word} {value}: {why}"))? {
                others.extend([word, value]);
            }
        }
        read.load = Options::read(others.into_iter())?;
        read.checked()
    }

    /// Whether it is one of these.
    fn set(&mut self, word: &str, value: &str) -> Result<bool, String> {
        match word {
            "--peers" => self.contenders = list(value, &Contender::ALL, Contender::word)?,
            "--works" => self.works = list(value, &Work::ALL, Work::word)?,
            "--runs" => {
                let runs = value.parse().ok().filter(|runs| *runs > 0);
                self.runs = runs.ok_or("that is no number of runs")?;
            }
            "--folder" => self.folder = value.into(),
            "--scenario" | "--preset" => return Err("with peers it is --works sparse,dense,idle".to_owned()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn checked(self) -> Result<Self, String> {
        if !matches!(self.load.target, Target::Cluster { .. }) {
            return Err("peers are compared with a cluster that is started for it".to_owned());
        }
        if self.load.shape.size() < SHORTEST {
            return Err(format!("--size is {SHORTEST} at least: a message says its number and its time"));
        }
        let most = self.works.iter().map(|work| work.amount(&self.load.shape).listeners).max();
        if most > Some(MOST_CONNECTIONS) {
            return Err(format!("at most {MOST_CONNECTIONS} connections: one process holds all of them"));
        }
        Ok(self)
    }
}

/// Those that are named, each once, in the order of `all`.
fn list<T: Copy>(value: &str, all: &[T], word: fn(T) -> &'static str) -> Result<Vec<T>, String> {
    let named: Vec<&str> = value.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    let known = |name: &str| all.iter().any(|one| word(*one) == name);
    if let Some(unknown) = named.iter().find(|name| !known(name)) {
        let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
        return Err(format!("there is no {unknown}; there are {}", words.join(",")));
    }
    let chosen: Vec<T> = all.iter().copied().filter(|one| named.contains(&word(*one))).collect();
    if chosen.is_empty() { Err("at least one".to_owned()) } else { Ok(chosen) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<PeersOptions, String> {
        PeersOptions::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_words_it_is_everybody_by_everything_three_times() {
        let options = read("").unwrap();
        assert_eq!((options.contenders.as_slice(), options.runs), (Contender::ALL.as_slice(), 3));
        assert_eq!(options.works, Work::ALL);
    }

    #[test]
    fn its_own_words_and_those_of_every_run_stand_side_by_side() {
        let options = read("--peers ws,floor --works dense --seconds 4 --runs 1 --members 20").unwrap();
        assert_eq!(options.contenders, [Contender::Floor, Contender::Ws]);
        assert_eq!((options.works.as_slice(), options.runs), ([Work::Dense].as_slice(), 1));
        assert_eq!((options.load.seconds, options.load.shape.members), (4.0, Some(20)));
    }

    #[test]
    fn what_is_wrong_is_said_in_a_sentence_that_names_it() {
        for (line, wanted) in [
            ("--peers floor,irc", "there is no irc; there are floor,ours,ws"),
            ("--peers ,", "--peers ,: at least one"),
            ("--runs 0", "that is no number of runs"),
            ("--runs", "--runs lacks its value"),
            ("--preset dense", "it is --works"),
            ("--start standalone", "compared with a cluster"),
            ("--address a:1", "compared with a cluster"),
            ("--size 10", "--size is"),
            ("--connections 20000", "at most 19000"),
            ("--fast yes", "there is no such option"),
        ] {
            let why = read(line).err().unwrap_or_else(|| panic!("{line} is taken"));
            assert!(why.contains(wanted), "{line}: {why}");
        }
    }
}
