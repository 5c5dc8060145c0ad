//! What can be seen in the files alone: tools take them, every alert was seen firing and quiet and has its page in the
//! runbook, and dashboards have the shape that Grafana reads. Grafana itself is not run.

use crate::files::{alerts, dashboards, names, panels, path, read};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

fn promtool(arguments: &[&str], files: &[String]) {
    let output = Command::new("promtool").args(arguments).args(files.iter().map(|name| path(name))).output();
    let output = output.expect("promtool is needed: install prometheus");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("FAILED"), "promtool {arguments:?}:\n{said}");
}

#[test]
fn promtool_takes_the_configuration_and_the_rules_and_sees_every_alert_do_as_its_tests_say() {
    promtool(&["check", "config"], &["deploy/prometheus/prometheus.yml".to_owned()]);
    promtool(&["check", "rules", "--lint=all", "--lint-fatal"], &names("deploy/prometheus/rules"));
    promtool(&["test", "rules"], &names("deploy/prometheus/tests"));
}

#[test]
fn every_alert_has_a_case_where_it_fires_and_one_where_it_is_quiet() {
    let tests: String = names("deploy/prometheus/tests").iter().map(|name| read(name)).collect();
    let mut cases: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    let mut lines = tests.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(alert) = line.strip_prefix("alertname: ") {
            let expected = lines.next().unwrap();
            assert!(expected.starts_with("exp_alerts:"), "{alert}: {expected}");
            cases.entry(alert).or_default().insert(expected == "exp_alerts:");
        }
    }
    let both: Vec<&str> = cases.iter().filter(|(_, seen)| seen.len() == 2).map(|(alert, _)| *alert).collect();
    let mut alerts = alerts();
    alerts.sort_unstable();
    assert_eq!(both, alerts);
}

#[test]
fn every_alert_says_how_bad_it_is_and_leads_to_its_section_of_the_runbook_which_is_complete() {
    const PARTS: [&str; 6] =
        ["**Means.**", "**People notice.**", "**Look at.**", "**Safe.**", "**Unsafe.**", "**Escalate.**"];
    let runbook = read("docs/runbook.md");
    let sections: BTreeMap<&str, &str> = runbook
        .split("\n### ")
        .skip(1)
        .map(|section| section.split_once('\n').expect("a heading and its text"))
        .collect();
    for name in alerts() {
        let text = sections.get(name.as_str()).unwrap_or_else(|| panic!("the runbook has no {name}"));
        for part in PARTS {
            assert!(text.contains(part), "{name} lacks {part}");
        }
        let queries =
            text.matches("\n1. `").count() + text.matches("\n2. `").count() + text.matches("\n3. `").count();
        assert_eq!(queries, 3, "{name}: three queries");
    }
    assert_eq!(sections.len(), alerts().len(), "and no section is left of an alert that is gone");
    for file in names("deploy/prometheus/rules") {
        for rule in read(&file).split("- alert: ").skip(1) {
            let name = rule.lines().next().unwrap();
            assert!(rule.contains("severity: page\n") || rule.contains("severity: ticket\n"), "{name}");
            assert!(
                rule.contains("summary: ")
                    && rule.contains(&format!("docs/runbook.md#{}\n", name.to_lowercase())),
                "{name}"
            );
        }
    }
}

#[test]
fn dashboards_have_the_shape_that_grafana_reads() {
    let source = read("deploy/grafana/provisioning/datasources/prometheus.yml");
    let mut uids = BTreeSet::new();
    for (file, dashboard) in dashboards() {
        assert!(
            uids.insert(dashboard["uid"].as_str().unwrap().to_owned()),
            "{file}: another one has its uid"
        );
        assert!(!dashboard["title"].as_str().unwrap().is_empty(), "{file}");
        let mut ids = BTreeSet::new();
        for panel in dashboard["panels"].as_array().unwrap() {
            let place = format!("{file}, {}", panel["title"]);
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{place}: another one has its id");
            assert!(["row", "timeseries", "heatmap"].contains(&panel["type"].as_str().unwrap()), "{place}");
            let fits = |side| panel["gridPos"][side].as_u64().unwrap();
            assert!(fits("x") + fits("w") <= 24 && fits("h") > 0, "{place}");
        }
        assert!(overlaps(&dashboard).is_none(), "{file}: {:?}", overlaps(&dashboard));
        for panel in panels(&dashboard) {
            let place = format!("{file}, {}", panel["title"]);
            assert!(panel["description"].as_str().is_some_and(|text| text.ends_with('.')), "{place}");
            assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{place}");
            assert_eq!(panel["datasource"]["type"], "prometheus", "{place}");
            let uid = panel["datasource"]["uid"].as_str().unwrap();
            assert!(source.contains(&format!("uid: {uid}\n")), "{place}: no data source is {uid}");
            let targets = panel["targets"].as_array().unwrap();
            let names: BTreeSet<&str> =
                targets.iter().map(|target| target["refId"].as_str().unwrap()).collect();
            assert!(!targets.is_empty() && names.len() == targets.len(), "{place}");
            for target in targets {
                let expression = target["expr"].as_str().unwrap();
                assert!(!expression.contains("vector(0)"), "{place}: nothing is no zero");
                assert!(target["legendFormat"].is_string(), "{place}");
            }
        }
    }
    assert_eq!(uids.len(), 5);
}

#[test]
fn a_backup_that_fails_is_noted_as_a_run_and_as_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let mut backup = Command::new("bash");
    backup.arg(path("deploy/scripts/backup.sh")).env("METRICS_DIR", folder.path());
    let ended = backup.args(["sqlite", "no-such-folder"]).arg(folder.path().join("backup")).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let noted = fs::read_to_string(folder.path().join("imtt_backup.prom")).unwrap();
    let value =
        |name: &str| noted.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    assert_eq!(value("imtt_backup_last_success_timestamp_seconds "), "0");
    assert_ne!(value("imtt_backup_last_run_timestamp_seconds "), "0");
}

/// Two panels of a dashboard that lie on each other.
fn overlaps(dashboard: &Value) -> Option<(Value, Value)> {
    let panels = dashboard["panels"].as_array().unwrap();
    let side = |panel: &Value, name| panel["gridPos"][name].as_u64().unwrap();
    let apart = |one: &Value, other: &Value, at, size| {
        side(one, at) + side(one, size) <= side(other, at)
            || side(other, at) + side(other, size) <= side(one, at)
    };
    for (n, one) in panels.iter().enumerate() {
        let meets = |other: &&Value| !apart(one, other, "x", "w") && !apart(one, other, "y", "h");
        if let Some(other) = panels[n + 1..].iter().find(meets) {
            return Some((one["title"].clone(), other["title"].clone()));
        }
    }
    None
}
