//! The truth about a group: its log, who was in it when, and what the api would have answered at any time.

use super::super::*;

pub const USERS: usize = 3;

#[derive(Default)]
pub struct Database {
    pub log: Vec<(Change, UserId, i64)>,
    version: i64,
    /// Each user's memberships, from the entry of joining to that of leaving.
    pub memberships: [Vec<(Seq, Option<Seq>)>; USERS],
    /// What a question about all members would have been answered, by version.
    rosters: Vec<Vec<(UserId, Seq)>>,
}

impl Database {
    pub fn last_seq(&self) -> Seq {
        self.log.len() as Seq
    }

    pub fn append(&mut self, change: Change, subject: UserId) -> Envelope {
        self.version += i64::from(change != Change::None);
        self.log.push((change, subject, self.version));
        self.as_it_was(self.last_seq())
    }

    pub fn joined_seq(&self, user: usize) -> Option<Seq> {
        self.memberships[user].last().filter(|(_, left)| left.is_none()).map(|(joined, _)| *joined)
    }

    pub fn step(&mut self, user: usize) -> Envelope {
        let (seq, id) = (self.last_seq() + 1, UserId(user as i64));
        let change = match self.memberships[user].last_mut() {
            Some((_, left @ None)) => {
                *left = Some(seq);
                Change::Left
            }
            _ => {
                self.memberships[user].push((seq, None));
                Change::Joined
            }
        };
        let envelope = self.append(change, id);
        let members = (0..USERS).filter_map(|user| Some((UserId(user as i64), self.joined_seq(user)?)));
        let members = members.collect();
        self.rosters.push(members);
        envelope
    }

    pub fn as_it_was(&self, seq: Seq) -> Envelope {
        let (change, subject, version) = self.log[seq as usize - 1];
        envelope(seq, version, change, subject)
    }

    /// As a repeat, or a fetch, has it.
    pub fn as_of_now(&self, seq: Seq) -> Envelope {
        envelope(seq, self.version, Change::None, self.log[seq as usize - 1].1)
    }

    pub fn seat(&self, user: usize) -> Option<Seat> {
        self.joined_seq(user).map(|joined_seq| seat(joined_seq, self.version, self.last_seq()))
    }

    /// The members among these, so many changes ago.
    pub fn roster(&self, asked: &[UserId], ago: usize) -> Roster {
        let nth = self.rosters.len().saturating_sub(1 + ago);
        let members: Vec<_> =
            self.rosters[nth].iter().filter(|(user, _)| asked.contains(user)).copied().collect();
        // What was the newest entry then does not matter much: at most it is found out later.
        roster(nth as i64 + 1, if ago == 0 { self.last_seq() } else { 0 }, &members)
    }

    pub fn may_have(&self, user: usize, seq: Seq) -> bool {
        let within =
            |(joined, left): &(Seq, Option<Seq>)| *joined <= seq && left.is_none_or(|left| seq <= left);
        self.memberships[user].iter().any(within)
    }
}
