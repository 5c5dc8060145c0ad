//! An echo over a gateway's own connections, for Autobahn's cases (`make conformance`). The handshake, the reader, the
//! codec, the outbox, the writer and the way a connection ends are the gateway's; only what is done with a text is not:
//! it goes back. Takes the address to serve at, and says where it serves.

use gateway::connection::outbox::{OutboxBounds, Worth};
use gateway::connection::{Commands, Connection, Due, Input, Rest, converse, push_to_all};
use gateway::websocket::{encode, handshake};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use salvo::{Request, Response, Router, handler};
use shared::close::Close;
use shared::error::Code;
use shared::ids::{SessionId, UserId};
use shared::program::{Signals, announce, live};
use shared::serve::refuse::refuse;
use shared::serve::{bind, serve};
use shared::time::{Clock, Timestamp};
use shared::token::Claims;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

/// The longest message of the cases. A gateway takes 64 KiB unless it is told otherwise.
const MAX_FRAME: usize = 16 * 1024 * 1024;

/// Nothing that the cases want back may be dropped.
const OUTBOX: OutboxBounds = OutboxBounds { bytes: 4 * MAX_FRAME, frames: 100_000 };

/// Nobody is pinged: no case asks for it.
const HEARTBEAT: Duration = Duration::from_secs(3600);

struct Echo;

impl Commands for Echo {
    fn max_frame(&self) -> usize {
        MAX_FRAME
    }

    fn run<'a>(&'a self, connection: &'a Arc<Connection>, text: &str) -> Result<Rest<'a>, Close> {
        push_to_all([connection], &encode::text(text.as_bytes()), Worth::Durable, None, &mut Due::default());
        Ok(None)
    }

    fn count(&self, _: &Connection) -> Result<(), Close> {
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let address = std::env::args().nth(1).ok_or("which address? for example 127.0.0.1:0")?.parse()?;
    live(async move {
        let listener = bind(address)?;
        let signals = Signals::listen()?;
        announce("The echo", listener.local_addr()?);
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, Router::new().get(upgrade), stop.clone()));
        signals.told_to_stop().await;
        stop.cancel();
        Ok(serving.await??)
    })
}

#[handler]
async fn upgrade(req: &mut Request, res: &mut Response) {
    let accept = handshake::accept(req.headers());
    let stream = req.extensions_mut().remove::<OnUpgrade>();
    let (Some(accept), Some(stream)) = (accept, stream) else { return refuse(res, Code::BadRequest, None) };
    handshake::switch(res, accept);
    tokio::spawn(async move {
        if let Ok(upgraded) = stream.await {
            talk(TokioIo::new(upgraded)).await;
        }
    });
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let claims = Claims { user_id: UserId(1), session_id: SessionId(1), expires_at: Timestamp(i64::MAX) };
    let connection = Arc::new(Connection::new(claims, &Clock::system(), OUTBOX, HEARTBEAT));
    // There is nothing to attach to: the outbox opens at once, with no bytes before the first echo.
    connection.outbox.release(bytes::Bytes::new());
    converse(stream, &mut Input::default(), &Echo, &connection).await;
}
