//! Everything that watches, against a cluster that lives: Prometheus asks it by our configuration, and every query of every
//! panel, every rule and every name in an alert has an answer.

use crate::deeds;
use crate::expression::metrics;
use crate::files::{queries, read};
use crate::stage::Stage;
use shared::metrics::{Kind, Program, Start, TABLE};
use sqlx::{Column, Connection, Executor, MySqlConnection, Row};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

/// What may stay 0 here: faults that are not made, and what a disk that is slow or a database that is large would show.
const MAY_STAY: [&str; 4] = [
    "imtt_hub_withheld_total",
    "imtt_pubsub_deaf_total",
    "mysql_global_status_innodb_log_waits",
    "mysql_global_status_innodb_buffer_pool_reads",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a stage of its own: make watch-check"]
async fn every_query_of_every_panel_rule_and_alert_is_answered_by_a_cluster_that_lives() {
    let stage = Stage::set().await;
    let fresh = stage.scrape(&stage.cluster.gateways[0].internal).await;
    starts_at_zero(&fresh, Program::Gateway);
    deeds::all(&stage).await;

    let programs = [
        (Program::Gateway, &stage.cluster.gateways[0].internal),
        (Program::Api, &stage.cluster.apis[1].internal),
        (Program::AllInOne, &stage.all_in_one),
    ];
    for (program, internal) in programs {
        let text = stage.scrape(internal).await;
        exports_its_part_of_the_table(&text, program);
        promtool_takes(&text);
    }
    let mut wrong = panels_show_something(&stage).await;
    wrong.extend(rules_have_what_they_name(&stage).await);
    wrong.extend(runbook_asks_what_can_be_answered(&stage).await);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The names of ours in a text of metrics, with their kinds.
fn exported(text: &str) -> BTreeSet<(String, String)> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE imtt_")?.split_once(' '));
    types.map(|(name, kind)| (format!("imtt_{name}"), kind.to_owned())).collect()
}

fn expected(program: Program, known: impl Fn(&Start) -> bool) -> BTreeSet<(String, String)> {
    let kind = |kind| match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Seconds | Kind::Sizes | Kind::Bytes => "histogram",
    };
    let rows = TABLE.iter().filter(|metric| metric.on.contains(&program) && known(&metric.start));
    rows.map(|metric| (metric.name.to_owned(), kind(metric.kind).to_owned())).collect()
}

fn starts_at_zero(text: &str, program: Program) {
    let known = expected(program, |start| !matches!(start, Start::Unknown(_)));
    let missing: Vec<_> = known.difference(&exported(text)).cloned().collect();
    assert!(missing.is_empty(), "{program:?} lacks at its start {missing:?}");
}

/// The names and kinds are those of the table, and no label has a value that the table does not know.
fn exports_its_part_of_the_table(text: &str, program: Program) {
    let expected = expected(program, |start| !is_of_rest(start) || program != Program::AllInOne);
    let exported = exported(text);
    assert_eq!(exported, expected, "{program:?}");
    for metric in TABLE {
        let known: BTreeSet<BTreeSet<String>> =
            metric.start.series().iter().map(|labels| written(labels)).collect();
        for (name, labels) in text.lines().filter_map(series) {
            let is_it = ["", "_bucket", "_sum", "_count"]
                .iter()
                .any(|end| name.strip_suffix(end) == Some(metric.name));
            assert!(
                known.is_empty() || !is_it || known.contains(&labels),
                "{program:?} exports {name} with {labels:?}"
            );
        }
    }
}

/// Labels as a text of metrics has them.
fn written(labels: &[(&str, String)]) -> BTreeSet<String> {
    labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect()
}

/// The name of a line's series, and its labels but for the bound of a bucket. None of ours has a comma or a brace in it.
fn series(line: &str) -> Option<(&str, BTreeSet<String>)> {
    let (series, _) = line.rsplit_once(' ').filter(|_| !line.starts_with('#'))?;
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels =
        labels.trim_end_matches('}').split(',').filter(|one| !one.is_empty() && !one.starts_with("le="));
    Some((name, labels.map(str::to_owned).collect()))
}

/// Nobody uses the all-in-one of this stage over REST.
fn is_of_rest(start: &Start) -> bool {
    matches!(start, Start::Unknown(labels) if labels.contains(&"route"))
}

fn promtool_takes(text: &str) {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is needed: install prometheus");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What does not, a line each.
async fn panels_show_something(stage: &Stage) -> Vec<String> {
    let mut wrong = Vec::new();
    let queries = queries();
    assert!(queries.len() > 100, "there are only {}", queries.len());
    for query in queries {
        let expression = query.expression.replace("$__rate_interval", "5s").replace("$instance", ".*");
        assert!(!expression.contains('$'), "{}: a variable that is not known", query.place);
        let values = stage.prometheus.values(&expression, stage.since).await;
        let is_rate = ["rate(", "increase("].iter().any(|function| expression.contains(function));
        let may_stay = MAY_STAY.iter().any(|name| expression.contains(name));
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if values.is_empty() {
            wrong.push(format!("{}: no data: {expression}", query.place));
        } else if is_rate && most <= 0.0 && !may_stay {
            wrong.push(format!("{}: never above 0: {expression}", query.place));
        }
    }
    wrong
}

/// Every recorded rule has a value, and every metric that an alert names is there.
async fn rules_have_what_they_name(stage: &Stage) -> Vec<String> {
    let Stage { prometheus, since, .. } = stage;
    let mut names = prometheus.names().await;
    names.extend(of_a_replica(stage).await);
    let mut wrong = Vec::new();
    let rules = prometheus.rules().await;
    assert!(rules.len() > 50, "there are only {}", rules.len());
    for (name, expression, is_alert) in rules {
        let unknown: Vec<String> = metrics(&expression).difference(&names).cloned().collect();
        if !unknown.is_empty() {
            wrong.push(format!("{name}: nobody exports {unknown:?}"));
        }
        if !is_alert && prometheus.values(&name, *since).await.is_empty() {
            wrong.push(format!("{name}: no data"));
        }
    }
    wrong
}

/// Prometheus takes every query of the runbook, and all that it names is there. Whether there is an answer depends on the fault.
async fn runbook_asks_what_can_be_answered(stage: &Stage) -> Vec<String> {
    let mut names = stage.prometheus.names().await;
    names.extend(of_a_replica(stage).await);
    let mut wrong = Vec::new();
    for query in
        read("docs/runbook.md").lines().filter_map(|line| line.split_once(". `")?.1.strip_suffix('`'))
    {
        stage.prometheus.values(query, stage.since).await;
        let unknown: Vec<String> = metrics(query).difference(&names).cloned().collect();
        if !unknown.is_empty() {
            wrong.push(format!("the runbook asks {query}: nobody exports {unknown:?}"));
        }
    }
    wrong
}

/// What the exporter makes of a replica's status: a metric of each column that is a number. That of a replica which does not
/// follow, as here, leaves some out.
async fn of_a_replica(stage: &Stage) -> BTreeSet<String> {
    let mut root = MySqlConnection::connect(&stage.cluster.mariadb.admin_url).await.unwrap();
    let row = root.fetch_one("SHOW SLAVE STATUS").await.unwrap();
    row.columns()
        .iter()
        .map(|column| format!("mysql_slave_status_{}", column.name().to_lowercase()))
        .collect()
}
