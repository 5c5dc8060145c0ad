//! Wall-clock time as the wire and the tables have it (UTC, whole milliseconds), and the clock that gives
//! it, which tests set by hand. Waiting is tokio's business and not this clock's.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 in UTC. On the wire RFC 3339 with milliseconds: `2026-11-22T08:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Whole seconds since 1970, rounded down: what a token's claims hold.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same moment for the date library; 1970 for a number that is no date.
    #[must_use]
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// This moment moved on by `by`.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long from `earlier` to here; zero when it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_chrono().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let at = DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?;
        Ok(at.to_utc().into())
    }
}

/// Where nodes get the time from. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds set by a test; `None` reads the machine's clock.
    set: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `at` until a test moves it; its clones move along.
    #[must_use]
    pub fn manual(at: Timestamp) -> Self {
        Self { set: Some(Arc::new(AtomicI64::new(at.0))) }
    }

    /// Now, cut to whole milliseconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        if let Some(set) = &self.set {
            return Timestamp(set.load(Ordering::SeqCst));
        }
        #[allow(clippy::disallowed_methods, reason = "this is the clock that everybody else asks")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Moves a manual clock on; a system clock stays what it is.
    pub fn advance(&self, by: Duration) {
        if let Some(set) = &self.set {
            set.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_cross_the_wire_as_rfc_3339_with_milliseconds() {
        let at = Timestamp(1_795_334_400_007);
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(json, "\"2026-11-22T08:00:00.007Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }

    #[test]
    fn a_manual_clock_moves_only_by_hand_and_with_its_clones() {
        let clock = Clock::manual(Timestamp(5));
        let same = clock.clone();
        clock.advance(Duration::from_secs(1));
        assert_eq!(same.now(), Timestamp(1005));
    }
}
