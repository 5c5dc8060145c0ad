//! The same as a page.

use super::comparison::Comparison;
use super::contender::Work;
use super::table::{figure, is_broken};
use crate::load::report::{around, bars, safe};
use std::fmt::Write;

/// The page.
#[must_use]
pub fn page(comparison: &Comparison) -> String {
    // Writing to a String does not fail, here and below.
    let mut body = String::from("<table><tr><th>system");
    for work in &comparison.works {
        let _ = write!(body, "<th>{}, {}", work.word(), work.unit());
        body.push_str(if *work == Work::Idle { "" } else { "<th>× floor" });
    }
    body.push_str("<th>all arrived</tr>\n");
    for row in &comparison.rows {
        let _ = write!(body, "<tr><td>{}", safe(row.contender.name()));
        for work in &comparison.works {
            let median = row.figures.iter().find(|median| median.work == *work);
            let cell = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), figure);
            let _ = write!(body, "<td>{}", cell(median.map(|median| median.value)));
            if *work != Work::Idle {
                let _ = write!(body, "<td>{}", cell(median.and_then(|median| median.of_floor)));
            }
        }
        let broken = is_broken(comparison, row.contender);
        body.push_str(if broken { "<td class=\"broken\">no" } else { "<td class=\"kept\">yes" });
        body.push_str("</tr>\n");
    }
    let _ = writeln!(body, "</table>\n<p>{}.</p>", safe(&comparison.chosen()));
    comparison.works.iter().for_each(|work| picture(&mut body, comparison, *work));
    remarks(&mut body, comparison);
    around("IM-TT and its peers", &body)
}

fn picture(body: &mut String, comparison: &Comparison, work: Work) {
    let figures = comparison.rows.iter().filter_map(|row| {
        let median = row.figures.iter().find(|median| median.work == work)?;
        Some((safe(row.contender.name()), median.value.max(0.0)))
    });
    let figures: Vec<(String, f64)> = figures.collect();
    let unit = if work == Work::Idle { "KiB" } else { "µs" };
    if !figures.is_empty() {
        let words = format!("{}: {}", work.word(), work.unit());
        let _ = writeln!(body, "<figure>{}<figcaption>{words}</figcaption></figure>", bars(unit, &figures));
    }
}

fn remarks(body: &mut String, comparison: &Comparison) {
    for (contender, why) in &comparison.skipped {
        let _ = writeln!(body, "<p>Skipped: {}, {}.</p>", safe(contender.name()), safe(why));
    }
    for sample in &comparison.samples {
        let name =
            safe(&format!("{}, {}, run {}", sample.contender.name(), sample.work.word(), sample.round));
        for (class, lines) in [("note", &sample.measured.notes), ("broken", &sample.measured.faults)] {
            for line in lines {
                let _ = writeln!(body, "<p class=\"{class}\">{name}: {}</p>", safe(line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::comparison::tests::comparison;
    use super::*;

    #[test]
    fn the_page_is_whole_and_shows_every_figure() {
        let mut comparison = comparison();
        comparison.samples[1].measured.faults.push("a <b> fault".to_owned());
        let page = page(&comparison);
        for tag in ["svg", "table", "figure", "body", "html", "p"] {
            let opened =
                page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        assert_eq!(page.matches("<svg").count(), 3);
        assert!(page.contains("<td>ws, Redis<td>12.00<td>2.00<td>8.00<td>–<td>12.00<td class=\"broken\">"));
        assert!(page.contains("a &lt;b&gt; fault") && !page.contains("//"));
    }
}
