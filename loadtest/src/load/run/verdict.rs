//! Whether everything that was acknowledged is at everybody's, once and in order. What each connection has adds up to
//! the same sum as what was acknowledged, or something is missing, double, or not what was said.

use super::plan::Plan;
use crate::load::system::People;
use crate::load::worker::{Acked, Counts, Seen, To};
use std::collections::BTreeMap;

/// More faults of one kind than these are counted, not told.
const TOLD: usize = 5;

/// How many connections take part in what is said to whom.
#[derive(Debug, Default)]
pub struct Expected(BTreeMap<To, u64>);

impl Expected {
    /// By the plan.
    #[must_use]
    pub fn of(plan: &Plan, people: &People) -> Self {
        let mut seats = vec![0_u64; plan.cast.users];
        plan.seats.iter().for_each(|seat| seats[seat.user] += 1);
        let mut expected = BTreeMap::new();
        for (members, place) in plan.cast.groups.iter().zip(&people.groups) {
            expected.insert(To::Group(place.group), members.iter().map(|member| seats[*member]).sum());
        }
        if plan.cast.groups.is_empty() {
            for (nth, pair) in people.persons.chunks(2).enumerate() {
                let [one, other] = pair else { continue };
                expected.insert(To::pair(one.id, other.id), seats[2 * nth] + seats[2 * nth + 1]);
            }
        }
        Self(expected)
    }

    /// From the numbers themselves.
    #[must_use]
    pub fn from(numbers: impl IntoIterator<Item = (To, u64)>) -> Self {
        Self(numbers.into_iter().collect())
    }
}

/// Everything that is wrong; nothing when all is well.
#[must_use]
pub fn faults(
    expected: &Expected,
    acked: &BTreeMap<i64, Acked>,
    seen: &[Seen],
    unanswered: u64,
    counts: &Counts,
) -> Vec<String> {
    let mut by_conversation: BTreeMap<i64, Vec<&Seen>> = BTreeMap::new();
    seen.iter().for_each(|one| by_conversation.entry(one.conversation).or_default().push(one));
    let mut wrong = Vec::new();
    for (conversation, said) in acked {
        let wanted = said.to.and_then(|to| expected.0.get(&to)).copied().unwrap_or(0);
        let here = by_conversation.get(conversation).map(Vec::as_slice).unwrap_or_default();
        wrong.extend(compare(*conversation, said, here, wanted));
    }
    let more = wrong.len().saturating_sub(TOLD);
    wrong.truncate(TOLD);
    if more > 0 {
        wrong.push(format!("and {more} more like these"));
    }
    for (count, what) in [
        (counts.doubled, "entries came twice"),
        (counts.altered, "entries contradict what stood at their place"),
        (counts.refused, "messages were refused"),
        (unanswered, "messages have no answer"),
    ] {
        if count > 0 {
            wrong.push(format!("{count} {what}"));
        }
    }
    if acked.is_empty() {
        wrong.push("not one message was acknowledged: nothing was checked".to_owned());
    }
    wrong
}

fn compare(conversation: i64, said: &Acked, here: &[&Seen], wanted: u64) -> Vec<String> {
    let mut wrong = Vec::new();
    for seen in here {
        let (count, of) = (seen.connections, seen.entries);
        if seen.have < said.head || of < said.entries {
            wrong.push(format!(
                "conversation {conversation}: {count} connections have {of} entries up to {}, and {} were acknowledged up to {}",
                seen.have, said.entries, said.head
            ));
        } else if (of, seen.digest) != (said.entries, said.digest) {
            wrong.push(format!(
                "conversation {conversation}: {count} connections have {of} entries that are not the {} acknowledged ones",
                said.entries
            ));
        }
    }
    let present: u64 = here.iter().map(|seen| seen.connections).sum();
    if present != wanted {
        wrong.push(format!(
            "conversation {conversation}: {present} connections know of it, and {wanted} take part"
        ));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::worker::mix;

    const GROUP: To = To::Group(3);

    fn digest(entries: &[(i64, u128)]) -> u64 {
        entries.iter().fold(0, |sum, (seq, id)| sum.wrapping_add(mix(*seq, *id)))
    }

    fn said(entries: &[(i64, u128)]) -> BTreeMap<i64, Acked> {
        let head = entries.last().map_or(0, |(seq, _)| *seq);
        let acked = Acked { to: Some(GROUP), entries: entries.len() as u64, head, digest: digest(entries) };
        BTreeMap::from([(9, acked)])
    }

    fn has(entries: &[(i64, u128)], connections: u64) -> Seen {
        let have = entries.last().map_or(0, |(seq, _)| *seq);
        Seen { conversation: 9, have, entries: entries.len() as u64, digest: digest(entries), connections }
    }

    fn judged(seen: &[Seen]) -> Vec<String> {
        let said = said(&[(1, 10), (2, 20), (3, 30)]);
        faults(&Expected::from([(GROUP, 5)]), &said, seen, 0, &Counts::default())
    }

    #[test]
    fn what_everybody_has_is_what_was_acknowledged() {
        assert_eq!(judged(&[has(&[(1, 10), (2, 20), (3, 30)], 5)]), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_double_or_swapped_at_one_connection_is_a_fault() {
        let right = has(&[(1, 10), (2, 20), (3, 30)], 4);
        for wrong in [
            has(&[(1, 10), (2, 20)], 1),
            has(&[(1, 10), (3, 30)], 1),
            has(&[(1, 10), (2, 20), (2, 20), (3, 30)], 1),
            has(&[(1, 20), (2, 10), (3, 30)], 1),
            has(&[(1, 10), (2, 20), (3, 31)], 1),
        ] {
            assert_eq!(judged(&[right, wrong]).len(), 1, "{wrong:?}");
        }
        assert_eq!(judged(&[right]).len(), 1, "one connection knows nothing of it");
        assert_eq!(judged(&[]).len(), 1, "none does");
    }

    #[test]
    fn an_answer_that_does_not_come_and_an_entry_that_comes_twice_are_faults() {
        let (said, seen) = (said(&[(1, 10)]), [has(&[(1, 10)], 1)]);
        let expected = Expected::from([(GROUP, 1)]);
        assert_eq!(faults(&expected, &said, &seen, 2, &Counts::default()), ["2 messages have no answer"]);
        let counts = Counts { doubled: 1, ..Counts::default() };
        assert_eq!(faults(&expected, &said, &seen, 0, &counts), ["1 entries came twice"]);
        assert_eq!(faults(&expected, &BTreeMap::new(), &[], 0, &Counts::default()).len(), 1);
    }
}
