//! A server as a peer is one, in one process, that does not always tell the truth.

use loadtest::load::wire::{Opcode, next_masked, put_unmasked};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    None,
    /// The fourth message comes to nobody.
    Lose,
    /// It comes twice.
    Double,
    /// The next one comes before it.
    Swap,
    /// Another one comes instead.
    Alter,
    /// The connection ends instead.
    End,
}

/// Serves until the test's runtime ends.
pub async fn serve(lie: Lie) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listeners = Arc::new(Mutex::new(Vec::new()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (path, reader, mut writer) = upgrade(stream).await;
            writer.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").await.unwrap();
            if path == "/listen" {
                // What it would say is of no interest; its reading half is kept open.
                listeners.lock().await.push((writer, reader));
            } else {
                tokio::spawn(publish(reader, writer, listeners.clone(), lie));
            }
        }
    });
    address
}

async fn upgrade(stream: TcpStream) -> (String, OwnedReadHalf, OwnedWriteHalf) {
    let (mut reader, writer) = stream.into_split();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(reader.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), reader, writer)
}

type Listeners = Arc<Mutex<Vec<(OwnedWriteHalf, OwnedReadHalf)>>>;

async fn publish(mut reader: OwnedReadHalf, writer: OwnedWriteHalf, listeners: Listeners, lie: Lie) {
    let _open = writer;
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    let mut messages: Vec<Vec<u8>> = Vec::new();
    loop {
        while let Some(frame) = next_masked(&mut bytes, 0).unwrap() {
            messages.push(bytes[frame.payload.clone()].to_vec());
            bytes.drain(..frame.payload.end);
            for payload in tell(&messages, lie) {
                let mut frame = Vec::new();
                put_unmasked(&mut frame, Opcode::Text, &payload);
                for (listener, _) in listeners.lock().await.iter_mut() {
                    listener.write_all(&frame).await.unwrap();
                }
            }
            if lie == Lie::End && messages.len() == 4 {
                listeners.lock().await.clear();
            }
        }
        match reader.read(&mut piece).await {
            Ok(length @ 1..) => bytes.extend_from_slice(&piece[..length]),
            _ => return,
        }
    }
}

/// What is said when the last of these has come.
fn tell(messages: &[Vec<u8>], lie: Lie) -> Vec<Vec<u8>> {
    let last = messages.last().unwrap().clone();
    match (lie, messages.len()) {
        (Lie::Lose | Lie::Swap, 4) => vec![],
        (Lie::Swap, 5) => vec![last, messages[3].clone()],
        (Lie::Double, 4) => vec![last.clone(), last],
        (Lie::Alter, 4) => vec![last[..last.len() - 1].to_vec()],
        _ => vec![last],
    }
}
