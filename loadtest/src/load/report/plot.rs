//! Plots as SVG, drawn here: lines, and bars. Colours are the page's, by class; so is the size of letters, which are larger
//! where the page is narrow, and for which there is room.

use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 24.0;
const BOTTOM: f64 = 30.0;
const TOP: f64 = 14.0;
/// Lines of the grid, without that at zero.
const GRID: u32 = 4;
/// How high a bar is, with its distance to the next.
const BAR: f64 = 26.0;

/// A line: what it is called, and its points.
pub struct Series {
    /// What it is called.
    pub name: &'static str,
    /// Where on the axis, and how high.
    pub points: Vec<(f64, f64)>,
    /// From where to where the values lie at each place; nothing if only the points are known.
    pub band: Vec<(f64, f64, f64)>,
}

/// What is below the lines.
pub struct Axis {
    /// The greatest place; the least is 0.
    pub last: f64,
    /// What is written where.
    pub marks: Vec<(f64, String)>,
    /// Whether each point is a dot, too: where there are few, and nothing is between them.
    pub has_dots: bool,
}

impl Axis {
    /// Seconds, as many as the points have.
    pub fn seconds(series: &[Series]) -> Self {
        let places = series.iter().flat_map(|series| &series.points).map(|(second, _)| *second);
        let last = places.fold(1.0, f64::max);
        let marks = vec![(0.0, "0 s".to_owned()), (last, format!("{last:.0} s"))];
        Self { last, marks, has_dots: false }
    }

    /// Numbers of gateways, each double the way.
    pub fn doublings(gateways: &[usize]) -> Self {
        let first = gateways.first().copied().unwrap_or(1);
        let mark = |count: &usize| (doublings(first, *count), count.to_string());
        let marks: Vec<(f64, String)> = gateways.iter().map(mark).collect();
        let last = marks.last().map_or(1.0, |(place, _)| *place).max(1e-9);
        Self { last, marks, has_dots: true }
    }
}

/// How often `first` is doubled until it is `count`.
pub fn doublings(first: usize, count: usize) -> f64 {
    (count.max(1) as f64 / first.max(1) as f64).log2()
}

/// Lines on a scale that begins at zero. Nothing if there is no point.
pub fn lines(axis: &Axis, series: &[Series]) -> String {
    let values = series.iter().flat_map(|series| {
        let high = series.band.iter().map(|(_, _, high)| *high);
        series.points.iter().map(|(_, value)| *value).chain(high)
    });
    let top = nice(values.fold(0.0, f64::max));
    if series.iter().all(|series| series.points.is_empty()) {
        return String::new();
    }
    let x = |place: f64| LEFT + place / axis.last * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| TOP + (1.0 - value / top) * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">"#);
    grid(&mut svg, axis, top, (&x, &y));
    for (nth, series) in series.iter().enumerate() {
        let at = |place: f64, value: f64| format!("{:.1} {:.1}", x(place), y(value));
        let there = series.band.iter().map(|(place, low, _)| at(*place, *low));
        let back = series.band.iter().rev().map(|(place, _, high)| at(*place, *high));
        let band: Vec<String> = there.chain(back).collect();
        // Writing to a String does not fail, here and below.
        if !band.is_empty() {
            let _ = write!(svg, r#"<path class="band f{nth}" d="M{}Z"/>"#, band.join("L"));
        }
        let path: Vec<String> = series.points.iter().map(|(place, value)| at(*place, *value)).collect();
        // A single point is seen as one.
        let dot = if path.len() == 1 { "h0" } else { "" };
        if !path.is_empty() {
            let _ = write!(svg, r#"<path class="line s{nth}" d="M{}{dot}"/>"#, path.join("L"));
        }
        for (place, value) in series.points.iter().filter(|_| axis.has_dots) {
            let (x, y, name) = (x(*place), y(*value), series.name);
            let value = short(*value);
            let _ = write!(
                svg,
                r#"<circle class="f{nth}" cx="{x:.1}" cy="{y:.1}" r="4"><title>{name}: {value}</title></circle>"#
            );
        }
    }
    svg + "</svg>"
}

fn grid(svg: &mut String, axis: &Axis, top: f64, (x, y): (&impl Fn(f64) -> f64, &impl Fn(f64) -> f64)) {
    for part in 0..=GRID {
        let value = top * f64::from(part) / f64::from(GRID);
        let (at, right) = (y(value), WIDTH - RIGHT);
        let _ = write!(svg, r#"<path class="grid" d="M{LEFT} {at:.1}H{right}"/>"#);
        let (left, at) = (LEFT - 6.0, at + 4.0);
        let value = plain(value);
        let _ = write!(svg, r#"<text x="{left:.1}" y="{at:.1}" text-anchor="end">{value}</text>"#);
    }
    for (place, words) in &axis.marks {
        let (at, below) = (x(*place), HEIGHT - 8.0);
        let _ = write!(svg, r#"<text x="{at:.1}" y="{below:.1}" text-anchor="middle">{words}</text>"#);
    }
}

/// Bars with their values. `bars` are names and values that are safe to be written.
pub fn bars(unit: &str, bars: &[(String, f64)]) -> String {
    let longest = bars.iter().map(|(_, value)| *value).fold(1e-9, f64::max);
    let height = BAR * bars.len() as f64;
    let mut svg = format!(r#"<svg viewBox="0 0 {WIDTH} {height}" role="img">"#);
    for (nth, (name, value)) in bars.iter().enumerate() {
        let (from, y, width) = (170.0, BAR * nth as f64, value / longest * 320.0);
        let _ = write!(svg, r#"<text x="{}" y="{}" text-anchor="end">{name}</text>"#, from - 8.0, y + 18.0);
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
            y + 18.0,
            short(*value)
        );
    }
    svg + "</svg>"
}

/// The next number that is easily quartered.
fn nice(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1e-3).log10().floor());
    let steps = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(value)
}

fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// The same, without zeros that say nothing.
fn plain(value: f64) -> String {
    let words = short(value);
    if words.contains('.') { words.trim_end_matches('0').trim_end_matches('.').to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_inside(point: &str) -> bool {
        let (x, y) = point.split_once(' ').unwrap();
        (0.0..=WIDTH).contains(&x.parse().unwrap()) && (0.0..=HEIGHT).contains(&y.parse().unwrap())
    }

    #[test]
    fn a_scale_ends_with_a_round_number_above_the_highest_value() {
        for (value, wanted) in
            [(0.9, 1.0), (1.0, 1.0), (13.0, 20.0), (47.0, 60.0), (61.0, 80.0), (81.0, 100.0)]
        {
            assert!((nice(value) - wanted).abs() < 1e-9, "{value}: {}", nice(value));
        }
        let words: Vec<String> = [0.0, 0.25, 1.5, 20.0, 150.0].into_iter().map(plain).collect();
        assert_eq!(words, ["0", "0.25", "1.5", "20", "150"]);
    }

    #[test]
    fn every_point_is_within_the_picture() {
        let points = vec![(0.0, 3.0), (1.0, 9.0), (2.0, 0.0)];
        let band = vec![(0.0, 2.0, 4.0), (2.0, 0.0, 11.0)];
        let series = [Series { name: "p99", points, band }];
        let svg = lines(&Axis::seconds(&series), &series);
        let paths: Vec<&str> = svg
            .split("d=\"M")
            .skip(1)
            .map(|part| part.split('"').next().unwrap().trim_end_matches('Z'))
            .filter(|path| path.contains('L'))
            .collect();
        assert_eq!(paths.iter().map(|path| path.split('L').count()).collect::<Vec<_>>(), [4, 3]);
        for point in paths.iter().flat_map(|path| path.split('L')) {
            assert!(is_inside(point), "{point}");
        }
        let none = [Series { name: "p99", points: vec![], band: vec![] }];
        assert!(lines(&Axis::seconds(&none), &none).is_empty());
    }

    #[test]
    fn doublings_are_equally_far_from_each_other() {
        let axis = Axis::doublings(&[1, 2, 4, 16]);
        let places: Vec<f64> = axis.marks.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [0.0, 1.0, 2.0, 4.0]);
        assert!((axis.last - 4.0).abs() < 1e-9);
        assert_eq!(axis.marks[3].1, "16");
    }
}
