//! ⑩ From the outbox to the socket: everything that is queued goes out in as few writes as possible, since the
//! system call is most of what a delivery costs.

use super::Connection;
use super::outbox::{Queued, Work};
use crate::websocket::encode;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::FutureExt;
use metrics::{counter, histogram};
use shared::close::Close;
use shared::metrics as names;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Frames are put together up to this size for one write.
const WRITE_BYTES: usize = 64 * 1024;

/// How long a closing connection may take to accept what is queued and the close frame.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// Writes until the connection is closed; gives the reason, or the socket's error.
///
/// What waits for the socket is boxed: nearly every write is taken at once, and a connection has no room for more.
pub(super) async fn write(
    socket: &mut (impl AsyncWrite + Unpin + Send),
    connection: &Connection,
) -> io::Result<Close> {
    loop {
        match connection.outbox.next().await {
            Work::Write(frames) => {
                let mut rest = Rest::of(&frames);
                let at_once = poll_fn(|context| Poll::Ready(rest.poll_write(socket, context))).await;
                let written = match at_once {
                    Poll::Ready(written) => Some(written),
                    Poll::Pending => rest.write_unless_closed(socket, connection).boxed().await,
                };
                match written {
                    Some(written) => written?,
                    // The stream is torn in the middle of a frame, so no close frame can follow.
                    None => return Ok(connection.outbox.closing().unwrap_or(Close::Slow)),
                }
                delivered(&frames, connection);
            }
            Work::Close(frames, why) => {
                last_words(socket, &frames, why, connection).boxed().await;
                return Ok(why);
            }
        }
    }
}

/// What is left and the close frame. A socket that takes nothing more is dropped without them.
async fn last_words(
    socket: &mut (impl AsyncWrite + Unpin + Send),
    frames: &[Queued],
    why: Close,
    connection: &Connection,
) {
    let mut rest = Rest::of(frames);
    let closing = async {
        poll_fn(|context| rest.poll_write(socket, context)).await?;
        delivered(frames, connection);
        socket.write_all(&encode::close(why)).await?;
        socket.flush().await
    };
    let _ = tokio::time::timeout(CLOSE_WITHIN, closing).await;
}

/// Takes note of how long entries took.
fn delivered(frames: &[Queued], connection: &Connection) {
    let at = connection.clock.now();
    for committed_at in frames.iter().filter_map(|frame| frame.committed_at) {
        histogram!(names::DELIVERY_SECONDS).record(at.since(committed_at));
    }
}

/// What is still to be written of some frames.
struct Rest<'a> {
    frames: &'a [Queued],
    /// Some of them, put together, as far as the socket has not taken it.
    piece: Bytes,
}

impl<'a> Rest<'a> {
    fn of(frames: &'a [Queued]) -> Self {
        Self { frames, piece: Bytes::new() }
    }

    /// Goes on writing; ready when the socket has taken everything.
    fn poll_write(
        &mut self,
        socket: &mut (impl AsyncWrite + Unpin),
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some(piece) = self.piece() {
            let taken = ready!(Pin::new(&mut *socket).poll_write(context, piece))?;
            if taken == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            piece.advance(taken);
        }
        Pin::new(socket).poll_flush(context)
    }

    /// The same, waiting; `None` when the connection is to be closed, and the socket had its time.
    async fn write_unless_closed(
        &mut self,
        socket: &mut (impl AsyncWrite + Unpin),
        connection: &Connection,
    ) -> Option<io::Result<()>> {
        let closed_for_a_while = async {
            connection.outbox.closed().await;
            tokio::time::sleep(CLOSE_WITHIN).await;
        };
        tokio::select! {
            biased;
            written = poll_fn(|context| self.poll_write(socket, context)) => Some(written),
            () = closed_for_a_while => None,
        }
    }

    /// What is to be written next; `None` when there is nothing more.
    fn piece(&mut self) -> Option<&mut Bytes> {
        while self.piece.is_empty() {
            let (first, _) = self.frames.split_first()?;
            let mut size = 0;
            let count = self.frames.iter().take_while(|frame| {
                size += frame.bytes.len();
                size <= WRITE_BYTES
            });
            let (now, later) = self.frames.split_at(count.count().max(1));
            self.piece = if now.len() == 1 { first.bytes.clone() } else { together(now) };
            self.frames = later;
            counter!(names::WS_WRITES).increment(1);
        }
        Some(&mut self.piece)
    }
}

fn together(frames: &[Queued]) -> Bytes {
    let size = frames.iter().map(|frame| frame.bytes.len()).sum();
    let mut piece = BytesMut::with_capacity(size);
    frames.iter().for_each(|frame| piece.extend_from_slice(&frame.bytes));
    piece.freeze()
}
