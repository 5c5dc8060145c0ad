//! Which metrics an expression of PromQL names.

use std::collections::BTreeSet;

const OPERATORS: [&str; 5] = ["and", "or", "unless", "bool", "offset"];
/// What is followed by labels in brackets.
const GROUPINGS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// The names, of histograms with their `_bucket`, `_sum` or `_count`.
pub fn metrics(expression: &str) -> BTreeSet<String> {
    let text = without(&without(&without_quoted(expression), '{', '}'), '[', ']');
    let mut names = BTreeSet::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':') {
        let is_in_number = rest[..start].ends_with(|c: char| c.is_ascii_digit() || c == '.');
        rest = &rest[start..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        if GROUPINGS.contains(&word) {
            rest = after.split_once(')').map_or("", |(_, rest)| rest);
        } else if !is_in_number && !OPERATORS.contains(&word) && !after.trim_start().starts_with('(') {
            // A function is followed by its arguments, an aggregation by these or by its labels.
            let is_aggregation =
                GROUPINGS.iter().any(|by| after.trim_start().starts_with(&format!("{by} (")));
            if !is_aggregation {
                names.insert(word.to_owned());
            }
        }
    }
    names
}

fn without_quoted(text: &str) -> String {
    text.split('"').step_by(2).collect()
}

fn without(text: &str, open: char, close: char) -> String {
    let mut depth = 0;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            _ if c == open => depth += 1,
            _ if c == close => depth -= 1,
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[test]
fn an_expression_names_its_metrics_and_nothing_else() {
    for (text, expected) in [
        ("up == 0", vec!["up"]),
        ("sum by (le, job) (rate(a_bucket{x=~\"b|c_d\"}[5m])) / 2e3", vec!["a_bucket"]),
        ("time() - a > 60 and on (instance) b unless on () count(c == 1) > 0", vec!["a", "b", "c"]),
        ("imtt:send_errors:ratio_rate1h > 14.4 * 0.001", vec!["imtt:send_errors:ratio_rate1h"]),
        ("count(count by (job, version) (a)) by (job) > 1", vec!["a"]),
        ("a_total and on (x) b", vec!["a_total", "b"]),
    ] {
        assert_eq!(metrics(text), expected.into_iter().map(str::to_owned).collect(), "{text}");
    }
}
