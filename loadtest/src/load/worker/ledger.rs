//! What one connection has of each conversation, and whether it came once, in order, and without a hole. The rules are
//! those of the protocol for clients.

use std::collections::{BTreeMap, HashMap};

/// A number for an entry, so that the sum of many says whether two connections have the same ones.
#[must_use]
pub fn mix(seq: i64, id: u128) -> u64 {
    let mut bits =
        (id >> 64) as u64 ^ (id as u64).rotate_left(32) ^ (seq as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// What an arriving entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The next one.
    Next,
    /// One that comes before the one before it: there is a hole.
    Early,
    /// One that was there already, and had to be expected once more: it was fetched, or was in `ready`.
    Late,
    /// One that came already: a fault.
    Doubled,
}

/// What must not happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Entries that came twice.
    pub doubled: u64,
    /// Entries with the place of another one.
    pub altered: u64,
}

/// A conversation, as one connection has it.
#[derive(Debug, Default)]
pub struct Place {
    /// Everything up to there.
    pub have: i64,
    /// How many of those came since the connection was first made.
    pub entries: u64,
    /// The sum of [`mix`] over them.
    pub digest: u64,
    /// Up to there it may come once more: it was fetched, or `ready` spoke of it.
    known: i64,
    /// What came too early.
    beyond: BTreeMap<i64, u128>,
}

/// All conversations of a connection.
#[derive(Debug, Default)]
pub struct Ledger {
    places: HashMap<i64, Place>,
    began: bool,
    troubles: Troubles,
}

impl Ledger {
    /// Whether `ready` has not come yet.
    #[must_use]
    pub fn begins(&self) -> bool {
        !self.began
    }

    /// The heads of `ready`. The first time that is where the connection begins; later it gives back the conversations
    /// in which something was missed.
    pub fn attach(&mut self, heads: impl IntoIterator<Item = (i64, i64)>) -> Vec<i64> {
        if std::mem::replace(&mut self.began, true) {
            return self.attach_again(heads);
        }
        let place = |head| Place { have: head, known: head, ..Place::default() };
        self.places = heads.into_iter().map(|(conversation, head)| (conversation, place(head))).collect();
        Vec::new()
    }

    /// What `ready` speaks of may come live as well, whether it is here or missing.
    fn attach_again(&mut self, heads: impl IntoIterator<Item = (i64, i64)>) -> Vec<i64> {
        let heads: Vec<(i64, i64)> = heads.into_iter().collect();
        for (conversation, head) in &heads {
            let place = self.places.entry(*conversation).or_default();
            place.known = place.known.max(*head);
        }
        self.behind(heads)
    }

    /// The conversations that are not here as far as these heads say.
    pub fn behind(&mut self, heads: impl IntoIterator<Item = (i64, i64)>) -> Vec<i64> {
        let behind = |(conversation, head): &(i64, i64)| self.have(*conversation) < *head;
        heads.into_iter().filter(behind).map(|(conversation, _)| conversation).collect()
    }

    /// How far a conversation is here.
    #[must_use]
    pub fn have(&self, conversation: i64) -> i64 {
        self.places.get(&conversation).map_or(0, |place| place.have)
    }

    /// Whether an entry has not come yet.
    #[must_use]
    pub fn lacks(&self, conversation: i64, seq: i64) -> bool {
        let place = self.places.get(&conversation);
        place.is_none_or(|place| seq > place.have && !place.beyond.contains_key(&seq))
    }

    /// Whether something of a conversation is here beyond a hole.
    #[must_use]
    pub fn has_hole(&self, conversation: i64) -> bool {
        self.places.get(&conversation).is_some_and(|place| !place.beyond.is_empty())
    }

    /// The sum of all places: what a `ping` asks about.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.places.values().map(|place| place.have).sum()
    }

    /// An entry came over the WebSocket.
    pub fn take(&mut self, conversation: i64, seq: i64, id: u128) -> Taken {
        let place = self.places.entry(conversation).or_default();
        if seq == place.have + 1 {
            place.put(seq, id);
            place.close_holes();
            return Taken::Next;
        }
        if seq > place.have {
            return match place.beyond.insert(seq, id) {
                None => Taken::Early,
                Some(other) => self.twice(other == id),
            };
        }
        if seq <= place.known { Taken::Late } else { self.twice(true) }
    }

    /// A page of history, ascending; `through` is how far it speaks.
    pub fn fetched(&mut self, conversation: i64, page: &[(i64, u128)], through: i64) {
        let place = self.places.entry(conversation).or_default();
        for (seq, id) in page {
            if *seq <= place.have {
                continue;
            }
            if place.beyond.remove(seq).is_some_and(|early| early != *id) {
                self.troubles.altered += 1;
            }
            place.put(*seq, *id);
        }
        place.have = place.have.max(through);
        place.known = place.known.max(through);
        place.beyond = place.beyond.split_off(&(place.have + 1));
        place.close_holes();
    }

    /// All conversations.
    pub fn places(&self) -> impl Iterator<Item = (i64, &Place)> {
        self.places.iter().map(|(conversation, place)| (*conversation, place))
    }

    /// What must not happen, and did.
    #[must_use]
    pub fn troubles(&self) -> Troubles {
        self.troubles
    }

    fn twice(&mut self, same: bool) -> Taken {
        self.troubles.doubled += u64::from(same);
        self.troubles.altered += u64::from(!same);
        Taken::Doubled
    }
}

impl Place {
    fn put(&mut self, seq: i64, id: u128) {
        self.have = seq;
        self.entries += 1;
        self.digest = self.digest.wrapping_add(mix(seq, id));
    }

    fn close_holes(&mut self) {
        while let Some(id) = self.beyond.remove(&(self.have + 1)) {
            self.put(self.have + 1, id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONVERSATION: i64 = 7;

    fn hear(ledger: &mut Ledger, entries: &[(i64, u128)]) -> Vec<Taken> {
        entries.iter().map(|(seq, id)| ledger.take(CONVERSATION, *seq, *id)).collect()
    }

    fn digest(entries: &[(i64, u128)]) -> u64 {
        entries.iter().fold(0, |sum, (seq, id)| sum.wrapping_add(mix(*seq, *id)))
    }

    fn place(ledger: &Ledger) -> (i64, u64, u64) {
        let (_, place) = ledger.places().next().unwrap();
        (place.have, place.entries, place.digest)
    }

    #[test]
    fn entries_in_order_add_up_to_what_was_acknowledged() {
        let entries = [(4, 40), (5, 50), (6, 60)];
        let mut ledger = Ledger::default();
        ledger.attach([(CONVERSATION, 3)]);
        assert_eq!(hear(&mut ledger, &entries), [Taken::Next; 3]);
        assert_eq!(place(&ledger), (6, 3, digest(&entries)));
        assert_eq!(ledger.troubles(), Troubles::default());
    }

    #[test]
    fn what_is_missing_another_or_swapped_does_not_add_up() {
        let wanted = digest(&[(1, 10), (2, 20), (3, 30)]);
        for wrong in
            [vec![(1, 10), (3, 30)], vec![(1, 10), (2, 21), (3, 30)], vec![(1, 20), (2, 10), (3, 30)]]
        {
            let mut ledger = Ledger::default();
            hear(&mut ledger, &wrong);
            assert_ne!(place(&ledger).2, wanted, "{wrong:?}");
        }
    }

    #[test]
    fn an_entry_that_was_overtaken_closes_its_hole() {
        let mut ledger = Ledger::default();
        assert_eq!(hear(&mut ledger, &[(1, 10), (3, 30)]), [Taken::Next, Taken::Early]);
        assert!(ledger.has_hole(CONVERSATION));
        assert!(
            ledger.lacks(CONVERSATION, 2) && !ledger.lacks(CONVERSATION, 3) && !ledger.lacks(CONVERSATION, 1)
        );
        assert_eq!(ledger.have(CONVERSATION), 1);
        assert_eq!(hear(&mut ledger, &[(2, 20)]), [Taken::Next]);
        assert!(!ledger.has_hole(CONVERSATION));
        assert_eq!(place(&ledger), (3, 3, digest(&[(1, 10), (2, 20), (3, 30)])));
    }

    #[test]
    fn what_comes_twice_is_a_fault_unless_it_was_fetched_or_was_there_before() {
        let mut ledger = Ledger::default();
        ledger.attach([(CONVERSATION, 2)]);
        assert_eq!(
            hear(&mut ledger, &[(2, 20), (3, 30), (3, 30)]),
            [Taken::Late, Taken::Next, Taken::Doubled]
        );
        assert_eq!(hear(&mut ledger, &[(6, 60), (6, 60), (6, 61)])[1..], [Taken::Doubled, Taken::Doubled]);
        assert_eq!(ledger.troubles(), Troubles { doubled: 2, altered: 1 });
        ledger.fetched(CONVERSATION, &[(4, 40), (5, 50)], 5);
        assert_eq!(hear(&mut ledger, &[(5, 50)]), [Taken::Late]);
        assert_eq!(place(&ledger).0, 6);
    }

    #[test]
    fn history_that_contradicts_what_came_is_a_fault() {
        let mut ledger = Ledger::default();
        hear(&mut ledger, &[(2, 20)]);
        ledger.fetched(CONVERSATION, &[(1, 10), (2, 21)], 2);
        assert_eq!(ledger.troubles().altered, 1);
    }

    #[test]
    fn what_was_on_its_way_while_somebody_came_back_may_come_once_more() {
        let mut ledger = Ledger::default();
        ledger.attach([(CONVERSATION, 0)]);
        hear(&mut ledger, &[(1, 10), (2, 20)]);
        assert!(ledger.attach([(CONVERSATION, 2)]).is_empty());
        assert_eq!(
            hear(&mut ledger, &[(2, 20), (3, 30), (3, 30)]),
            [Taken::Late, Taken::Next, Taken::Doubled]
        );
    }

    #[test]
    fn whoever_comes_back_learns_what_was_missed() {
        let mut ledger = Ledger::default();
        assert!(ledger.attach([(1, 5), (2, 0)]).is_empty());
        let mut missed = ledger.attach([(1, 5), (2, 1), (3, 4)]);
        missed.sort_unstable();
        assert_eq!(missed, [2, 3]);
        assert_eq!(ledger.sum(), 5);
    }
}
