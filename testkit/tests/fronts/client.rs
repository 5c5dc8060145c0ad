//! A WebSocket as far as a proxy is concerned.

use std::time::Duration;
use testkit::cluster::Front;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(10);

/// Opens one with a token in the query; gives back who took it, too: `gateway 4711`.
pub async fn upgrade(front: &Front) -> (BufReader<TcpStream>, String) {
    let mut stream = BufReader::new(TcpStream::connect(&front.address["http://".len()..]).await.unwrap());
    let request = "GET /api/ws?token=geheim HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let status = line(&mut stream).await;
    assert!(status.starts_with("HTTP/1.1 101"), "{status}");
    while !line(&mut stream).await.trim().is_empty() {}
    let who = line(&mut stream).await;
    (stream, who.trim().to_owned())
}

/// The next line; nothing at the end.
pub async fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    timeout(LIMIT, stream.read_line(&mut line)).await.expect("a line comes").unwrap();
    line
}
