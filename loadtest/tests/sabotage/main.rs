//! The seeded bugs in `sabotage/`: each is a patch that must fit the nodes as they are, or nothing proves any more that
//! the campaign would find that bug. `make sabotage` builds the nodes with each of them and sees it found.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

use loadtest::nemesis::Kind;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The invariants that the checker names.
const INVARIANTS: [&str; 15] =
    ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "I14", "P4", "P6"];

fn patches() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sabotage");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut patches: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "patch")).collect();
    patches.sort_unstable();
    patches.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// What a patch says about itself: `# name: value`.
fn said<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn every_patch_still_applies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut stale = Vec::new();
    for (path, _) in patches() {
        let check = Command::new("git").args(["apply", "--check"]).arg(&path).current_dir(root).output();
        let output = check.expect("git is there: it made this checkout");
        if !output.status.success() {
            stale.push(format!("{}\n{}", path.display(), String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(
        stale.is_empty(),
        "these bugs do not fit the code any more; make the same change in the code as it is now, and write \
         `git diff` below the lines with # of the patch:\n\n{}",
        stale.join("\n")
    );
}

#[test]
fn every_patch_says_what_it_breaks_and_who_catches_it() {
    let patches = patches();
    assert!(patches.len() >= 12, "there are only {}", patches.len());
    for (path, text) in patches {
        let value =
            |name| said(&text, name).unwrap_or_else(|| panic!("{} lacks `# {name}:`", path.display()));
        assert!(!value("breaks").is_empty());
        for kind in value("kinds").split(',') {
            assert!(Kind::parse(kind).is_some(), "{}: there is no fault {kind}", path.display());
        }
        for invariant in value("caught-by").split(' ') {
            assert!(INVARIANTS.contains(&invariant), "{}: there is no {invariant}", path.display());
        }
    }
}
