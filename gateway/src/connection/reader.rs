//! ② From the socket to events: bytes into messages, messages to their commands. What breaks the protocol or
//! a limit ends the connection with its close code; what is only wrong is answered and the connection lives.

use super::{Commands, Connection, Ended, Input};
use crate::commands;
use crate::node::Node;
use crate::websocket::decode::Incoming;
use crate::websocket::encode;
use metrics::counter;
use shared::close::Close;
use shared::event::ClientEvent;
use shared::metrics as names;
use shared::token::Claims;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::ready;
use tokio::io::{AsyncRead, ReadBuf};

/// How much is read at once. On the stack: an idle connection holds no buffer.
const READ_BYTES: usize = 4096;

/// Reads a live connection to its end.
pub(super) async fn read(
    socket: &mut (impl AsyncRead + Unpin),
    input: &mut Input,
    commands: &impl Commands,
    connection: &Arc<Connection>,
) -> Ended {
    loop {
        let incoming = match next(socket, input, commands.max_frame()).await {
            Ok(incoming) => incoming,
            Err(ended) => return ended,
        };
        if connection.outbox.closing().is_some() {
            // It is over, whatever the client does not read: an ended session commands nothing more.
            continue;
        }
        connection.pulse.heard();
        let taken = match incoming {
            Incoming::Text(text) => commands.run(connection, &text),
            Incoming::Ping(payload) => {
                connection.answer(encode::pong(&payload));
                commands.count(connection).map(|()| None)
            }
            Incoming::Pong => commands.count(connection).map(|()| None),
            Incoming::Close => Err(Close::Normal),
        };
        match taken {
            Ok(None) => {}
            Ok(Some(rest)) => rest.await,
            Err(why) => return Ended::With(why),
        }
    }
}

/// Waits for the `auth` event of a connection whose upgrade had no token: small, soon, and first.
pub(super) async fn first_token(
    socket: &mut (impl AsyncRead + Unpin),
    input: &mut Input,
    node: &Node,
) -> Result<Claims, Ended> {
    let waiting = async {
        loop {
            match next(socket, input, node.config.max_frame_before_auth).await? {
                Incoming::Text(text) => return verify(&text, node).map_err(Ended::With),
                Incoming::Close => return Err(Ended::With(Close::Normal)),
                // Nothing is answered before it is known to whom.
                Incoming::Ping(_) | Incoming::Pong => {}
            }
        }
    };
    let in_time = tokio::time::timeout(node.config.auth_timeout, waiting).await;
    in_time.unwrap_or(Err(Ended::With(Close::AuthTimeout)))
}

fn verify(text: &str, node: &Node) -> Result<Claims, Close> {
    let Ok(ClientEvent::Auth { token }) = ClientEvent::decode(text) else { return Err(Close::BadToken) };
    node.tokens.verify(&token).map_err(|bad| {
        counter!(names::AUTH_FAILURES, "reason" => "token").increment(1);
        commands::auth::close_for(bad)
    })
}

/// The next whole message.
async fn next(
    socket: &mut (impl AsyncRead + Unpin),
    input: &mut Input,
    limit: usize,
) -> Result<Incoming, Ended> {
    loop {
        match input.decoder.next(&mut input.buffer, limit) {
            Ok(Some(incoming)) => return Ok(incoming),
            Ok(None) => {}
            Err(why) => return Err(Ended::With(why)),
        }
        if input.buffer.is_empty() {
            // Gives the memory of the last message back.
            input.buffer = bytes::BytesMut::new();
        }
        match fill(socket, &mut input.buffer).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => return Err(Ended::Gone),
        }
    }
}

/// Reads what there is.
async fn fill(socket: &mut (impl AsyncRead + Unpin), buffer: &mut bytes::BytesMut) -> io::Result<usize> {
    poll_fn(|context| {
        let mut stack = [0; READ_BYTES];
        let mut read = ReadBuf::new(&mut stack);
        ready!(Pin::new(&mut *socket).poll_read(context, &mut read))?;
        buffer.extend_from_slice(read.filled());
        Ok(read.filled().len()).into()
    })
    .await
}
