//! Opening a WebSocket, in each of the ways in which a client may.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::net::{TcpSocket, lookup_host};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Request, Response};

use super::{Connection, Server};

/// The smallest that Linux gives is some 2 KiB; a slow reader made of this fills after a few messages.
const SMALL_BUFFER: u32 = 2048;

/// A WebSocket about to be opened.
#[derive(Debug, Clone)]
#[must_use = "nothing is opened before `connect` or `open`"]
pub struct Dial {
    address: String,
    who: String,
    path: String,
    first_frame: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    small_buffers: bool,
}

/// What the server said instead of upgrading.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body; `null` when there was none.
    pub body: Value,
}

impl Dial {
    pub(super) fn new(server: &Server, who: &str) -> Self {
        let address = server.address.trim_start_matches("http://").to_owned();
        let path = "/api/ws".to_owned();
        Self { address, who: who.to_owned(), path, first_frame: None, headers: vec![], small_buffers: false }
    }

    /// Without any token.
    pub fn without_token(mut self) -> Self {
        "/api/ws".clone_into(&mut self.path);
        self.first_frame = None;
        self.headers.retain(|(name, _)| name != "authorization");
        self
    }

    /// With the token as the first frame, as our own clients do.
    pub fn by_frame(self, token: &str) -> Self {
        let first_frame = json!({ "event_type": "auth", "token": token }).to_string();
        Self { first_frame: Some(first_frame), ..self.without_token() }
    }

    /// With the token as `?token=`.
    pub fn by_query(self, token: &str) -> Self {
        Self { path: format!("/api/ws?token={token}"), ..self.without_token() }
    }

    /// With the token in the `Authorization` header.
    pub fn by_header(self, token: &str) -> Self {
        self.without_token().header("authorization", &format!("Bearer {token}"))
    }

    /// With one more header in the upgrade, such as an `Origin`.
    ///
    /// # Panics
    /// When this can be no header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.parse().expect("a header's name"), value.parse().expect("a header's value")));
        self
    }

    /// With a receive buffer of a few KiB: who then does not read is a slow consumer soon.
    pub fn small_buffers(mut self) -> Self {
        self.small_buffers = true;
        self
    }

    /// Opens it and waits for `ready`.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn connect(self) -> Connection {
        let who = self.who.clone();
        let mut connection =
            self.open().await.unwrap_or_else(|refusal| panic!("{who} was refused: {refusal:?}"));
        connection.attach().await;
        connection
    }

    /// Opens it, hands the token in, and waits for nothing.
    ///
    /// # Errors
    /// What the server answered instead of an upgrade.
    ///
    /// # Panics
    /// When there is no HTTP answer at all.
    pub async fn open(self) -> Result<Connection, Refusal> {
        let stream = self.tcp().await;
        match client_async(self.request(), stream).await {
            Ok((socket, _)) => {
                let mut connection = Connection::new(self.who, socket);
                if let Some(frame) = self.first_frame {
                    connection.send_text(&frame).await;
                }
                Ok(connection)
            }
            Err(Error::Http(response)) => Err(refusal(&response)),
            Err(error) => panic!("{} got no answer to the upgrade: {error}", self.who),
        }
    }

    async fn tcp(&self) -> tokio::net::TcpStream {
        let mut found = lookup_host(&self.address).await.expect("an address of the form host:port");
        let address: SocketAddr = found.next().expect("the host has an address");
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
        let socket = socket.expect("a socket");
        if self.small_buffers {
            // Before the connection is made: the window that it announces is fixed by then.
            socket.set_recv_buffer_size(SMALL_BUFFER).expect("a small receive buffer");
        }
        let stream = socket.connect(address).await;
        stream.unwrap_or_else(|error| panic!("{} cannot reach {address}: {error}", self.who))
    }

    fn request(&self) -> Request<()> {
        let url = format!("ws://{}{}", self.address, self.path);
        let mut request = url.into_client_request().expect("the address of a WebSocket");
        request.headers_mut().extend(self.headers.iter().cloned());
        request
    }
}

fn refusal(response: &Response<Option<Vec<u8>>>) -> Refusal {
    let body = response.body().as_deref().unwrap_or_default();
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(body).unwrap_or_else(|_| json!(String::from_utf8_lossy(body)))
    };
    Refusal { status: response.status().as_u16(), body }
}
