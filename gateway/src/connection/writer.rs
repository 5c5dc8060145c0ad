//! ⑩ From the outbox to the socket: everything that is queued goes out in as few writes as possible, since the
//! system call is most of what a delivery costs.

use super::Connection;
use super::outbox::{Queued, Work};
use crate::websocket::encode;
use bytes::BytesMut;
use metrics::{counter, histogram};
use shared::close::Close;
use shared::metrics as names;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Frames are put together up to this size for one write.
const WRITE_BYTES: usize = 64 * 1024;

/// How long a closing connection may take to accept what is queued and the close frame.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// Writes until the connection is closed; gives the reason, or the socket's error.
pub(super) async fn write(
    socket: &mut (impl AsyncWrite + Unpin),
    connection: &Connection,
) -> io::Result<Close> {
    loop {
        match connection.outbox.next().await {
            Work::Write(frames) => {
                let written = tokio::select! {
                    biased;
                    written = write_all(socket, &frames, connection) => Some(written),
                    () = closed_for_a_while(connection) => None,
                };
                match written {
                    Some(written) => written?,
                    // The stream is torn in the middle of a frame, so no close frame can follow.
                    None => return Ok(connection.outbox.closing().unwrap_or(Close::Slow)),
                }
            }
            Work::Close(frames, why) => {
                let closing = async {
                    write_all(socket, &frames, connection).await?;
                    socket.write_all(&encode::close(why)).await?;
                    socket.flush().await
                };
                // A socket that takes nothing more is dropped without its close frame.
                let _ = tokio::time::timeout(CLOSE_WITHIN, closing).await;
                return Ok(why);
            }
        }
    }
}

/// Is done when the connection is to be closed and the socket had its time to take what is being written.
async fn closed_for_a_while(connection: &Connection) {
    connection.outbox.closed().await;
    tokio::time::sleep(CLOSE_WITHIN).await;
}

async fn write_all(
    socket: &mut (impl AsyncWrite + Unpin),
    frames: &[Queued],
    connection: &Connection,
) -> io::Result<()> {
    let mut rest = frames;
    while let Some((first, _)) = rest.split_first() {
        let mut size = 0;
        let count = rest.iter().take_while(|frame| {
            size += frame.bytes.len();
            size <= WRITE_BYTES
        });
        let (now, later) = rest.split_at(count.count().max(1));
        if now.len() == 1 {
            socket.write_all(&first.bytes).await?;
        } else {
            let mut together = BytesMut::with_capacity(WRITE_BYTES.min(size));
            now.iter().for_each(|frame| together.extend_from_slice(&frame.bytes));
            socket.write_all(&together).await?;
        }
        counter!(names::WS_WRITES).increment(1);
        rest = later;
    }
    socket.flush().await?;
    let at = connection.clock.now();
    for committed_at in frames.iter().filter_map(|frame| frame.committed_at) {
        histogram!(names::DELIVERY_SECONDS).record(at.since(committed_at));
    }
    Ok(())
}
