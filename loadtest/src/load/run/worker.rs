//! A worker process as whoever started it sees it: this program once more, called by another word. Orders go in and what
//! it tells comes out, one JSON object a line.

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;

/// The process. Dropping this ends it.
pub struct Worker {
    child: Child,
    orders: ChildStdin,
}

impl Worker {
    /// Starts this program with that word. What it tells is for [`listen`].
    ///
    /// # Errors
    /// This program cannot be started again.
    pub fn start(word: &str) -> Result<(Self, ChildStdout)> {
        let program = std::env::current_exe().context("a program knows where it lies")?;
        let mut command = Command::new(program);
        command.arg(word).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("starting a worker")?;
        let orders = child.stdin.take().context("a worker takes orders")?;
        let output = child.stdout.take().context("a worker tells")?;
        Ok((Self { child, orders }, output))
    }

    /// Gives an order.
    ///
    /// # Errors
    /// It is gone.
    pub async fn order(&mut self, order: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.orders.write_all(&line).await.context("a worker is gone")?;
        self.orders.flush().await.context("a worker is gone")
    }

    /// Its process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }
}

/// Hands on what worker `nth` tells, to its end. What cannot be understood, and the end, are told as a failure.
pub async fn listen<T: DeserializeOwned>(
    nth: usize,
    output: ChildStdout,
    teller: mpsc::Sender<(usize, T)>,
    failed: fn(String) -> T,
) {
    let mut lines = BufReader::new(output).lines();
    loop {
        let told = match lines.next_line().await {
            Ok(Some(line)) => serde_json::from_str(&line).map_err(|why| why.to_string()),
            Ok(None) => Err("it has ended".to_owned()),
            Err(why) => Err(why.to_string()),
        };
        let is_last = told.is_err();
        if teller.send((nth, told.unwrap_or_else(failed))).await.is_err() || is_last {
            return;
        }
    }
}
