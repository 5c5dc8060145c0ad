//! For a terminal: medians in one table, and below it the spread of the runs and what else is to be known.

use super::comparison::{Comparison, Median, Sample};
use super::contender::{Contender, Work};
use std::fmt::Write;

/// All of it.
#[must_use]
pub fn table(comparison: &Comparison) -> String {
    // Writing to a String does not fail, here and below.
    let mut text = format!("\n{:<30}", "system");
    for work in &comparison.works {
        let _ = write!(text, "{:>28}", format!("{}, {}", work.word(), work.unit()));
        text.push_str(if *work == Work::Idle { "" } else { "   × floor" });
    }
    text.push('\n');
    for row in &comparison.rows {
        let _ = write!(text, "{:<30}", row.contender.name());
        for work in &comparison.works {
            let median = row.figures.iter().find(|median| median.work == *work);
            let _ =
                write!(text, "{:>28}", median.map_or_else(|| "-".to_owned(), |median| figure(median.value)));
            if *work != Work::Idle {
                let ratio = median.and_then(|median| median.of_floor);
                let _ = write!(text, "{:>10}", ratio.map_or_else(|| "-".to_owned(), figure));
            }
        }
        text.push_str(if is_broken(comparison, row.contender) { "   BROKEN\n" } else { "\n" });
    }
    let _ = writeln!(text, "\n{}", comparison.chosen());
    for row in &comparison.rows {
        for median in &row.figures {
            details(&mut text, comparison, row.contender, median);
        }
    }
    for (contender, why) in &comparison.skipped {
        let _ = writeln!(text, "SKIPPED {}: {why}", contender.name());
    }
    for sample in &comparison.samples {
        let name = format!("{}, {}, run {}", sample.contender.name(), sample.work.word(), sample.round);
        for (word, lines) in [("NOTE", &sample.measured.notes), ("BROKEN", &sample.measured.faults)] {
            for line in lines {
                let _ = writeln!(text, "{word} {name}: {line}");
            }
        }
    }
    text
}

/// Whether one of its runs was not as it must be.
pub fn is_broken(comparison: &Comparison, contender: Contender) -> bool {
    comparison
        .samples
        .iter()
        .any(|sample| sample.contender == contender && !sample.measured.faults.is_empty())
}

/// Two digits behind the point are more than a run is worth, and let small ones be told apart.
pub fn figure(value: f64) -> String {
    format!("{value:.2}")
}

fn details(text: &mut String, comparison: &Comparison, contender: Contender, median: &Median) {
    let (work, least, most) = (median.work, figure(median.least), figure(median.most));
    let _ = write!(text, "  {}, {}: {least} to {most} {}", contender.name(), work.word(), work.unit());
    let mine = |sample: &&Sample| sample.contender == contender && sample.work == work;
    if let Some(last) = comparison.samples.iter().rfind(mine) {
        for cost in last.measured.costs.iter().filter(|_| last.measured.costs.len() > 1) {
            let _ = write!(text, ", {} {:.2}", cost.process, cost.micros);
        }
        if let Some(latency) = last.measured.delivery {
            let _ = write!(text, "; delivery p50 {:.1} ms, p99 {:.1} ms", latency.p50, latency.p99);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::super::comparison::tests::{comparison, sample};
    use super::*;

    #[test]
    fn a_row_has_all_figures_of_a_contender() {
        let table = table(&comparison());
        let row = table.lines().find(|line| line.starts_with("ws")).unwrap();
        let cells: Vec<&str> = row.split_whitespace().skip(2).collect();
        assert_eq!(cells, ["12.00", "2.00", "8.00", "-", "12.00"]);
        let floor = table.lines().find(|line| line.starts_with("floor")).unwrap();
        assert!(floor.ends_with("6.00") && floor.contains("1.00") && floor.contains('-'));
    }

    #[test]
    fn who_is_missing_and_what_is_broken_is_said() {
        let mut comparison = comparison();
        comparison.skipped.push((Contender::Nats, "there is no nats-server".to_owned()));
        let mut broken = sample(Contender::Ws, Work::Dense, 2, 9.0);
        broken.measured.faults.push("3 messages came once more, or after a later one".to_owned());
        comparison.samples.push(broken);
        let table = table(&comparison);
        assert!(table.contains("SKIPPED NATS, one node: there is no nats-server"));
        assert!(table.contains("BROKEN ws, Redis, dense, run 2: 3 messages came once more"));
        assert!(table.lines().any(|line| line.starts_with("ws") && line.ends_with("BROKEN")));
    }
}
