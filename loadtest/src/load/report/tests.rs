use super::goals::{Judged, Met};
use super::*;

fn latency(p50: f64) -> Option<Latency> {
    Some(Latency { count: 10, p50, p99: p50 * 2.0, p999: p50 * 3.0, max: p50 * 4.0 })
}

fn outcome() -> Outcome {
    let cost = |process: &str, micros| CostOf {
        process: process.to_owned(),
        seconds: 1.0,
        share: 0.1,
        of: "a delivery".to_owned(),
        micros,
    };
    let second = |second| Second { second, ack: latency(1.5), delivery: latency(2.5) };
    Outcome {
        scenario: "group <b>&".to_owned(),
        system: "a cluster".to_owned(),
        settings: vec![("groups".to_owned(), "1".to_owned())],
        seconds: 10.0,
        figures: vec![Figure::new("deliveries a second", 50_000.0, "")],
        ack: latency(1.5),
        delivery: latency(2.5),
        over_time: (0..5).map(second).collect(),
        costs: vec![cost("gateway-1", 2.0), cost("all of them", 5.0)],
        scaling: None,
        counts: Counts { acked: 7, ..Counts::default() },
        faults: Vec::new(),
        limits: Vec::new(),
        notes: Vec::new(),
    }
}

#[test]
fn the_page_is_complete_in_itself() {
    let page = page(&[outcome()], &[]);
    for elsewhere in ["http://", "https://", "//", "<script", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
    assert!(page.contains("prefers-color-scheme:dark") && page.matches("<svg").count() == 3);
    assert!(page.matches("aria-label=").count() == 3, "who does not see a plot hears what it is");
    for tag in ["svg", "table", "div", "style", "figure", "body", "html", "p", "h2"] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn no_name_becomes_a_part_of_the_page() {
    let page = page(&[outcome()], &[]);
    assert!(page.contains("group &lt;b&gt;&amp;") && !page.contains("<b>"));
}

#[test]
fn a_broken_promise_is_seen_in_both_reports() {
    let broken = Outcome { faults: vec!["3 entries came twice".to_owned()], ..outcome() };
    assert!(!broken.holds());
    for report in [page(std::slice::from_ref(&broken), &[]), table(&[broken])] {
        assert!(report.contains("3 entries came twice") && report.to_lowercase().contains("broken"));
    }
    assert!(table(&[outcome()]).contains("kept"));
}

#[test]
fn the_table_shows_what_was_measured() {
    let table = table(&[outcome()]);
    for part in ["50000", "1.5", "2.5", "gateway-1", "5.00 µs a delivery", "7 acknowledged"] {
        assert!(table.contains(part), "{part} is not in\n{table}");
    }
}

#[test]
fn the_figures_are_read_back_as_they_were_written() {
    let json = serde_json::to_string(&[outcome()]).unwrap();
    let read: Vec<Outcome> = serde_json::from_str(&json).unwrap();
    assert_eq!((read[0].ack, &read[0].costs), (outcome().ack, &outcome().costs));
}

#[test]
fn the_page_has_the_curve_and_the_goals() {
    let step = |gateways| Step { gateways, publish: 30.0, ..Step::default() };
    let scaling = Some(Scaling { steps: vec![step(1), step(2), step(4)], quiet: Quiet::default() });
    let goal =
        Judged {
            figure: "ack, p99", goal: "≤ 15 ms".to_owned(), here: "16 ms <b>".to_owned(), met: Met::No
        };
    let page = page(&[Outcome { scaling, ..outcome() }], &[goal]);
    assert_eq!(page.matches("<circle").count(), 9, "a delivery, a publish, a node-delivery");
    assert!(page.contains("no knee up to 4 gateways"));
    assert!(page.contains("<td>16 ms &lt;b&gt;<td class=\"broken\">no"));
    for tag in ["svg", "table", "div", "figure", "circle", "title"] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}
