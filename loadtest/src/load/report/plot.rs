//! Plots as SVG, drawn here: lines over time, and bars. Colours are the page's, by class.

use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 26.0;
const TOP: f64 = 12.0;
/// How high a bar is, with its distance to the next.
const BAR: f64 = 26.0;

/// A line: what it is called, and its points.
pub struct Series {
    /// What it is called.
    pub name: &'static str,
    /// Second and value.
    pub points: Vec<(f64, f64)>,
}

/// Lines over time, on a scale that begins at zero. Nothing if there is no point.
pub fn lines(unit: &str, series: &[Series]) -> String {
    let points = || series.iter().flat_map(|series| &series.points);
    let last = points().map(|(second, _)| *second).fold(1.0, f64::max);
    let top = nice(points().map(|(_, value)| *value).fold(0.0, f64::max));
    if points().next().is_none() {
        return String::new();
    }
    let x = |second: f64| LEFT + second / last * (WIDTH - LEFT - 10.0);
    let y = |value: f64| TOP + (1.0 - value / top) * (HEIGHT - TOP - BOTTOM);
    // Writing to a String does not fail.
    let mut svg = format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">"#);
    for part in 0..=4 {
        let value = top * f64::from(part) / 4.0;
        let (at, right) = (y(value), WIDTH - 10.0);
        let _ = write!(svg, r#"<path class="grid" d="M{LEFT} {at:.1}H{right}"/>"#);
        let _ = write!(
            svg,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 6.0,
            at + 4.0,
            short(value)
        );
    }
    let _ = write!(svg, r#"<text x="4" y="10">{unit}</text>"#);
    let _ = write!(svg, r#"<text x="{WIDTH}" y="{:.1}" text-anchor="end">{last:.0} s</text>"#, HEIGHT - 6.0);
    for (nth, series) in series.iter().enumerate() {
        let path: Vec<String> = series
            .points
            .iter()
            .map(|(second, value)| format!("{:.1} {:.1}", x(*second), y(*value)))
            .collect();
        // A single point is seen as one.
        let dot = if path.len() == 1 { "h0" } else { "" };
        let _ = write!(svg, r#"<path class="line s{nth}" d="M{}{dot}"/>"#, path.join("L"));
        let at = LEFT + 110.0 * nth as f64;
        let _ = write!(svg, r#"<path class="line s{nth}" d="M{at} {0}h18"/>"#, HEIGHT - 10.0);
        let _ = write!(svg, r#"<text x="{}" y="{}">{}</text>"#, at + 24.0, HEIGHT - 6.0, series.name);
    }
    svg + "</svg>"
}

/// Bars with their values. `bars` are names and values that are safe to be written.
pub fn bars(unit: &str, bars: &[(String, f64)]) -> String {
    let longest = bars.iter().map(|(_, value)| *value).fold(1e-9, f64::max);
    let height = BAR * bars.len() as f64;
    let mut svg = format!(r#"<svg viewBox="0 0 {WIDTH} {height}" role="img">"#);
    for (nth, (name, value)) in bars.iter().enumerate() {
        let (from, y, width) = (170.0, BAR * nth as f64, value / longest * 320.0);
        let _ = write!(svg, r#"<text x="{}" y="{}" text-anchor="end">{name}</text>"#, from - 8.0, y + 17.0);
        let _ = write!(
            svg,
            r#"<rect class="bar" x="{from}" y="{}" width="{width:.1}" height="{}"/>"#,
            y + 4.0,
            BAR - 8.0
        );
        let _ = write!(
            svg,
            r#"<text x="{:.1}" y="{}">{} {unit}</text>"#,
            from + width + 8.0,
            y + 17.0,
            short(*value)
        );
    }
    svg + "</svg>"
}

/// The next 1, 2 or 5 with zeros.
fn nice(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1e-3).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(value)
}

fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_with_a_round_number_above_the_highest_value() {
        for (value, wanted) in [(0.9, 1.0), (1.0, 1.0), (13.0, 20.0), (47.0, 50.0), (51.0, 100.0)] {
            assert!((nice(value) - wanted).abs() < 1e-9, "{value}: {}", nice(value));
        }
    }

    #[test]
    fn every_point_is_within_the_picture() {
        let points = vec![(0.0, 3.0), (1.0, 9.0), (2.0, 0.0)];
        let svg = lines("ms", &[Series { name: "p99", points }]);
        let path = svg.split("d=\"M").find(|part| part.contains('L')).unwrap().split('"').next().unwrap();
        assert_eq!(path.split('L').count(), 3);
        for point in path.split('L') {
            let (x, y) = point.split_once(' ').unwrap();
            assert!(
                (0.0..=WIDTH).contains(&x.parse().unwrap()) && (0.0..=HEIGHT).contains(&y.parse().unwrap())
            );
        }
        assert!(lines("ms", &[Series { name: "p99", points: vec![] }]).is_empty());
    }
}
