//! A page that is complete in itself: no script, no other file, light and dark as its reader likes.

use super::plot::{Series, bars, lines};
use super::{Outcome, Second};
use crate::load::measure::Latency;
use std::fmt::Write;

const STYLE: &str = "\
:root{color-scheme:light dark;--back:#fff;--text:#1a1c20;--soft:#5b6270;--line:#d9dce3;--a:#2457c5;--b:#c2410c;--good:#15803d;--bad:#b91c1c}
@media (prefers-color-scheme:dark){:root{--back:#15171b;--text:#e8eaee;--soft:#9aa3b2;--line:#343a45;--a:#7aa5ff;--b:#ff9d66;--good:#4ade80;--bad:#f87171}}
body{background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}p,figcaption{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:right}
th:first-child,td:first-child{text-align:left}figure{margin:1rem 0;overflow-x:auto}
svg{width:100%;max-width:44rem;height:auto;font:12px system-ui,sans-serif}svg text{fill:var(--soft)}
.grid{stroke:var(--line)}.line{fill:none;stroke-width:2;stroke-linecap:round}.s0{stroke:var(--a)}.s1{stroke:var(--b)}.bar{fill:var(--a)}
.kept{color:var(--good)}.broken{color:var(--bad);font-weight:600}";

/// The page.
#[must_use]
pub fn page(outcomes: &[Outcome]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>IM-TT under load</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n\
         <h1>IM-TT under load</h1>\n"
    );
    summary(&mut page, outcomes);
    outcomes.iter().for_each(|outcome| section(&mut page, outcome));
    page + "</body></html>\n"
}

// Writing to a String does not fail, here and below.
fn summary(page: &mut String, outcomes: &[Outcome]) {
    page.push_str("<table><tr><th>scenario<th>ack p50<th>p99<th>delivery p50<th>p99<th>CPU, all servers<th>promises</tr>\n");
    for outcome in outcomes {
        let cost = outcome.costs.last().filter(|cost| cost.micros > 0.0);
        let cost = cost.map_or_else(|| "–".to_owned(), |cost| format!("{:.1} µs {}", cost.micros, cost.of));
        let verdict = if outcome.holds() { "<td class=\"kept\">kept" } else { "<td class=\"broken\">broken" };
        let _ = writeln!(
            page,
            "<tr><td>{}{}{}<td>{}{verdict}</tr>",
            safe(&outcome.scenario),
            cells(outcome.ack),
            cells(outcome.delivery),
            safe(&cost)
        );
    }
    page.push_str("</table>\n<p>Times in milliseconds, from when a message was to be sent. CPU is user and system time of all processes of the system.</p>\n");
}

fn cells(latency: Option<Latency>) -> String {
    match latency {
        Some(latency) => format!("<td>{:.1}<td>{:.1}", latency.p50, latency.p99),
        None => "<td>–<td>–".to_owned(),
    }
}

fn section(page: &mut String, outcome: &Outcome) {
    let settings: Vec<String> =
        outcome.settings.iter().map(|(name, value)| safe(&format!("{name} {value}"))).collect();
    let _ = writeln!(
        page,
        "<h2>{}</h2>\n<p>{}. On {}.</p>",
        safe(&outcome.scenario),
        settings.join(", "),
        safe(&outcome.system)
    );
    for (class, lines) in [("broken", &outcome.faults), ("broken", &outcome.limits), ("note", &outcome.notes)]
    {
        for line in lines {
            let _ = writeln!(page, "<p class=\"{class}\">{}</p>", safe(line));
        }
    }
    figure(
        page,
        "From when a message was to be sent to its ack.",
        &over_time(&outcome.over_time, |second| second.ack),
    );
    let deliveries = over_time(&outcome.over_time, |second| second.delivery);
    figure(
        page,
        "From when a message was to be sent to its arrival at somebody else's connection.",
        &deliveries,
    );
    let costs: Vec<(String, f64)> = outcome
        .costs
        .iter()
        .filter(|cost| cost.micros > 0.0)
        .map(|cost| (safe(&cost.process), cost.micros))
        .collect();
    if let Some(of) = outcome.costs.first().filter(|_| !costs.is_empty()) {
        figure(page, &format!("CPU {}.", safe(&of.of)), &bars("µs", &costs));
    }
    page.push_str("<table>\n");
    for (name, latency) in [("ack", outcome.ack), ("delivery", outcome.delivery)] {
        if let Some(Latency { p50, p99, p999, max, .. }) = latency {
            let values = format!("{p50:.1}, {p99:.1}, {p999:.1}, {max:.1} ms");
            let _ = writeln!(page, "<tr><td>{name}: p50, p99, p99.9, max<td>{values}</tr>");
        }
    }
    for figure in &outcome.figures {
        let (name, unit) = (safe(&figure.name), safe(&figure.unit));
        let _ = writeln!(page, "<tr><td>{name}<td>{:.2} {unit}</tr>", figure.value);
    }
    page.push_str("</table>\n");
}

fn figure(page: &mut String, words: &str, svg: &str) {
    if !svg.is_empty() {
        let _ = writeln!(page, "<figure>{svg}<figcaption>{words}</figcaption></figure>");
    }
}

fn over_time(seconds: &[Second], which: impl Fn(&Second) -> Option<Latency>) -> String {
    let series = |name, value: fn(Latency) -> f64| {
        let point = |second: &Second| Some((second.second as f64, value(which(second)?)));
        Series { name, points: seconds.iter().filter_map(point).collect() }
    };
    lines("ms", &[series("p50", |latency| latency.p50), series("p99", |latency| latency.p99)])
}

/// As text of a page.
#[must_use]
pub fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page in the same style, around a body of its own.
#[must_use]
pub fn around(title: &str, body: &str) -> String {
    let title = safe(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n\
         <h1>{title}</h1>\n{body}</body></html>\n"
    )
}
