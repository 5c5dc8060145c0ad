//! Configuration comes from the environment and is read here only. Every bad value is reported at once, by
//! the variable's name; secrets never show in logs. `.env.example` lists every variable; a test compares.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

/// The environment, and what was found wrong with it so far.
pub struct Env {
    vars: HashMap<String, String>,
    problems: RefCell<Vec<String>>,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// Everything that is wrong with the configuration, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadConfig(pub Vec<String>);

/// A value that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Wraps the bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, for the one place that needs them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The shortest secret that a node takes, in bytes.
pub const MIN_SECRET_BYTES: usize = 32;

impl Env {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        // The one place that reads it.
        #[allow(clippy::disallowed_methods)]
        Self::of(std::env::vars())
    }

    /// These variables, for tests. An empty value is an absent one.
    pub fn of<K: Into<String>, V: Into<String>>(vars: impl IntoIterator<Item = (K, V)>) -> Self {
        let vars = vars
            .into_iter()
            .map(|(k, v)| (k.into(), v.into()))
            .filter(|(_, v): &(String, String)| !v.trim().is_empty());
        Self { vars: vars.collect(), problems: RefCell::default(), asked: RefCell::default() }
    }

    /// The text of a variable.
    pub fn text(&self, name: &'static str) -> Option<&str> {
        self.asked.borrow_mut().insert(name);
        self.vars.get(name).map(|value| value.trim())
    }

    /// A parsed variable, or its default; `expected` completes "NAME: expected …".
    pub fn parsed<T: FromStr>(&self, name: &'static str, default: T, expected: &str) -> T {
        let Some(text) = self.text(name) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.problem(name, &format!("expected {expected}, found `{text}`"));
            default
        })
    }

    /// A whole number from `low` to `high`, or its default.
    pub fn number(&self, name: &'static str, default: u64, low: u64, high: u64) -> u64 {
        let expected = format!("a whole number from {low} to {high}");
        let number = self.parsed(name, default, &expected);
        if (low..=high).contains(&number) {
            return number;
        }
        self.problem(name, &format!("expected {expected}, found `{number}`"));
        default
    }

    /// The same for sizes and counts.
    pub fn size(&self, name: &'static str, default: usize, low: usize, high: usize) -> usize {
        usize::try_from(self.number(name, default as u64, low as u64, high as u64)).unwrap_or(default)
    }

    /// A time in milliseconds.
    pub fn millis(&self, name: &'static str, default: u64, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.number(name, default, low, high))
    }

    /// A list parted by commas.
    pub fn list<T: FromStr>(&self, name: &'static str, expected: &str) -> Vec<T> {
        let items =
            self.text(name).unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty());
        let parsed = items.filter_map(|item| {
            let parsed = item.parse().ok();
            if parsed.is_none() {
                self.problem(name, &format!("expected {expected}, parted by commas; found `{item}`"));
            }
            parsed
        });
        parsed.collect()
    }

    /// A secret of at least [`MIN_SECRET_BYTES`].
    pub fn secret(&self, name: &'static str) -> Option<Secret> {
        let text = self.text(name)?;
        if text.len() < MIN_SECRET_BYTES {
            self.problem(
                name,
                &format!("a secret has at least {MIN_SECRET_BYTES} bytes, this has {}", text.len()),
            );
            return None;
        }
        Some(Secret(text.as_bytes().to_vec()))
    }

    /// Notes a problem that the caller found; once, though two parts of a node read the same variable.
    pub fn problem(&self, name: &str, what: &str) {
        let line = format!("{name}: {what}");
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&line) {
            problems.push(line);
        }
    }

    /// The variables that were asked for, set or not: what `.env.example` must list.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<&'static str> {
        self.asked.borrow().clone()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`BadConfig`] with everything that was wrong.
    pub fn finish(&self) -> Result<(), BadConfig> {
        let problems = self.problems.borrow();
        if problems.is_empty() { Ok(()) } else { Err(BadConfig(problems.clone())) }
    }
}

/// Whether rate limits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimiting {
    /// They do.
    On,
    /// No limit of any kind, for load tests.
    Off,
}

impl RateLimiting {
    /// Says in the log when they do not hold. Called once logging has started.
    pub fn warn(self) {
        if self == Self::Off {
            tracing::warn!("RATE_LIMITS is off: nothing holds back who guesses passwords or floods");
        }
    }
}

impl FromStr for RateLimiting {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err(()),
        }
    }
}

/// A range of addresses, as `10.0.0.0/8` or a single one: whose forwarded address counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    base: u128,
    bits: u32,
    is_v4: bool,
}

impl AddressRange {
    /// Whether the address lies in the range. An IPv4 address in IPv6 clothes is an IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (value, is_v4) = flat(address);
        is_v4 == self.is_v4 && self.cut(value) == self.cut(self.base)
    }

    fn cut(&self, value: u128) -> u128 {
        let width = if self.is_v4 { 32 } else { 128 };
        value.checked_shr(width - self.bits).unwrap_or(0)
    }
}

impl FromStr for AddressRange {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let (base, is_v4) = flat(address.parse().map_err(|_| ())?);
        let width = if is_v4 { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse).map_err(|_| ())?;
        if bits > width { Err(()) } else { Ok(Self { base, bits, is_v4 }) }
    }
}

fn flat(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), true),
        IpAddr::V6(v6) => (v6.to_bits(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_value_is_reported_by_name_and_at_once() {
        let env = Env::of([("LANES", "many"), ("BCRYPT_COST", "99"), ("JWT_SECRET", "short"), ("LOG", " ")]);
        assert_eq!(env.parsed("LANES", 16, "a number"), 16);
        assert_eq!(env.number("BCRYPT_COST", 12, 4, 15), 12);
        assert_eq!(env.secret("JWT_SECRET"), None);
        assert_eq!(env.text("LOG"), None);
        let BadConfig(lines) = env.finish().unwrap_err();
        assert_eq!(
            lines,
            [
                "LANES: expected a number, found `many`",
                "BCRYPT_COST: expected a whole number from 4 to 15, found `99`",
                "JWT_SECRET: a secret has at least 32 bytes, this has 5",
            ]
        );
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret(b"hunter2".to_vec())), "(secret)");
    }

    #[test]
    fn address_ranges_hold_what_they_say() {
        let in_range = |range: &str, address: &str| {
            range.parse::<AddressRange>().unwrap().contains(address.parse().unwrap())
        };
        assert!(in_range("10.0.0.0/8", "10.255.0.1"));
        assert!(in_range("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(!in_range("10.0.0.0/8", "11.0.0.1"));
        assert!(in_range("127.0.0.1", "127.0.0.1"));
        assert!(!in_range("127.0.0.1", "127.0.0.2"));
        assert!(in_range("0.0.0.0/0", "9.9.9.9"));
        assert!(!in_range("::/0", "9.9.9.9"));
        assert!(in_range("fd00::/8", "fd12::1"));
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "x"] {
            assert!(bad.parse::<AddressRange>().is_err(), "{bad}");
        }
    }
}
