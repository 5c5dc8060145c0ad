//! The command line.

use crate::nemesis::Kind;
use crate::workload::Size;
use std::path::PathBuf;

/// What a campaign is to be like.
#[derive(Debug, Clone)]
pub struct Options {
    /// Drives load and faults.
    pub seed: u64,
    /// How many faults.
    pub faults: usize,
    /// At most so many minutes of them.
    pub minutes: Option<f64>,
    /// The deck.
    pub kinds: Vec<Kind>,
    /// How many gateways.
    pub gateways: usize,
    /// How many api nodes.
    pub apis: usize,
    /// Messages a second.
    pub rate: f64,
    /// How many people.
    pub size: Size,
    /// The folder for the history and the nodes' logs.
    pub out: Option<PathBuf>,
    /// The folder of the nodes' binaries.
    pub binaries: Option<PathBuf>,
    /// Faults last no longer than they must to be felt.
    pub short: bool,
    /// So many seconds more at rest, for some without a line: ghosts would show by then, and what nodes do not let go.
    pub rest: u64,
    /// Only judge this history again.
    pub check: Option<PathBuf>,
}

/// What `--help` says.
pub const HELP: &str = "\
imtt-chaos [--seed N] [--faults N] [--minutes M] [--kinds a,b] [--gateways 3] [--apis 2]
           [--smoke] [--rate 150] [--users 30] [--rest 60] [--out DIR] [--binaries DIR] [--check FILE] [--list]

Starts a cluster of its own, has people chat over it, breaks one thing after the other, and compares what everybody
saw with what was promised. Ends with 1 if a promise was broken, or a fault could not be proven.
--check judges the history of an earlier run again; --list names the kinds of fault.";

impl Options {
    /// Reads it; `seed` is used if none is named.
    ///
    /// # Errors
    /// A sentence about what is wrong.
    pub fn read(mut words: impl Iterator<Item = String>, seed: u64) -> Result<Self, String> {
        let mut options = Self {
            seed,
            faults: Kind::ALL.len(),
            minutes: None,
            kinds: Kind::ALL.to_vec(),
            gateways: 3,
            apis: 2,
            rate: 150.0,
            size: Size::default(),
            out: None,
            binaries: None,
            short: false,
            rest: 60,
            check: None,
        };
        while let Some(word) = words.next() {
            if options.flag(&word) {
                continue;
            }
            let value = words.next().ok_or_else(|| format!("{word} lacks its value"))?;
            options.set(&word, &value).map_err(|why| format!("{word} {value}: {why}"))?;
        }
        Ok(options)
    }

    /// Takes a word that has no value.
    fn flag(&mut self, word: &str) -> bool {
        match word {
            "--smoke" => {
                self.faults = 2 * Kind::ALL.len();
                self.short = true;
                self.rest = 0;
            }
            _ => return false,
        }
        true
    }

    fn set(&mut self, word: &str, value: &str) -> Result<(), String> {
        match word {
            "--seed" => self.seed = number(value)?,
            "--faults" => self.faults = number(value)?,
            "--minutes" => self.minutes = Some(number(value)?),
            "--gateways" => self.gateways = number(value)?,
            "--apis" => self.apis = number(value)?,
            "--rate" => self.rate = number(value)?,
            "--rest" => self.rest = number(value)?,
            "--users" => self.size.users = number(value)?,
            "--out" => self.out = Some(value.into()),
            "--binaries" => self.binaries = Some(value.into()),
            "--check" => self.check = Some(value.into()),
            "--kinds" => self.kinds = value.split(',').map(kind).collect::<Result<_, _>>()?,
            _ => return Err("there is no such option".to_owned()),
        }
        Ok(())
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "not a number".to_owned())
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::parse(name).ok_or_else(|| format!("there is no kind {name}; --list names them"))
}
