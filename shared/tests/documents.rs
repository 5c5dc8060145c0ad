//! The documents say what is there: every metric and nothing else, files that exist, and tests that exist.
#![allow(clippy::unwrap_used, reason = "a test")]

use shared::metrics::{ALL, DOOR, Kind, LINKS, Program, SOCKETS, STORE, TABLE};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// The texts between backticks, outside of blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|text| text.lines()).flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// The cells of a table's row.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(str::trim).collect())
}

/// This page, and all that it lies beside, but for what others keep and test.
fn documents() -> Vec<String> {
    let mut documents = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for folder in ["docs", "docs/adr"] {
        let files = fs::read_dir(root().join(folder)).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        documents.extend(names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}/{name}")));
    }
    documents
}

#[test]
fn operations_lists_every_metric_with_its_kind_and_nothing_else() {
    let operations = read("docs/operations.md");
    let rows = operations.lines().filter_map(cells).filter(|cells| cells[0].starts_with("`imtt_"));
    let listed: BTreeSet<[String; 4]> = rows.map(|cells| [0, 1, 2, 3].map(|n| cells[n].to_owned())).collect();
    let exported = TABLE.iter().map(|metric| {
        let labels: Vec<String> = metric.start.labels().iter().map(|label| format!("`{label}`")).collect();
        [
            format!("`{}`", metric.name),
            kind(metric.kind).to_owned(),
            of(metric.on).to_owned(),
            labels.join(", "),
        ]
    });
    assert_eq!(listed, exported.collect());
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Seconds => "seconds",
        Kind::Sizes => "sizes",
        Kind::Bytes => "bytes",
    }
}

fn of(programs: &[Program]) -> &'static str {
    let words =
        [(ALL, "all"), (SOCKETS, "gateway"), (STORE, "api"), (LINKS, "cluster"), (DOOR, "cluster's gateway")];
    words.iter().find(|(of, _)| *of == programs).unwrap().1
}

/// The words of a query that look like a metric of ours; a recorded one has a colon.
fn words(quoted: &str) -> impl Iterator<Item = &str> {
    let parts = quoted.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
    parts.filter(|part| part.starts_with("imtt_") && !part.contains(':'))
}

#[test]
fn every_metric_that_a_document_names_is_exported() {
    let exported: BTreeSet<&str> = TABLE.iter().map(|metric| metric.name).collect();
    // The prefix alone, and the cookie, are no metrics; the others are what `deploy/scripts/note-run.sh` writes.
    let others = ["imtt_", "imtt_refresh"];
    let is_noted =
        |name: &str| name.starts_with("imtt_backup_last_") || name.starts_with("imtt_restore_drill_last_");
    for document in documents() {
        for word in quoted(&read(&document)).into_iter().flat_map(words) {
            let name =
                ["_bucket", "_count", "_sum"].iter().find_map(|part| word.strip_suffix(part)).unwrap_or(word);
            let is_known = exported.contains(name) || exported.contains(word) || others.contains(&word);
            assert!(is_known || is_noted(word), "{document} names `{word}`");
        }
    }
}

#[test]
fn every_file_that_a_document_names_is_there() {
    let folders = ["gateway/", "api/", "shared/", "standalone/", "testkit/", "frontend/", "deploy/", "docs/"];
    for document in documents() {
        let text = read(&document);
        for path in
            quoted(&text).into_iter().filter(|path| folders.iter().any(|folder| path.starts_with(folder)))
        {
            let is_path = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            assert!(!is_path || root().join(path).exists(), "{document} names `{path}`, which is not there");
        }
        let beside = Path::new(&document).parent().unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            let elsewhere = link.contains("://") || path.is_empty();
            assert!(elsewhere || root().join(beside).join(path).exists(), "{document} links to {link}");
        }
    }
}

#[test]
fn every_script_may_be_run_as_the_documents_call_it() {
    let scripts = fs::read_dir(root().join("deploy/scripts")).unwrap().map(|file| file.unwrap().path());
    let scripts: Vec<PathBuf> =
        scripts.filter(|path| path.extension().is_some_and(|extension| extension == "sh")).collect();
    assert!(scripts.len() > 20, "{scripts:?}");
    for script in scripts {
        let mode = fs::metadata(&script).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{} is not executable", script.display());
    }
}

#[test]
fn every_test_that_a_promise_names_is_there() {
    let mut functions = BTreeSet::new();
    for folder in ["shared", "gateway", "api", "standalone", "testkit", "loadtest"] {
        collect_functions(&root().join(folder), &mut functions);
    }
    let architecture = read("docs/architecture.md");
    let promises: Vec<_> = architecture
        .lines()
        .filter_map(cells)
        .filter(|cells| cells[0].strip_prefix('P').is_some_and(|number| number.parse::<u8>().is_ok()))
        .collect();
    assert_eq!(promises.len(), 10, "P1 to P10");
    for promise in promises {
        let tests = quoted(promise[3]);
        assert!(!tests.is_empty(), "{} names no test", promise[0]);
        for test in tests {
            assert!(functions.contains(test), "{} names `{test}`, which is no function", promise[0]);
        }
    }
}

/// The names of all functions in the Rust files of a folder.
fn collect_functions(folder: &Path, functions: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_functions(&path, functions);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let named = text.split("fn ").skip(1).map(|rest| {
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
            });
            functions.extend(named);
        }
    }
}
