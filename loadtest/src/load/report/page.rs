//! A page that is complete in itself: no script, no other file, light and dark as its reader likes, on any width.

use super::goals::{Judged, Met};
use super::plot::{Axis, Series, bars, doublings, lines};
use super::{Outcome, Scaling, Second};
use crate::load::measure::Latency;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// The page.
#[must_use]
pub fn page(outcomes: &[Outcome], judged: &[Judged]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>IM-TT under load</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n\
         <h1>IM-TT under load</h1>\n"
    );
    goals(&mut page, judged);
    summary(&mut page, outcomes);
    outcomes.iter().for_each(|outcome| section(&mut page, outcome));
    page + "</body></html>\n"
}

// Writing to a String does not fail, here and below.
fn goals(page: &mut String, judged: &[Judged]) {
    if judged.is_empty() {
        return;
    }
    page.push_str("<h2>Goals</h2>\n<div class=\"wide\"><table class=\"words\"><tr><th>figure<th>goal<th>here<th>met?</tr>\n");
    for Judged { figure, goal, here, met } in judged {
        let class = match met {
            Met::Yes | Met::WithLess => "kept",
            Met::No => "broken",
            Met::Unknown => "note",
        };
        let (goal, here, met) = (safe(goal), safe(here), met.word());
        let _ = writeln!(page, "<tr><td>{figure}<td>{goal}<td>{here}<td class=\"{class}\">{met}</tr>");
    }
    page.push_str(
        "</table></div>\n<p>A goal that is missed fails no run: machines differ, and a busy one most.</p>\n",
    );
}

fn summary(page: &mut String, outcomes: &[Outcome]) {
    page.push_str("<h2>Scenarios</h2>\n<div class=\"wide\"><table><tr><th>scenario<th>ack p50<th>p99<th>delivery p50<th>p99<th>CPU, all servers<th>promises</tr>\n");
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
    page.push_str("</table></div>\n<p>Times in milliseconds, from when a message was to be sent. CPU is user and system time of all processes of the system.</p>\n");
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
    for (class, lines) in [("broken", &outcome.faults), ("limit", &outcome.limits), ("note", &outcome.notes)]
    {
        for line in lines {
            let _ = writeln!(page, "<p class=\"{class}\">{}</p>", safe(line));
        }
    }
    if let Some(scaling) = &outcome.scaling {
        curve(page, scaling);
    } else {
        latencies(page, outcome);
    }
    let costs: Vec<(String, f64)> = outcome
        .costs
        .iter()
        .filter(|cost| cost.micros > 0.0)
        .map(|cost| (safe(&cost.process), cost.micros))
        .collect();
    if let Some(of) = outcome.costs.first().filter(|_| !costs.is_empty()) {
        figure(page, &format!("CPU {}, in µs.", safe(&of.of)), &[], &bars("µs", &costs));
    }
    page.push_str("<div class=\"wide\"><table>\n");
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
    page.push_str("</table></div>\n");
}

/// A plot and what it shows, which is what those hear who do not see it, too. `names` are the lines', in their order.
fn figure(page: &mut String, words: &str, names: &[&str], svg: &str) {
    if svg.is_empty() {
        return;
    }
    let svg = svg.replacen("<svg ", &format!("<svg aria-label=\"{words}\" "), 1);
    let key = |(nth, name)| format!("<span class=\"key k{nth}\">{name}</span>");
    let mut keys: String = names.iter().enumerate().map(key).collect();
    if !keys.is_empty() {
        keys = format!("<span class=\"keys\">{keys}</span>");
    }
    let _ = writeln!(page, "<figure><figcaption>{words}{keys}</figcaption>{svg}</figure>");
}

fn latencies(page: &mut String, outcome: &Outcome) {
    let acks = |second: &Second| second.ack;
    let deliveries = |second: &Second| second.delivery;
    over_time(page, "From when a message was to be sent to its ack, in ms.", &outcome.over_time, acks);
    let words = "From when a message was to be sent to its arrival at somebody else’s connection, in ms.";
    over_time(page, words, &outcome.over_time, deliveries);
}

fn over_time(page: &mut String, words: &str, seconds: &[Second], which: impl Fn(&Second) -> Option<Latency>) {
    let series = |name, value: fn(Latency) -> f64| {
        let point = |second: &Second| Some((second.second as f64, value(which(second)?)));
        Series { name, points: seconds.iter().filter_map(point).collect(), band: Vec::new() }
    };
    let series = [
        series("p50", |latency| latency.p50),
        series("p99", |latency| latency.p99),
        series("p99.9", |latency| latency.p999),
    ];
    let names: Vec<&str> = series.iter().map(|series| series.name).collect();
    figure(page, words, &names, &lines(&Axis::seconds(&series), &series));
}

/// What gateways, Redis and apis use as gateways are added: two plots, a table, and what was found.
fn curve(page: &mut String, scaling: &Scaling) {
    let gateways: Vec<usize> = scaling.steps.iter().map(|step| step.gateways).collect();
    let axis = Axis::doublings(&gateways);
    let place = |count: usize| doublings(gateways.first().copied().unwrap_or(1), count);
    let series = |name, value: fn(&super::Step) -> f64| Series {
        name,
        points: scaling.steps.iter().map(|step| (place(step.gateways), value(step))).collect(),
        band: Vec::new(),
    };
    let mut delivery = series("median", |step| step.delivery.median);
    delivery.band = scaling
        .steps
        .iter()
        .map(|step| (place(step.gateways), step.delivery.low, step.delivery.high))
        .collect();
    let words = "CPU of a gateway a delivery, in µs, by the number of gateways; the band is the middle half of all gateways and runs.";
    figure(page, words, &[], &lines(&axis, &[delivery]));
    let redis =
        [series("a publish", |step| step.publish), series("a node-delivery", |step| step.node_delivery)];
    let names = ["a publish", "a node-delivery: a publish by the gateways that it goes to"];
    figure(page, "CPU of Redis, in µs, by the number of gateways.", &names, &lines(&axis, &redis));
    page.push_str("<div class=\"wide\"><table class=\"numbers\"><tr><th>gateways<th>µs a delivery (middle half)<th>Redis, a publish<th>a node-delivery<th>apis, a message<th>deliveries/s<th>machine</tr>\n");
    for step in &scaling.steps {
        let (low, median, high) = (step.delivery.low, step.delivery.median, step.delivery.high);
        let _ = writeln!(
            page,
            "<tr><td>{}<td>{median:.2} ({low:.2}–{high:.2})<td>{:.1}<td>{:.2}<td>{:.1}<td>{:.0}<td>{:.0} %</tr>",
            step.gateways,
            step.publish,
            step.node_delivery,
            step.api_message,
            step.deliveries,
            step.machine * 100.0
        );
    }
    page.push_str("</table></div>\n");
    for finding in scaling.findings() {
        let _ = writeln!(page, "<p>{}</p>", safe(&finding));
    }
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
