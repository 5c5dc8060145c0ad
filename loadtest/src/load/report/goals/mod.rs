//! What was measured, beside what is wanted. A goal that is missed fails no run: machines differ, and a busy one most.

mod list;
mod judge;

pub use judge::{Floors, judge};

use std::fmt::Write;

/// A goal, and what was measured of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What is measured.
    pub figure: &'static str,
    /// What is wanted.
    pub goal: String,
    /// What was measured.
    pub here: String,
    /// Whether it is as wanted.
    pub met: Met,
}

/// Whether a goal is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// It is.
    Yes,
    /// It is, with less load than the goal speaks of.
    WithLess,
    /// It is not.
    No,
    /// What was measured does not say.
    Unknown,
}

impl Met {
    fn when(is_met: bool) -> Self {
        if is_met { Self::Yes } else { Self::No }
    }

    /// The same, if it was under the load that the goal speaks of.
    fn under(self, is_whole: bool) -> Self {
        if self == Self::Yes && !is_whole { Self::WithLess } else { self }
    }

    /// For reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::WithLess => "yes, with less",
            Self::No => "no",
            Self::Unknown => "–",
        }
    }
}

/// For a terminal; nothing if nothing was measured that has a goal.
#[must_use]
pub fn text(judged: &[Judged]) -> String {
    if judged.is_empty() {
        return String::new();
    }
    let heads = ["figure", "goal", "here", "met?"].map(str::to_owned);
    let rows = judged
        .iter()
        .map(|row| [row.figure.to_owned(), row.goal.clone(), row.here.clone(), row.met.word().to_owned()]);
    let rows: Vec<[String; 4]> = std::iter::once(heads).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut text = String::from("\n");
    for [figure, goal, here, met] in &rows {
        // Writing to a String does not fail.
        let _ =
            writeln!(text, "{figure:<0$}   {goal:<1$}   {here:<2$}   {met}", widths[0], widths[1], widths[2]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let row = |figure, here: &str, met| Judged {
            figure,
            goal: "≤ 1 µs".to_owned(),
            here: here.to_owned(),
            met,
        };
        let text = text(&[row("a", "0.5 µs", Met::Yes), row("a longer one", "10.25 µs", Met::No)]);
        let wanted = "\n\
             figure         goal     here       met?\n\
             a              ≤ 1 µs   0.5 µs     yes\n\
             a longer one   ≤ 1 µs   10.25 µs   no\n";
        assert_eq!(text, wanted);
        assert_eq!(super::text(&[]), "");
    }

    #[test]
    fn less_load_makes_no_miss_a_hit() {
        assert_eq!(Met::Yes.under(false), Met::WithLess);
        assert_eq!(Met::No.under(false), Met::No);
        assert_eq!(Met::Yes.under(true), Met::Yes);
    }
}
