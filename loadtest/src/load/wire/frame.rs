//! Frames of RFC 6455 in one piece. A client's are masked, a server's never are.

use std::ops::Range;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// An event.
    Text = 1,
    /// Bytes; our server sends none.
    Binary = 2,
    /// The end, with its code.
    Close = 8,
    /// Are you there?
    Ping = 9,
    /// Yes.
    Pong = 10,
}

/// A frame in a buffer.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub opcode: Opcode,
    /// Where its payload is.
    pub payload: Range<usize>,
}

/// It is not a frame that a server sends in one piece.
#[derive(Debug, PartialEq, Eq)]
pub struct BadFrame;

/// The frame of a server that begins at `from`; `None` when it is not all there yet. It ends where its payload does.
///
/// # Errors
/// [`BadFrame`].
pub fn next_frame(buffer: &[u8], from: usize) -> Result<Option<Frame>, BadFrame> {
    let Some(head) = Head::read(buffer.get(from..).unwrap_or_default())? else { return Ok(None) };
    if head.is_masked {
        return Err(BadFrame);
    }
    head.frame(from + head.length, buffer.len())
}

/// The frame of a client that begins at `from`, unmasked where it lies; `None` when it is not all there yet.
///
/// # Errors
/// [`BadFrame`].
pub fn next_masked(buffer: &mut [u8], from: usize) -> Result<Option<Frame>, BadFrame> {
    let Some(head) = Head::read(buffer.get(from..).unwrap_or_default())? else { return Ok(None) };
    if !head.is_masked {
        return Err(BadFrame);
    }
    let mask = from + head.length..from + head.length + MASK;
    let frame = head.frame(mask.end, buffer.len())?;
    if let Some(Frame { payload, .. }) = &frame {
        let (heads, payloads) = buffer.split_at_mut(payload.start);
        let masked = payloads.iter_mut().take(payload.len());
        masked.zip(heads[mask].iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    }
    Ok(frame)
}

/// Bytes of a mask.
const MASK: usize = 4;

/// What stands before the mask, or before the payload.
struct Head {
    opcode: Opcode,
    is_masked: bool,
    /// Its own length.
    length: usize,
    payload: usize,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Option<Self>, BadFrame> {
        let [first, second, ..] = bytes else { return Ok(None) };
        let opcode = match first {
            0x81 => Opcode::Text,
            0x82 => Opcode::Binary,
            0x88 => Opcode::Close,
            0x89 => Opcode::Ping,
            0x8a => Opcode::Pong,
            _ => return Err(BadFrame),
        };
        let (is_masked, short) = (second & 0x80 != 0, second & 0x7f);
        let length = match short {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        let Some(longer) = bytes.get(2..length) else { return Ok(None) };
        let payload = match longer {
            [] => u64::from(short),
            longer => longer.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        let payload = usize::try_from(payload).map_err(|_| BadFrame)?;
        Ok(Some(Self { opcode, is_masked, length, payload }))
    }

    /// The frame, if its payload begins there and the buffer holds all of it.
    fn frame(&self, from: usize, length: usize) -> Result<Option<Frame>, BadFrame> {
        let payload = from..from.checked_add(self.payload).ok_or(BadFrame)?;
        Ok((payload.end <= length).then_some(Frame { opcode: self.opcode, payload }))
    }
}

/// Adds a frame of a client. It is masked as it must be, with zeros, so that nothing has to be changed: the mask is
/// there against proxies that are confused by what a page makes a browser send, and this is no browser.
pub fn put_frame(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    put_head(out, opcode, payload.len(), 0x80);
    out.extend_from_slice(&[0; MASK]);
    out.extend_from_slice(payload);
}

/// Adds a frame of a server.
pub fn put_unmasked(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    put_head(out, opcode, payload.len(), 0);
    out.extend_from_slice(payload);
}

fn put_head(out: &mut Vec<u8>, opcode: Opcode, length: usize, mask: u8) {
    out.push(0x80 | opcode as u8);
    match length {
        length @ ..=125 => out.push(mask | length as u8),
        length @ ..=0xffff => {
            out.push(mask | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(mask | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_server(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        put_unmasked(&mut frame, opcode, payload);
        frame
    }

    #[test]
    fn frames_of_every_length_are_read_when_they_are_whole() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let frame = of_server(Opcode::Text, &vec![b'x'; length]);
            for cut in [0, 1, frame.len() / 2, frame.len() - 1] {
                assert_eq!(next_frame(&frame[..cut], 0), Ok(None), "{cut} of {}", frame.len());
            }
            let read = next_frame(&frame, 0).unwrap().unwrap();
            assert_eq!(
                (read.opcode, read.payload.len(), read.payload.end),
                (Opcode::Text, length, frame.len())
            );
        }
    }

    #[test]
    fn several_frames_lie_one_after_the_other() {
        let buffer = [
            of_server(Opcode::Text, b"one"),
            of_server(Opcode::Ping, b""),
            of_server(Opcode::Close, &[3, 232]),
        ]
        .concat();
        let (mut at, mut found) = (0, Vec::new());
        while let Some(frame) = next_frame(&buffer, at).unwrap() {
            at = frame.payload.end;
            found.push((frame.opcode, buffer[frame.payload].to_vec()));
        }
        let wanted = [(Opcode::Text, b"one".to_vec()), (Opcode::Ping, vec![]), (Opcode::Close, vec![3, 232])];
        assert_eq!((found.as_slice(), at), (wanted.as_slice(), buffer.len()));
    }

    #[test]
    fn what_no_server_sends_in_one_piece_is_bad() {
        // A piece, the rest of one, one that is packed, one that is masked.
        for bytes in [[0x01, 1], [0x80, 1], [0xc1, 1], [0x81, 0x81]] {
            assert_eq!(next_frame(&bytes, 0), Err(BadFrame));
        }
    }

    #[test]
    fn heads_are_as_the_rfc_shows_them() {
        // RFC 6455 §5.7: a masked "Hello", and heads of 256 bytes and of 64 KiB.
        let mut hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let frame = next_masked(&mut hello, 0).unwrap().unwrap();
        assert_eq!((frame.opcode, &hello[frame.payload]), (Opcode::Text, b"Hello".as_slice()));
        assert!(of_server(Opcode::Binary, &[0; 256]).starts_with(&[0x82, 126, 1, 0]));
        assert!(of_server(Opcode::Binary, &[0; 65_536]).starts_with(&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]));
    }

    #[test]
    fn what_a_client_sends_is_read_when_it_is_whole_and_only_if_it_is_masked() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let mut buffer = b"before".to_vec();
            put_frame(&mut buffer, Opcode::Text, &vec![b'x'; length]);
            for cut in 6..buffer.len().min(24) {
                assert_eq!(
                    next_masked(&mut buffer[..cut].to_vec(), 6),
                    Ok(None),
                    "{cut} of {}",
                    buffer.len()
                );
            }
            let frame = next_masked(&mut buffer, 6).unwrap().unwrap();
            assert_eq!((frame.payload.len(), frame.payload.end), (length, buffer.len()));
            assert!(buffer[frame.payload].iter().all(|byte| *byte == b'x'));
        }
        assert_eq!(next_masked(&mut of_server(Opcode::Text, b"x"), 0), Err(BadFrame));
    }
}
