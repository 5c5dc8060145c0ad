//! A WebSocket that is nothing but one.

use loadtest::load::wire::{Opcode, dial_peer, next_frame, put_frame};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Generous: it is reached only by a test that fails.
const LIMIT: Duration = Duration::from_secs(30);

pub struct Raw {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Raw {
    pub async fn open(address: SocketAddr, path: &str) -> Self {
        let dialled = dial_peer(address, path).await.unwrap();
        Self { stream: dialled.stream, unread: dialled.rest }
    }

    pub async fn send(&mut self, payload: &[u8]) {
        let mut frame = Vec::new();
        put_frame(&mut frame, Opcode::Text, payload);
        timeout(LIMIT, self.stream.write_all(&frame)).await.expect("it takes what is sent").unwrap();
    }

    pub async fn next(&mut self) -> Vec<u8> {
        let mut piece = vec![0; 64 * 1024];
        loop {
            if let Some(frame) = next_frame(&self.unread, 0).expect("a frame of a server") {
                let payload = self.unread[frame.payload.clone()].to_vec();
                self.unread.drain(..frame.payload.end);
                assert_eq!(frame.opcode, Opcode::Text);
                return payload;
            }
            let length =
                timeout(LIMIT, self.stream.read(&mut piece)).await.expect("something comes").unwrap();
            assert_ne!(length, 0, "it has ended");
            self.unread.extend_from_slice(&piece[..length]);
        }
    }
}
