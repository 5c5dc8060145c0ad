//! How encoded envelopes stand one after the other in one answer: each behind its length, four bytes, the
//! highest first. They are bytes already, and JSON would have to write them as text.

use bytes::{BufMut, Bytes, BytesMut};

/// The answer ends within a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer ends within a frame")]
pub struct BadFrames;

/// The length before each frame, in bytes.
const LENGTH: usize = size_of::<u32>();

/// Writes frames. None may have 4 GiB or more; envelopes have some kilobytes.
#[must_use]
pub fn to_frames(frames: &[Bytes]) -> Bytes {
    let size = frames.iter().map(|frame| LENGTH + frame.len()).sum();
    let mut written = BytesMut::with_capacity(size);
    for frame in frames {
        written.put_u32(u32::try_from(frame.len()).unwrap_or(u32::MAX));
        written.put_slice(frame);
    }
    written.freeze()
}

/// Reads frames; they share the buffer of the answer.
///
/// # Errors
/// [`BadFrames`].
pub fn from_frames(mut answer: Bytes) -> Result<Vec<Bytes>, BadFrames> {
    let mut frames = Vec::new();
    while let Some(length) = answer.first_chunk::<LENGTH>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BadFrames)?;
        let mut frame = answer.split_off(LENGTH);
        if frame.len() < length {
            return Err(BadFrames);
        }
        answer = frame.split_off(length);
        frames.push(frame);
    }
    if answer.is_empty() { Ok(frames) } else { Err(BadFrames) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_they_were_written_and_a_cut_answer_is_noticed() {
        let frames = ["", "one", "another"].map(Bytes::from);
        let written = to_frames(&frames);
        assert_eq!(from_frames(written.clone()).unwrap(), frames);
        assert_eq!(from_frames(Bytes::new()).unwrap(), [] as [Bytes; 0]);
        let ends: Vec<usize> = [0, 4, 11, written.len()].into();
        for cut in 0..=written.len() {
            assert_eq!(from_frames(written.slice(..cut)).is_ok(), ends.contains(&cut), "cut at {cut}");
        }
    }
}
