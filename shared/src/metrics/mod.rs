//! What a node counts: the table of all metrics, and what exports them. Where things happen they are counted by the
//! names of the table; nothing else describes one.

pub mod runtime;
mod table;

pub use table::*;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The programs that export it.
    pub on: &'static [Program],
    /// What is exported of it before anything has happened.
    pub start: Start,
    /// What it says.
    pub help: &'static str,
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows; ends in `_total`.
    Counter,
    /// Is what it is.
    Gauge,
    /// A histogram of seconds.
    Seconds,
    /// A histogram of counts.
    Sizes,
    /// A histogram of bytes.
    Bytes,
}

/// The programs that export metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// `gateway`.
    Gateway,
    /// `api`.
    Api,
    /// `im-tt`.
    AllInOne,
}

/// Every program.
pub const ALL: &[Program] = &[Program::Gateway, Program::Api, Program::AllInOne];
/// Who has sockets of clients.
pub const SOCKETS: &[Program] = &[Program::Gateway, Program::AllInOne];
/// Who has a database.
pub const STORE: &[Program] = &[Program::Api, Program::AllInOne];
/// Who has links to Redis.
pub const LINKS: &[Program] = &[Program::Gateway, Program::Api];
/// Who asks other nodes.
pub const DOOR: &[Program] = &[Program::Gateway];

/// What is exported of a metric from the start, as 0: the first thing that happens is a change then, which rates see.
#[derive(Debug, Clone, Copy)]
pub enum Start {
    /// It has no labels.
    One,
    /// A series for each value of its one label.
    Each(&'static str, Values),
    /// A series for each pair of values of its two labels.
    Pairs((&'static str, Values), (&'static str, Values)),
    /// Nothing: it depends on what happens, or is never 0. These are its labels.
    Unknown(&'static [&'static str]),
}

/// All values that a label can have.
pub type Values = fn() -> Vec<String>;

impl Start {
    /// The names of the labels.
    #[must_use]
    pub fn labels(&self) -> Vec<&'static str> {
        match self {
            Self::One => Vec::new(),
            Self::Each(label, _) => vec![label],
            Self::Pairs((one, _), (other, _)) => vec![one, other],
            Self::Unknown(labels) => labels.to_vec(),
        }
    }

    /// The labels of every series that is exported from the start.
    #[must_use]
    pub fn series(&self) -> Vec<Vec<(&'static str, String)>> {
        match *self {
            Self::One => vec![Vec::new()],
            Self::Each(label, values) => values().into_iter().map(|value| vec![(label, value)]).collect(),
            Self::Pairs((one, ones), (other, others)) => {
                let others = others();
                let pairs = ones().into_iter().flat_map(|first| {
                    others.iter().map(move |second| vec![(one, first.clone()), (other, second.clone())])
                });
                pairs.collect()
            }
            Self::Unknown(_) => Vec::new(),
        }
    }
}

/// Bucket bounds of the histograms of seconds: 0.5 ms to 30 s. The second and the two seconds that are promised are bounds.
const SECONDS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0];
/// Bucket bounds of the histograms of counts: powers of two to a full batch.
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
/// Bucket bounds of the histograms of bytes: from a short event to twice the default outbox.
const BYTES: [f64; 9] = [256.0, 1024.0, 4096.0, 16384.0, 32768.0, 65536.0, 131072.0, 262144.0, 524288.0];

/// How often recorded values are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Metrics are the process's, whatever number of nodes it holds: the first call installs them.
static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// Starts counting for this process, or finds that it was started, and gives what renders `/metrics`. `schema`: the
/// number of the newest migration, of a program that has some.
///
/// # Errors
/// When another recorder was installed, or a table entry is malformed.
pub fn install(
    program: Program,
    schema: Option<i64>,
) -> Result<PrometheusHandle, Box<dyn std::error::Error + Send + Sync>> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let mut builder = PrometheusBuilder::new();
    for Metric { name, kind, .. } in TABLE {
        builder = match kind {
            Kind::Seconds => builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), &SECONDS)?,
            Kind::Sizes => builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), &SIZES)?,
            Kind::Bytes => builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), &BYTES)?,
            Kind::Counter | Kind::Gauge => builder,
        };
    }
    let handle = builder.install_recorder()?;
    keep_up(handle.clone())?;
    TABLE.iter().filter(|metric| metric.on.contains(&program)).for_each(begin);
    let mut build = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    build.extend(schema.map(|schema| ("schema", schema.to_string())));
    gauge!(BUILD_INFO, &build).set(1.0);
    *installed = Some(handle.clone());
    Ok(handle)
}

/// Describes a metric, and exports what is known of it.
fn begin(metric: &Metric) {
    let Metric { name, kind, start, help, .. } = *metric;
    match kind {
        Kind::Counter => describe_counter!(name, help),
        Kind::Gauge => describe_gauge!(name, help),
        Kind::Seconds | Kind::Sizes | Kind::Bytes => describe_histogram!(name, help),
    }
    for labels in start.series() {
        match kind {
            Kind::Counter => drop(counter!(name, &labels)),
            Kind::Gauge => drop(gauge!(name, &labels)),
            Kind::Seconds | Kind::Sizes | Kind::Bytes => drop(histogram!(name, &labels)),
        }
    }
}

/// Every so often puts what was recorded into its buckets. Until then each value of a histogram is kept by itself, so that
/// a node whose metrics nobody reads would keep all of them.
fn keep_up(handle: PrometheusHandle) -> std::io::Result<()> {
    let keeping = move || {
        loop {
            #[allow(clippy::disallowed_methods, reason = "the thread is its own, and has no tasks")]
            std::thread::sleep(UPKEEP);
            handle.run_upkeep();
        }
    };
    std::thread::Builder::new().name("metrics".to_owned()).spawn(keeping).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_the_field() {
        for Metric { name, kind, start, help, .. } in TABLE {
            assert!(name.starts_with("imtt_") && help.ends_with('.'), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            assert!(*kind != Kind::Seconds || name.ends_with("_seconds"), "{name}");
            assert_eq!(name.ends_with("_bytes"), *kind == Kind::Bytes, "{name}");
            assert!(start.labels().iter().all(|label| !label.ends_with("id")), "{name}");
        }
    }
}
