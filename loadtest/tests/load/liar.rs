//! A proxy that does not tell the truth: what a gateway sends through it is lost, doubled or changed.

use loadtest::load::wire::{Opcode, next_frame};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Of each connection's messages the first is let through, and this happens to every fourth one after it.
const EVERY: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    None,
    Lose,
    Double,
    /// Another message stands where this one did.
    Alter,
}

/// Stands before a server; gives back where. It goes with the test's runtime.
pub async fn before(server: SocketAddr, lie: Lie) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(relay(client, server, lie));
        }
    });
    address
}

/// Ends with an error when either side does; that is no concern of the test's.
async fn relay(client: TcpStream, server: SocketAddr, lie: Lie) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    tokio::spawn(async move { copy(&mut from_client, &mut to_server).await });
    let mut bytes = vec![0; 4096];
    let length = from_server.read(&mut bytes).await?;
    bytes.truncate(length);
    if !bytes.starts_with(b"HTTP/1.1 101") {
        to_client.write_all(&bytes).await?;
        return copy(&mut from_server, &mut to_client).await.map(drop);
    }
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a head in one piece") + 4;
    to_client.write_all(&bytes[..head]).await?;
    frames(bytes.split_off(head), &mut from_server, &mut to_client, lie).await
}

async fn frames(
    mut bytes: Vec<u8>,
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    lie: Lie,
) -> std::io::Result<()> {
    let mut messages = 0;
    loop {
        while let Some(frame) = next_frame(&bytes, 0).expect("a gateway sends frames") {
            let rest = bytes.split_off(frame.payload.end);
            let frame_bytes = std::mem::replace(&mut bytes, rest);
            let is_message =
                frame.opcode == Opcode::Text && has(&frame_bytes, b"\"event_type\":\"message\"").is_some();
            messages += usize::from(is_message);
            let is_told = is_message && messages % EVERY == 0;
            for told in tell(frame_bytes, if is_told { lie } else { Lie::None }) {
                to.write_all(&told).await?;
            }
        }
        let mut piece = [0; 4096];
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        bytes.extend_from_slice(&piece[..length]);
    }
}

fn tell(mut frame: Vec<u8>, lie: Lie) -> Vec<Vec<u8>> {
    match lie {
        Lie::None => vec![frame],
        Lie::Lose => vec![],
        Lie::Double => vec![frame.clone(), frame],
        Lie::Alter => {
            let name = b"\"client_message_id\":\"";
            let digit = has(&frame, name).expect("a message has an id") + name.len();
            frame[digit] = if frame[digit] == b'f' { b'e' } else { b'f' };
            vec![frame]
        }
    }
}

fn has(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
