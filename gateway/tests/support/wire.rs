//! A WebSocket client by hand, over any stream: it can break every rule, and does only what it is told.

use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::timeout;

/// How long anything may take to arrive.
const LIMIT: Duration = Duration::from_secs(10);

pub const TEXT: u8 = 1;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub struct Wire {
    pub reading: Reading,
    pub writing: Writing,
}

/// What the server says.
pub struct Reading(ReadHalf<Box<dyn Stream>>);

/// What it is told.
pub struct Writing(WriteHalf<Box<dyn Stream>>);

/// A frame from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub opcode: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    /// The code in a close frame.
    pub fn close_code(&self) -> Option<u16> {
        let code = self.payload.first_chunk::<2>()?;
        (self.opcode == CLOSE).then(|| u16::from_be_bytes(*code))
    }
}

impl Wire {
    pub fn over(stream: impl Stream + 'static) -> Self {
        let (reading, writing) = tokio::io::split(Box::new(stream) as Box<dyn Stream>);
        Self { reading: Reading(reading), writing: Writing(writing) }
    }

    /// A whole frame, masked as a client's is.
    pub fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [7, 77, 177, 77];
        let mut bytes = head(opcode, payload.len(), 0x80);
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
        bytes
    }

    pub async fn send(&mut self, opcode: u8, payload: &[u8]) {
        self.writing.send(opcode, payload).await;
    }

    /// The next frame; `None` when the stream has ended.
    ///
    /// # Panics
    /// When none comes in 10 s.
    pub async fn next(&mut self) -> Option<Frame> {
        timeout(LIMIT, self.reading.next()).await.expect("a frame, or the end of the stream")
    }

    /// Skips to the close frame, and gives its code; `None` when the stream ends without one.
    pub async fn close_code(&mut self) -> Option<u16> {
        while let Some(frame) = self.next().await {
            if frame.opcode == CLOSE {
                return frame.close_code();
            }
        }
        None
    }
}

impl Writing {
    /// Sends these bytes, whatever they are. Whether the other side still takes them is its business.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        drop(self.0.write_all(bytes).await);
    }

    pub async fn send(&mut self, opcode: u8, payload: &[u8]) {
        self.send_bytes(&Wire::masked(opcode, payload)).await;
    }

    /// Sends a frame that is not masked, which no client may.
    pub async fn send_unmasked(&mut self, opcode: u8, payload: &[u8]) {
        let mut bytes = head(opcode, payload.len(), 0);
        bytes.extend(payload);
        self.send_bytes(&bytes).await;
    }
}

impl Reading {
    /// The next frame. Loses one when it is dropped in the middle of it.
    pub async fn next(&mut self) -> Option<Frame> {
        let first = self.0.read_u8().await.ok()?;
        assert_eq!(first & 0xf0, 0x80, "a server's frames are whole and without extensions");
        let length = match self.0.read_u8().await.ok()? {
            126 => usize::from(self.0.read_u16().await.ok()?),
            127 => usize::try_from(self.0.read_u64().await.ok()?).unwrap(),
            short => usize::from(short),
        };
        assert!(length < 1 << 20, "a server's frames are not masked, and of a decent size");
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.ok()?;
        Some(Frame { opcode: first & 0x0f, payload })
    }
}

fn head(opcode: u8, length: usize, mask_bit: u8) -> Vec<u8> {
    let mut bytes = vec![0x80 | opcode];
    match length {
        short @ ..=125 => bytes.push(mask_bit | short as u8),
        long @ ..=0xffff => {
            bytes.push(mask_bit | 126);
            bytes.extend((long as u16).to_be_bytes());
        }
        huge => {
            bytes.push(mask_bit | 127);
            bytes.extend((huge as u64).to_be_bytes());
        }
    }
    bytes
}
