//! Whether a connection got every message once and in order. Messages are numbered from 0; each says its number, when it
//! was to be sent, and is filled up to its length.

use crate::load::measure::Micros;
use std::io::Write;

/// A number, a time, and a blank behind each: no message is shorter.
pub const SHORTEST: usize = 44;
const FILLING: u8 = b'x';

/// Message `number`, due at `due`, of so many bytes.
#[must_use]
pub fn message(number: u64, due: Micros, size: usize) -> Vec<u8> {
    let mut message = Vec::with_capacity(size);
    // Writing to a vector does not fail.
    let _ = write!(message, "{number} {due} ");
    message.resize(size, FILLING);
    message
}

/// Its number and when it was due; `None` if it is not as it was written.
fn read(message: &[u8], size: usize) -> Option<(u64, Micros)> {
    let mut parts = message.splitn(3, |byte| *byte == b' ');
    let mut number = || std::str::from_utf8(parts.next()?).ok()?.parse().ok();
    let (number, due) = (number()?, number()?);
    let is_whole = message.len() == size && parts.next()?.iter().all(|byte| *byte == FILLING);
    is_whole.then_some((number, due))
}

/// What one connection got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counter {
    /// The number that comes next: everything before it has come, or is among `jumped`.
    pub next: u64,
    /// Numbers that had not come when a later one did.
    pub jumped: u64,
    /// Messages that came once more, or after a later one.
    pub repeated: u64,
    /// Messages that are none of ours.
    pub altered: u64,
}

impl Counter {
    /// One has come. Gives back when it was due, if it counts as a delivery.
    pub fn take(&mut self, message: &[u8], size: usize) -> Option<Micros> {
        let Some((number, due)) = read(message, size) else {
            self.altered += 1;
            return None;
        };
        if number < self.next {
            self.repeated += 1;
            return None;
        }
        self.jumped += number - self.next;
        self.next = number + 1;
        Some(due)
    }

    /// Whether it got exactly so many, each once and in order.
    #[must_use]
    pub fn is_right(&self, said: u64) -> bool {
        *self == Self { next: said, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 60;

    fn counted(numbers: &[u64]) -> Counter {
        let mut counter = Counter::default();
        for number in numbers {
            counter.take(&message(*number, 1000 + number, SIZE), SIZE);
        }
        counter
    }

    #[test]
    fn every_number_once_and_in_order_is_right() {
        assert!(counted(&[0, 1, 2, 3]).is_right(4));
        assert_eq!(Counter::default().take(&message(0, 1234, SIZE), SIZE), Some(1234));
    }

    #[test]
    fn one_that_is_lost_doubled_swapped_late_or_too_many_is_wrong() {
        for numbers in [
            &[0, 1, 3][..],
            &[1, 2, 3],
            &[0, 1, 2],
            &[],
            &[0, 1, 1, 2, 3],
            &[0, 2, 1, 3],
            &[0, 1, 2, 3, 3],
            &[0, 1, 2, 3, 0],
            &[0, 1, 2, 3, 4],
        ] {
            assert!(!counted(numbers).is_right(4), "{numbers:?}");
        }
    }

    #[test]
    fn one_that_is_changed_is_wrong() {
        let whole = message(0, 1000, SIZE);
        for other in [
            &whole[..SIZE - 1],
            &[&whole[..], b"x"].concat(),
            &[&whole[..SIZE - 1], b"y"].concat(),
            &whole[2..],
            b"",
            b"\xff\xff",
        ] {
            let mut counter = Counter::default();
            assert_eq!(counter.take(other, SIZE), None);
            assert!(counter.altered == 1 && !counter.is_right(0), "{other:?}");
        }
    }

    #[test]
    fn the_shortest_message_has_room_for_every_number_and_time() {
        let message = message(u64::MAX, u64::MAX, SHORTEST);
        assert_eq!((message.len(), read(&message, SHORTEST)), (SHORTEST, Some((u64::MAX, u64::MAX))));
    }
}
