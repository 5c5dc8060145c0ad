//! What several runs of the same say together.

use serde::{Deserialize, Serialize};

/// Where the middle half of some values lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Middle {
    /// A quarter of them is at most this.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// A quarter of them is at least this.
    pub high: f64,
}

impl Middle {
    /// Of these values; `None` when there are none. Between two values it is drawn a straight line.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * (values.len().checked_sub(1)?) as f64;
            let (below, part) = (place.floor() as usize, place.fract());
            let low = values[below];
            let high = values.get(below + 1).copied().unwrap_or(low);
            Some(low + (high - low) * part)
        };
        Some(Self { low: at(0.25)?, median: at(0.5)?, high: at(0.75)? })
    }
}

/// The median; 0 of nothing.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    Middle::of(values).map_or(0.0, |middle| middle.median)
}

/// The straight line nearest to these points by least squares: its value at 0, and by how much it rises for 1. `None` when
/// the points do not lie at two places at least.
#[must_use]
pub fn line_through(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let together: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    (spread > 0.0).then(|| (y - together / spread * x, together / spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_same_in_any_order_and_one_bad_value_does_not_move_it() {
        let middle = Middle::of([9000.0, 1.0, 3.0, 2.0, 4.0]).unwrap();
        assert_eq!(middle, Middle { low: 2.0, median: 3.0, high: 4.0 });
        assert_eq!(Middle::of([7.0]).unwrap(), Middle { low: 7.0, median: 7.0, high: 7.0 });
        assert_eq!(Middle::of([]), None);
        assert!((median([1.0, 2.0]) - 1.5).abs() < 1e-9, "of an even number it is between the middle two");
    }

    #[test]
    fn the_line_is_that_of_the_points() {
        let (at_zero, rise) = line_through(&[(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]).unwrap();
        assert!((at_zero - 5.0).abs() < 1e-9 && (rise - 2.0).abs() < 1e-9);
        let (at_zero, rise) = line_through(&[(0.0, 0.0), (0.0, 2.0), (1.0, 1.0), (1.0, 3.0)]).unwrap();
        assert!((at_zero - 1.0).abs() < 1e-9 && (rise - 1.0).abs() < 1e-9, "between points at one place");
        assert_eq!(line_through(&[(3.0, 1.0), (3.0, 2.0)]), None);
        assert_eq!(line_through(&[]), None);
    }
}
