//! One conversation, as a client keeps it: what it has, what waits beyond a hole, and when to fetch. The rules of the
//! protocol's "What a client does so that nothing is missing", without I/O.

use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// What may merely have been overtaken is waited for.
const OVERTAKEN: Duration = Duration::from_millis(300);
/// The message itself follows its ack at once, unless it was lost.
const AFTER_ACK: Duration = Duration::from_secs(1);
/// Between a fetch that failed and the next one.
const PAUSE: Duration = Duration::from_millis(300);

/// A conversation.
#[derive(Debug, Default)]
pub struct Log {
    /// Everything up to here that may be read is here.
    pub have: i64,
    /// Whether the user is in it, as far as the client was told.
    pub theirs: bool,
    /// The log is known to reach this far.
    known: i64,
    /// The last entry by which the user joined or left, and when anything showed that they are in it.
    moved: i64,
    in_since: Option<Instant>,
    /// What came beyond the hole.
    aside: BTreeSet<i64>,
    fetch: Fetch,
}

#[derive(Debug, Default, Clone, Copy)]
enum Fetch {
    #[default]
    Idle,
    Due(Instant),
    Running,
}

impl Log {
    /// An entry arrived live; gives back what is to be shown now, in order.
    pub fn entry(&mut self, seq: i64, now: Instant) -> Vec<i64> {
        if seq > self.have {
            self.aside.insert(seq);
        }
        let shown = self.advance();
        self.known = self.known.max(seq);
        self.look(now + OVERTAKEN);
        shown
    }

    /// One's own message was acked at this place.
    pub fn acked(&mut self, seq: i64, now: Instant) {
        self.known = self.known.max(seq);
        self.look(now + AFTER_ACK);
    }

    /// The log is said to reach this far.
    pub fn head(&mut self, seq: i64, now: Instant) {
        self.known = self.known.max(seq);
        self.theirs = true;
        self.in_since = Some(now);
        self.look(now + OVERTAKEN);
    }

    /// Whether a page is to be asked for now; then it is taken as asked for.
    pub fn begin_fetch(&mut self, now: Instant) -> bool {
        let due = matches!(self.fetch, Fetch::Due(at) if at <= now) && self.theirs;
        if due {
            self.fetch = Fetch::Running;
        }
        due
    }

    /// A page came; gives back what is to be shown now, in order.
    pub fn page(&mut self, seqs: &[i64], through: i64, more: bool, now: Instant) -> Vec<i64> {
        self.fetch = Fetch::Idle;
        let mut shown: Vec<i64> = seqs.iter().copied().filter(|seq| *seq > self.have).collect();
        self.have = self.have.max(through).max(shown.last().copied().unwrap_or(0));
        // What is passed over by the page is not to be read any more.
        self.aside = self.aside.split_off(&(self.have + 1));
        shown.extend(self.advance());
        self.look(if more { now } else { now + PAUSE });
        shown
    }

    /// The page did not come.
    pub fn no_page(&mut self, now: Instant) {
        self.fetch = Fetch::Idle;
        self.look(now + PAUSE);
    }

    /// The user joined or left with this entry; one that is told late says nothing. Gives back whether it says something.
    pub fn moved(&mut self, seq: i64, in_it: bool, now: Instant) -> bool {
        if seq <= self.moved {
            return false;
        }
        self.moved = seq;
        if in_it {
            self.theirs = true;
            self.in_since = Some(now);
        } else {
            self.lost();
        }
        true
    }

    /// A list that was asked for at `began` does not have it.
    pub fn unlisted(&mut self, began: Instant) {
        if self.in_since.is_none_or(|since| since < began) {
            self.lost();
        }
    }

    /// The user is not in it any more: nothing of it can be fetched.
    pub fn lost(&mut self) {
        self.theirs = false;
        self.fetch = Fetch::Idle;
    }

    fn advance(&mut self) -> Vec<i64> {
        let mut shown = Vec::new();
        while self.aside.remove(&(self.have + 1)) {
            self.have += 1;
            shown.push(self.have);
        }
        shown
    }

    fn look(&mut self, at: Instant) {
        match self.fetch {
            _ if self.have >= self.known => {
                if !matches!(self.fetch, Fetch::Running) {
                    self.fetch = Fetch::Idle;
                }
            }
            Fetch::Idle => self.fetch = Fetch::Due(at),
            Fetch::Due(other) => self.fetch = Fetch::Due(other.min(at)),
            Fetch::Running => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(have: i64) -> (Log, Instant) {
        (Log { have, theirs: true, known: have, ..Log::default() }, Instant::now())
    }

    #[tokio::test]
    async fn entries_in_order_are_shown_at_once_and_what_is_there_is_dropped() {
        let (mut log, now) = log(3);
        assert_eq!(log.entry(4, now), [4]);
        assert_eq!(log.entry(4, now), [0; 0]);
        assert_eq!(log.entry(2, now), [0; 0]);
        assert!(!log.begin_fetch(now + OVERTAKEN));
    }

    #[tokio::test]
    async fn what_is_beyond_a_hole_waits_for_the_overtaken_one_or_for_the_page() {
        let (mut log, now) = log(3);
        assert_eq!(log.entry(6, now), [0; 0]);
        assert!(!log.begin_fetch(now), "it may merely have been overtaken");
        assert_eq!(log.entry(4, now), [4]);
        assert!(log.begin_fetch(now + OVERTAKEN));
        assert!(!log.begin_fetch(now + OVERTAKEN), "one at a time");
        assert_eq!(log.page(&[5], 5, false, now), [5, 6]);
        assert_eq!(log.have, 6);
    }

    #[tokio::test]
    async fn a_page_that_jumps_over_what_one_may_not_read_is_shown_as_it_is() {
        let (mut log, now) = log(3);
        log.entry(9, now);
        log.entry(12, now);
        assert_eq!(log.page(&[10, 11], 11, false, now), [10, 11, 12]);
    }

    #[tokio::test]
    async fn a_leaving_that_is_told_late_takes_nobody_out_again() {
        let (mut log, now) = log(3);
        assert!(log.moved(9, true, now));
        assert!(!log.moved(7, false, now));
        assert!(log.theirs);
        assert!(log.moved(10, false, now));
        assert!(!log.theirs);
    }

    #[tokio::test]
    async fn a_head_and_an_ack_start_a_fetch_only_where_something_is_missing() {
        let (mut log, now) = log(3);
        log.head(3, now);
        log.acked(3, now);
        assert!(!log.begin_fetch(now + AFTER_ACK));
        log.acked(4, now);
        assert_eq!(log.entry(4, now), [4]);
        assert!(!log.begin_fetch(now + AFTER_ACK));
        log.head(5, now);
        assert!(log.begin_fetch(now + OVERTAKEN));
        log.no_page(now + OVERTAKEN);
        assert!(log.begin_fetch(now + OVERTAKEN + PAUSE), "and again after a failure");
    }
}
