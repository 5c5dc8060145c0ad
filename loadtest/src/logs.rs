//! What the nodes and the daemons around them wrote: no line may hold what people said, a token, a password or an address
//! of mail, and a node's lines are objects with the keys that operators were promised.

use crate::client::{CANARY, PASSWORD, World};
use crate::history::{Recorder, What};
use aho_corasick::AhoCorasick;
use serde_json::Value;
use std::collections::BTreeSet;
use testkit::cluster::Cluster;

/// How every access token begins: `{"` in base64url.
const TOKEN: &str = "eyJ";
/// Where the campaign's people have their mail.
const MAIL: &str = "@example.org";
/// So many lines of one log are shown.
const SHOWN: usize = 5;
/// What a program says to whoever started it, before there is a log.
const GREETING: &str = "IM-TT ";
const KEYS: [&str; 5] = ["timestamp", "level", "node", "target", "fields"];

/// Looks for everything that may not be there, at once.
pub struct Search {
    names: Vec<String>,
    words: Vec<String>,
    machine: AhoCorasick,
}

/// What a run's logs are like.
#[derive(Debug, Default)]
pub struct Found {
    /// Lines that were looked through.
    pub lines: u64,
    /// Of them, those of the level `DEBUG`.
    pub debug: u64,
}

impl Search {
    /// For the secrets of a cluster, and whatever people said and were given in it.
    ///
    /// # Errors
    /// The automaton's: too many words.
    pub fn of(cluster: &Cluster, world: &World) -> anyhow::Result<Self> {
        let mut all: Vec<(String, String)> =
            cluster.secrets.iter().map(|(name, secret)| ((*name).to_owned(), secret.clone())).collect();
        let said = [("what people say", CANARY), ("their password", PASSWORD), ("their address", MAIL)];
        all.extend(said.map(|(name, word)| (name.to_owned(), word.to_owned())));
        all.push(("an access token".to_owned(), TOKEN.to_owned()));
        let tokens: BTreeSet<String> = world.tokens();
        all.extend(tokens.into_iter().map(|token| ("a token".to_owned(), token)));
        Self::for_words(all)
    }

    fn for_words(all: Vec<(String, String)>) -> anyhow::Result<Self> {
        let (names, words): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let machine = AhoCorasick::new(&words)?;
        let search = Self { names, words, machine };
        // A search that finds nothing is worth something only if it would have found it.
        for (name, word) in search.names.iter().zip(&search.words) {
            let planted = format!(r#"{{"level":"DEBUG","fields":{{"message":"so {word} is"}}}}"#);
            anyhow::ensure!(search.finds(&planted).is_some(), "a planted line with {name} is not found");
        }
        Ok(search)
    }

    /// What a line has that it may not have.
    #[must_use]
    pub fn finds(&self, line: &str) -> Option<&str> {
        if line.contains("panicked at") {
            return Some("a panic");
        }
        self.machine.find(line).map(|found| self.names[found.pattern().as_usize()].as_str())
    }
}

/// Notes the lines that are not as they should be, of all processes. `named`: the nodes are of a release that writes its
/// name into each line.
pub fn read(cluster: &Cluster, search: &Search, recorder: &Recorder, named: bool) -> Found {
    let mut found = Found::default();
    for daemon in cluster.daemons() {
        let is_node = cluster.nodes().any(|node| node.name() == daemon.name());
        let output = daemon.output();
        let bad = output.lines().filter_map(|line| {
            found.lines += 1;
            found.debug += u64::from(line.contains(r#""level":"DEBUG""#));
            let has = search.finds(line).map(str::to_owned);
            let why = has.or_else(|| is_node.then(|| shape(line, named)).flatten())?;
            Some(format!("{why}: {}", line.chars().take(300).collect::<String>()))
        });
        // All lines are counted, whatever is shown of them.
        let bad: Vec<String> = bad.collect();
        for line in bad.into_iter().take(SHOWN) {
            recorder.note(What::BadLog { node: daemon.name().into(), line: line.into() });
        }
    }
    found
}

/// What is wrong with the shape of a node's line.
fn shape(line: &str, named: bool) -> Option<String> {
    if line.starts_with(GREETING) {
        return None;
    }
    let Ok(Value::Object(line)) = serde_json::from_str(line) else { return Some("no object".to_owned()) };
    let lacks = |key: &&&str| !line.contains_key(**key) && (named || **key != "node");
    KEYS.iter().find(lacks).map(|key| format!("no {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_wherever_it_stands_and_a_line_without_one_passes() {
        let words =
            vec![("a secret".to_owned(), "5e1f".to_owned()), ("a token".to_owned(), TOKEN.to_owned())];
        let search = Search::for_words(words).unwrap();
        assert_eq!(search.finds(r#"{"url":"redis://:5e1f@host"}"#), Some("a secret"));
        assert_eq!(search.finds("Bearer eyJhbGciOi"), Some("a token"));
        assert_eq!(search.finds("thread 'main' panicked at src/lib.rs"), Some("a panic"));
        assert_eq!(search.finds(r#"{"level":"INFO","fields":{"message":"the gateway drains"}}"#), None);
    }

    #[test]
    fn a_nodes_line_is_an_object_with_the_promised_keys() {
        let whole = r#"{"timestamp":"","level":"INFO","node":"a","target":"","fields":{}}"#;
        assert_eq!(shape(whole, true), None);
        assert_eq!(shape("IM-TT api serves http://127.0.0.1:1", true), None);
        let nameless = r#"{"timestamp":"","level":"INFO","target":"","fields":{}}"#;
        assert_eq!(shape(nameless, false), None);
        assert_eq!(shape(nameless, true), Some("no node".to_owned()));
        assert_eq!(shape("2026-11-28 INFO gateway: hello", true), Some("no object".to_owned()));
    }
}
