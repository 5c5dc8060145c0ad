//! Where a page comes from, as browsers say it: what `ALLOWED_ORIGINS` lists, and the desktop app's own.

use std::fmt;
use std::str::FromStr;

/// The desktop app's pages, on its three systems.
pub const DESKTOP: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];

/// Where a page comes from, as browsers write it in `Origin`: scheme, host, and the port unless it is the
/// scheme's own. Never `*` and never `null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Whether a request's `Origin` is this one.
    #[must_use]
    pub fn is(&self, origin: &str) -> bool {
        self.0.eq_ignore_ascii_case(origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (scheme, host) = text.split_once("://").ok_or(())?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let is_host =
            !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
        if is_scheme && is_host { Ok(Self(text.to_ascii_lowercase())) } else { Err(()) }
    }
}
