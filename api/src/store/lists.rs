//! Statements over many rows come in a few fixed sizes, so that the cache of prepared statements holds them all. A
//! list of values is padded to 1, 2, 4 … 256 by repeating its last one, which changes no answer; rows to insert cannot
//! be repeated, and are cut into two or three pieces.

/// The most values or rows in one statement.
pub(crate) const LARGEST: usize = 256;

/// The values in lists of a fixed size each, the last value repeated. Nothing for nothing.
pub(crate) fn padded<T: Clone>(values: &[T]) -> impl Iterator<Item = Vec<T>> + '_ {
    values.chunks(LARGEST).map(|chunk| {
        let mut list = chunk.to_vec();
        if let Some(last) = chunk.last() {
            list.resize(chunk.len().next_power_of_two(), last.clone());
        }
        list
    })
}

/// The rows in pieces of fixed sizes, in order, none repeated: up to 16 of any size, then by eights, then by
/// thirty-twos, which makes 28 sizes.
pub(crate) fn cut<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = match rest.len().min(LARGEST) {
            0 => return None,
            few @ ..=16 => few,
            some @ ..=63 => some - some % 8,
            many => many - many % 32,
        };
        let (piece, after) = rest.split_at(size);
        rest = after;
        Some(piece)
    })
}

/// `piece` that many times, with `between` between.
pub(crate) fn repeated(piece: &str, between: &str, times: usize) -> String {
    let mut text = String::with_capacity((piece.len() + between.len()) * times);
    for turn in 0..times {
        if turn > 0 {
            text.push_str(between);
        }
        text.push_str(piece);
    }
    text
}

/// `?, ?, …` for a list of values.
pub(crate) fn marks(count: usize) -> String {
    repeated("?", ", ", count)
}

/// `(condition) OR (condition) …`: both engines walk the index once for each.
pub(crate) fn any_of(condition: &str, count: usize) -> String {
    repeated(&format!("({condition})"), " OR ", count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_padded_to_a_fixed_size_with_their_last_value() {
        let sizes = |count: usize| padded(&vec![7; count]).map(|list| list.len()).collect::<Vec<_>>();
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!([sizes(1), sizes(3), sizes(256)], [[1], [4], [256]]);
        assert_eq!(sizes(600), [256, 256, 128]);
        assert_eq!(padded(&[1, 2, 3]).next(), Some(vec![1, 2, 3, 3]));
    }

    #[test]
    fn rows_are_cut_into_few_pieces_of_few_sizes_and_each_is_there_once() {
        let mut sizes = std::collections::BTreeSet::new();
        for count in 0..=1000 {
            let rows: Vec<usize> = (0..count).collect();
            let pieces: Vec<&[usize]> = cut(&rows).collect();
            assert!(pieces.len() <= 3 + count / LARGEST, "{count} rows in {} pieces", pieces.len());
            sizes.extend(pieces.iter().map(|piece| piece.len()));
            assert_eq!(pieces.concat(), rows);
        }
        assert!(sizes.len() <= 28 && sizes.last() == Some(&LARGEST), "{sizes:?}");
    }
}
