//! The files of `deploy/` that watch, and what stands in them.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of the checkout, or a folder.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

pub fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of the files in a folder, in order.
pub fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(path(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort_unstable();
    names
}

/// A dashboard, with the name of its file.
pub fn dashboards() -> Vec<(String, Value)> {
    let names = names("deploy/grafana/dashboards").into_iter();
    names.map(|name| (name.clone(), serde_json::from_str(&read(&name)).unwrap())).collect()
}

/// The panels that show something; rows are none.
pub fn panels(dashboard: &Value) -> Vec<&Value> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    panels.filter(|panel| panel["type"] != "row").collect()
}

/// A query of a panel: where it stands, and what it asks.
pub struct Query {
    pub place: String,
    pub expression: String,
}

/// Every query of every panel.
pub fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    for (file, dashboard) in dashboards() {
        for panel in panels(&dashboard) {
            for target in panel["targets"].as_array().unwrap() {
                queries.push(Query {
                    place: format!("{file}, {}, {}", panel["title"], target["refId"]),
                    expression: target["expr"].as_str().unwrap().to_owned(),
                });
            }
        }
    }
    queries
}

/// The names of all alerts, as the rules have them.
pub fn alerts() -> Vec<String> {
    let rules: String = names("deploy/prometheus/rules").iter().map(|name| read(name)).collect();
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.map(str::to_owned).collect()
}
