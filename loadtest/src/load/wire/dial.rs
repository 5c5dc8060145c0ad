//! Opening a WebSocket: connect, ask for the upgrade (ours with the token in the request), read the answer's head.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// How long all of it may take. Long: thousands may come at once.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest head of an answer.
const HEAD: usize = 8 * 1024;
/// Any key does: nothing is kept from anybody by it.
const KEY: &str = "aW10dC1sb2FkLWtleS4uLg==";

/// An upgraded stream, and what came right behind the answer.
#[derive(Debug)]
pub struct Dialled {
    /// To read frames from and to write them to.
    pub stream: TcpStream,
    /// The first bytes of them.
    pub rest: Vec<u8>,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody answered, or not in time.
    Silent,
    /// An answer of this status.
    Status(u16),
}

/// Opens one to the gateway at `address`, from `source` if that is named.
///
/// # Errors
/// [`Refused`].
pub async fn dial(address: SocketAddr, source: Option<IpAddr>, token: &str) -> Result<Dialled, Refused> {
    let asked = format!("Authorization: Bearer {token}\r\n");
    timeout(LIMIT, open(address, source, "/api/ws", &asked)).await.unwrap_or(Err(Refused::Silent))
}

/// Opens one to a server that is not ours, where nobody is asked who they are.
///
/// # Errors
/// [`Refused`].
pub async fn dial_peer(address: SocketAddr, path: &str) -> Result<Dialled, Refused> {
    timeout(LIMIT, open(address, None, path, "")).await.unwrap_or(Err(Refused::Silent))
}

/// `headers` are lines with their ends.
async fn open(
    address: SocketAddr,
    source: Option<IpAddr>,
    path: &str,
    headers: &str,
) -> Result<Dialled, Refused> {
    let mut stream = connect(address, source).await.map_err(|_| Refused::Silent)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(|_| Refused::Silent)?;
    let (mut head, mut piece) = (Vec::new(), [0; 1024]);
    loop {
        let length = stream.read(&mut piece).await.map_err(|_| Refused::Silent)?;
        head.extend_from_slice(&piece[..length]);
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = head.split_off(end + 4);
            return match status(&head) {
                Some(101) => Ok(Dialled { stream, rest }),
                Some(status) => Err(Refused::Status(status)),
                None => Err(Refused::Silent),
            };
        }
        if length == 0 || head.len() > HEAD {
            return Err(Refused::Silent);
        }
    }
}

async fn connect(address: SocketAddr, source: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn status(head: &[u8]) -> Option<u16> {
    std::str::from_utf8(head.get(9..12)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A server that gives this answer, and tells who came and what they asked for.
    async fn server(answer: &'static str) -> (SocketAddr, tokio::task::JoinHandle<(IpAddr, String)>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(async move {
            let (mut stream, from) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            (from.ip(), String::from_utf8_lossy(&request[..length]).into_owned())
        });
        (address, served)
    }

    #[tokio::test]
    async fn what_comes_right_behind_the_upgrade_is_kept_and_the_source_is_the_one_that_was_named() {
        let (address, served) =
            server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}x").await;
        let source: IpAddr = "127.0.0.2".parse().unwrap();
        let dialled = dial(address, Some(source), "a.b.c").await.unwrap();
        assert_eq!(dialled.rest, b"\x01x");
        let (from, request) = served.await.unwrap();
        assert_eq!(from, source);
        assert!(
            request.starts_with("GET /api/ws HTTP/1.1\r\n")
                && request.contains("\r\nAuthorization: Bearer a.b.c\r\n")
        );
    }

    #[tokio::test]
    async fn a_refusal_has_its_status() {
        let (address, _served) = server("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(dial(address, None, "x").await.err(), Some(Refused::Status(401)));
        let (address, _served) = server("").await;
        assert_eq!(dial(address, None, "x").await.err(), Some(Refused::Silent));
    }

    #[test]
    fn the_status_stands_behind_the_version() {
        assert_eq!(status(b"HTTP/1.1 101 Switching Protocols\r\n"), Some(101));
        assert_eq!(status(b"HTTP/1.1 401 Unauthorized\r\n"), Some(401));
        assert_eq!(status(b"HTTP/1.1"), None);
    }
}
