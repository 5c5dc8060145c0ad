//! What a child process writes, gathered line by line while it runs, so that it never blocks on a full pipe.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Child;
use tokio::task::JoinHandle;

/// Both streams of one child.
#[derive(Debug)]
pub(super) struct Output {
    /// The standard output alone: there the program says where it serves.
    said: Lines,
    /// Both streams, in the order in which the lines were read.
    all: Lines,
    readers: [JoinHandle<()>; 2],
}

#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Output {
    /// Starts to gather what `child`, spawned with both streams piped, writes.
    pub(super) fn of(child: &mut Child) -> Self {
        let (said, all) = (Lines::default(), Lines::default());
        let stdout = child.stdout.take().expect("spawned with its output piped");
        let stderr = child.stderr.take().expect("spawned with its errors piped");
        let readers = [gather(stdout, vec![said.clone(), all.clone()]), gather(stderr, vec![all.clone()])];
        Self { said, all, readers }
    }

    /// All of it so far.
    pub(super) fn text(&self) -> String {
        self.all.with(|lines| lines.join("\n"))
    }

    /// The first `http://127.0.0.1:PORT` that the child said.
    pub(super) fn address(&self) -> Option<String> {
        self.said.with(|lines| lines.iter().find_map(|line| address_in(line)))
    }

    /// Waits until both streams have ended, as they do when the child has.
    pub(super) async fn complete(self) -> String {
        let Self { all, readers: [stdout, stderr], .. } = self;
        stdout.await.expect("gathering lines does not fail");
        stderr.await.expect("gathering lines does not fail");
        all.with(|lines| lines.join("\n"))
    }
}

impl Lines {
    fn with<T>(&self, look: impl FnOnce(&mut Vec<String>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn gather(stream: impl AsyncRead + Unpin + Send + 'static, into: Vec<Lines>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            for gathered in &into {
                gathered.with(|lines| lines.push(line.clone()));
            }
        }
    })
}

fn address_in(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("http://127.0.0.1:")?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty()).then(|| format!("http://127.0.0.1:{port}"))
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn the_address_is_found_wherever_it_stands_in_the_line() {
        let found = Some("http://127.0.0.1:8080".to_owned());
        assert_eq!(address_in("IM-TT serves http://127.0.0.1:8080 (data in ./data)"), found);
        assert_eq!(address_in("http://127.0.0.1:8080/"), found);
        assert_eq!(address_in("listening"), None);
    }
}
