//! The command line.

use crate::workload::Size;
use std::path::PathBuf;
use std::str::FromStr;

/// What a rolling restart is to be like.
#[derive(Debug, Clone)]
pub struct Options {
    /// Drives the load.
    pub seed: u64,
    /// How many gateways.
    pub gateways: usize,
    /// How many api nodes.
    pub apis: usize,
    /// Messages a second.
    pub rate: f64,
    /// How many people, with how many devices.
    pub size: Size,
    /// Over how long a gateway closes its connections.
    pub drain_ms: u64,
    /// The folder of the binaries of the release before: the nodes start as that one, are rolled to this one, and back.
    pub previous: Option<PathBuf>,
    /// They are not rolled back: the one before does not start on a newer database.
    pub up_only: bool,
    /// The folder of this release's binaries.
    pub binaries: Option<PathBuf>,
    /// The folder for the history and the nodes' logs.
    pub out: Option<PathBuf>,
}

/// What `--help` says.
pub const HELP: &str = "\
imtt-rolling [--previous DIR] [--up-only] [--drain-ms 4000] [--gateways 3] [--apis 2] [--users 200] [--devices 9]
             [--rate 40] [--seed N] [--out DIR] [--binaries DIR]

Starts a cluster behind HAProxy, has people chat over it, restarts one node after the other, and compares what everybody
saw with what was promised. Every fourth of the users has so many devices, the others one. With --previous the nodes start
as the binaries of that folder, are rolled to this release and back to that one; --up-only leaves out the way back.
Ends with 1 if a promise was broken. How long people were without a line is printed beside the goal, and fails nothing.";

impl Options {
    /// Reads it; `seed` is used if none is named.
    ///
    /// # Errors
    /// A sentence about what is wrong.
    pub fn read(mut words: impl Iterator<Item = String>, seed: u64) -> Result<Self, String> {
        let mut options = Self {
            seed,
            gateways: 3,
            apis: 2,
            rate: 40.0,
            size: Size { users: 200, groups: 12, share: 0.15, quiet: 6, devices: 9 },
            drain_ms: 4000,
            previous: None,
            up_only: false,
            binaries: None,
            out: None,
        };
        while let Some(word) = words.next() {
            if word == "--up-only" {
                options.up_only = true;
                continue;
            }
            let value = words.next().ok_or_else(|| format!("{word} lacks its value"))?;
            options.set(&word, &value).map_err(|why| format!("{word} {value}: {why}"))?;
        }
        Ok(options)
    }

    fn set(&mut self, word: &str, value: &str) -> Result<(), String> {
        match word {
            "--seed" => self.seed = number(value)?,
            "--gateways" => self.gateways = number(value)?,
            "--apis" => self.apis = number(value)?,
            "--rate" => self.rate = number(value)?,
            "--users" => self.size.users = number(value)?,
            "--devices" => self.size.devices = number(value)?,
            "--drain-ms" => self.drain_ms = number(value)?,
            "--previous" => self.previous = Some(value.into()),
            "--binaries" => self.binaries = Some(value.into()),
            "--out" => self.out = Some(value.into()),
            _ => return Err("there is no such option".to_owned()),
        }
        Ok(())
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "not a number".to_owned())
}
