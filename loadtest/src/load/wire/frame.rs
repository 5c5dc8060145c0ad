//! Frames of RFC 6455 as a client of ours meets them: the server's are never masked and never in pieces.

use std::ops::Range;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// An event.
    Text = 1,
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

/// It is not a frame that our server sends.
#[derive(Debug, PartialEq, Eq)]
pub struct BadFrame;

/// The frame that begins at `from`; `None` when it is not all there yet. It ends where its payload does.
///
/// # Errors
/// [`BadFrame`].
pub fn next_frame(buffer: &[u8], from: usize) -> Result<Option<Frame>, BadFrame> {
    let bytes = buffer.get(from..).unwrap_or_default();
    let [first, second, ..] = bytes else { return Ok(None) };
    let opcode = match first {
        0x81 => Opcode::Text,
        0x88 => Opcode::Close,
        0x89 => Opcode::Ping,
        0x8a => Opcode::Pong,
        _ => return Err(BadFrame),
    };
    let (header, length) = match second {
        length @ 0..=125 => (2, u64::from(*length)),
        126 => match bytes.get(2..4) {
            Some(length) => (4, length.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10) {
            Some(length) => (10, length.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
            None => return Ok(None),
        },
        _ => return Err(BadFrame),
    };
    let length = usize::try_from(length).map_err(|_| BadFrame)?;
    let payload = from + header..(from + header).checked_add(length).ok_or(BadFrame)?;
    Ok((payload.end <= buffer.len()).then_some(Frame { opcode, payload }))
}

/// Adds a frame of a client. It is masked as it must be, with zeros, so that nothing has to be changed: the mask is
/// there against proxies that are confused by what a page makes a browser send, and this is no browser.
pub fn put_frame(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    out.push(0x80 | opcode as u8);
    match payload.len() {
        length @ ..=125 => out.push(0x80 | length as u8),
        length @ ..=0xffff => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_server(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            length @ ..=125 => frame.push(length as u8),
            length @ ..=0xffff => {
                frame.push(126);
                frame.extend((length as u16).to_be_bytes());
            }
            length => {
                frame.push(127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend(payload);
        frame
    }

    #[test]
    fn frames_of_every_length_are_read_when_they_are_whole() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let frame = of_server(1, &vec![b'x'; length]);
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
        let buffer = [of_server(1, b"one"), of_server(9, b""), of_server(8, &[3, 232])].concat();
        let (mut at, mut found) = (0, Vec::new());
        while let Some(frame) = next_frame(&buffer, at).unwrap() {
            at = frame.payload.end;
            found.push((frame.opcode, buffer[frame.payload].to_vec()));
        }
        let wanted = [(Opcode::Text, b"one".to_vec()), (Opcode::Ping, vec![]), (Opcode::Close, vec![3, 232])];
        assert_eq!((found.as_slice(), at), (wanted.as_slice(), buffer.len()));
    }

    #[test]
    fn what_no_server_of_ours_sends_is_bad() {
        // A piece, a binary frame, a masked one.
        for bytes in [[0x01, 1], [0x82, 1], [0x81, 0x81]] {
            assert_eq!(next_frame(&bytes, 0), Err(BadFrame));
        }
    }
}
