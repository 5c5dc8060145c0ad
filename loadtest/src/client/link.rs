//! Opening a WebSocket: the token as the first frame, and then the wait for `ready`.

use futures_util::stream::SplitStream;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use shared::event::{Ready, ServerEvent};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long connecting and the upgrade may take, and then attaching.
const LIMIT: Duration = Duration::from_secs(4);
const READY_LIMIT: Duration = Duration::from_secs(10);
/// What may wait for the socket to take it.
const QUEUE: usize = 2048;
/// A reader with this is a slow one soon.
const SMALL_BUFFER: u32 = 4096;

/// What comes from a gateway.
pub type Incoming = SplitStream<WebSocketStream<TcpStream>>;

/// An attached connection. Dropping `outgoing` and `incoming` cuts the line without a word.
pub struct Line {
    /// To the gateway; a task writes.
    pub outgoing: mpsc::Sender<Message>,
    /// From the gateway.
    pub incoming: Incoming,
    /// The first event.
    pub ready: Ready,
    /// The gateway's place in the list.
    pub gateway: usize,
}

/// Why there is no line: the code of the close frame, if it came so far.
pub struct NoLine(pub Option<u16>);

/// Opens a line to one of the gateways at `host:port`: to the first, or as a proxy does, to the next one that takes the
/// connection.
///
/// # Errors
/// [`NoLine`].
pub async fn dial(
    gateways: &[String],
    first: usize,
    token: &str,
    small_buffers: bool,
) -> Result<Line, NoLine> {
    let opened = timeout(LIMIT, open(gateways, first, small_buffers)).await;
    let (gateway, mut socket) = opened.ok().flatten().ok_or(NoLine(None))?;
    let first = json!({ "event_type": "auth", "token": token }).to_string();
    let sent = timeout(LIMIT, socket.send(Message::text(first))).await;
    if !matches!(sent, Ok(Ok(()))) {
        return Err(NoLine(None));
    }
    let ready = timeout(READY_LIMIT, ready(&mut socket)).await.unwrap_or(Err(NoLine(None)))?;
    let (mut sink, incoming) = socket.split();
    let (outgoing, mut queue) = mpsc::channel::<Message>(QUEUE);
    tokio::spawn(async move {
        // Ends with the line: when it takes nothing more, or when nobody has anything for it.
        while let Some(message) = queue.recv().await {
            if sink.send(message).await.is_err() {
                return;
            }
        }
    });
    Ok(Line { outgoing, incoming, ready, gateway })
}

async fn open(
    gateways: &[String],
    first: usize,
    small_buffers: bool,
) -> Option<(usize, WebSocketStream<TcpStream>)> {
    for nth in 0..gateways.len() {
        let gateway = (first + nth) % gateways.len();
        let address = &gateways[gateway];
        if let Ok(stream) = connect(address, small_buffers).await {
            let request = format!("ws://{address}/api/ws").into_client_request().ok()?;
            return Some((gateway, client_async(request, stream).await.ok()?.0));
        }
    }
    None
}

async fn connect(address: &str, small_buffers: bool) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if small_buffers {
        // Before the connection is made: the window that it announces is fixed by then.
        socket.set_recv_buffer_size(SMALL_BUFFER)?;
    }
    let stream = socket.connect(address.parse().map_err(std::io::Error::other)?).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn ready(socket: &mut WebSocketStream<TcpStream>) -> Result<Ready, NoLine> {
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => {
                return match serde_json::from_str(&text) {
                    Ok(ServerEvent::Ready(ready)) => Ok(ready),
                    // Nothing may come before it.
                    _ => Err(NoLine(None)),
                };
            }
            Message::Close(frame) => return Err(NoLine(frame.map(|frame| frame.code.into()))),
            _ => {}
        }
    }
    Err(NoLine(None))
}
