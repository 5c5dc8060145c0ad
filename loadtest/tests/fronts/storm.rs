//! The load tool as a process: it holds connections, speaks, cuts everybody off in the end, and checks.

use crate::LIMIT;
use loadtest::load::report::Outcome;
use std::path::PathBuf;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

pub struct Storm {
    tool: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: String,
    listeners: usize,
    json: PathBuf,
    _folder: TempDir,
}

impl Storm {
    /// Starts it on the system at this address.
    pub async fn begin(address: &str, listeners: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let json = folder.path().join("load.json");
        let address = address.trim_start_matches("http://");
        let words = format!(
            "storm --address {address} --connections {listeners} --members 100 --rate 50 --jitter-ms 2000 --warm-up 1 --seconds 20"
        );
        let mut tool = Command::new(env!("CARGO_BIN_EXE_imtt-load"));
        tool.args(words.split_whitespace()).arg("--json").arg(&json);
        tool.stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
        let mut tool = tool.spawn().unwrap();
        let lines = BufReader::new(tool.stdout.take().unwrap()).lines();
        Self { tool, lines, said: String::new(), listeners, json, _folder: folder }
    }

    /// Waits until all are there, and people speak.
    pub async fn everybody_is_connected(&mut self) {
        loop {
            let line = self.line().await.unwrap_or_else(|| panic!("it ended and said:\n{}", self.said));
            let told = line.split_once(" connected").and_then(|(before, _)| before.rsplit(' ').next());
            let connected = told.and_then(|number| number.parse::<usize>().ok()).unwrap_or(0);
            if connected >= self.listeners && line.contains("acked") {
                return;
            }
        }
    }

    pub fn is_running(&mut self) -> bool {
        self.tool.try_wait().unwrap().is_none()
    }

    /// Waits for its end; gives back what came of it.
    pub async fn end(mut self) -> Outcome {
        while self.line().await.is_some() {}
        let status = timeout(LIMIT, self.tool.wait()).await.expect("it ends").unwrap();
        // 1: it has something to say against it, which is in the outcome.
        assert!(matches!(status.code(), Some(0 | 1)), "{}", self.said);
        let outcomes = std::fs::read_to_string(&self.json).unwrap();
        let mut outcomes: Vec<Outcome> = serde_json::from_str(&outcomes).unwrap();
        outcomes.remove(0)
    }

    async fn line(&mut self) -> Option<String> {
        let line = timeout(LIMIT, self.lines.next_line()).await.expect("it says something").unwrap();
        self.said += line.as_deref().unwrap_or_default();
        self.said.push('\n');
        line
    }
}
