//! Any interleaving of what a bus, an api and people may do to a group: nobody gets an entry from outside their
//! memberships, no hole is shown without a word about it, and once all questions are answered nothing is missing.

mod database;

use super::*;
use database::{Database, USERS};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Two for each user.
const CONNECTIONS: usize = 2 * USERS;

/// What may happen next; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Step {
    Say,
    /// Joins, or leaves.
    Move(usize),
    /// Some envelope that is under way arrives; it may arrive again.
    Arrive(usize, bool),
    Lose(usize),
    /// An old entry is published again: as it was, or as a repeat is.
    Again(usize, bool),
    /// The user's own topic tells of their last leaving.
    HearLeaving(usize),
    /// A look-up of a connection reads its answer, or its answer arrives.
    LookUp(usize),
    Unseat(usize),
    /// The question about the members is answered: by the present, or by what was true so many changes ago.
    Roster(usize),
    /// A fetch is answered, perhaps in part.
    Fetch(bool),
    Gap,
    Head,
    NoRoster,
    NoFilling,
}

fn step() -> impl Strategy<Value = Step> {
    let nth = 0..64usize;
    prop_oneof![
        4 => Just(Step::Say),
        4 => nth.clone().prop_map(Step::Move),
        10 => (nth.clone(), any::<bool>()).prop_map(|(nth, twice)| Step::Arrive(nth, twice)),
        2 => nth.clone().prop_map(Step::Lose),
        2 => (nth.clone(), any::<bool>()).prop_map(|(nth, fresh)| Step::Again(nth, fresh)),
        1 => nth.clone().prop_map(Step::HearLeaving),
        8 => nth.clone().prop_map(Step::LookUp),
        1 => nth.prop_map(Step::Unseat),
        4 => (0..4usize).prop_map(Step::Roster),
        4 => any::<bool>().prop_map(Step::Fetch),
        1 => Just(Step::Gap),
        1 => Just(Step::Head),
        1 => Just(Step::NoRoster),
        1 => Just(Step::NoFilling),
    ]
}

/// A connection and what its client knows.
struct Client {
    connection: Arc<Connection>,
    user: usize,
    /// The look-up under way.
    looking: Option<Option<Seat>>,
    /// The seat that it was last told the heads with; it has fetched up to them.
    told: Option<Seat>,
    fetched: Seq,
    heard: BTreeSet<Seq>,
}

struct Scene {
    database: Database,
    group: Group,
    clients: Vec<Client>,
    under_way: Vec<Envelope>,
    asked: Option<Vec<UserId>>,
    holes: Vec<HoleId>,
}

impl Scene {
    fn new() -> Self {
        let client = |nth: usize| Client {
            connection: connection(UserId((nth % USERS) as i64)),
            user: nth % USERS,
            looking: None,
            told: None,
            fetched: 0,
            heard: BTreeSet::new(),
        };
        let mut database = Database::default();
        database.step(0);
        Self {
            database,
            group: Group::new(GROUP),
            clients: (0..CONNECTIONS).map(client).collect(),
            under_way: Vec::new(),
            asked: None,
            holes: Vec::new(),
        }
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::Say => {
                let envelope = self.database.append(Change::None, UserId(0));
                self.under_way.push(envelope);
            }
            Step::Move(nth) => {
                let envelope = self.database.step(nth % USERS);
                self.under_way.push(envelope);
            }
            Step::Arrive(nth, twice) if !self.under_way.is_empty() => {
                // Mostly in order, at times not.
                let nth = if nth % 4 == 0 { nth % self.under_way.len() } else { 0 };
                let envelope = if *twice { self.under_way[nth].clone() } else { self.under_way.remove(nth) };
                let need = self.group.entry(envelope);
                self.meet(need);
            }
            Step::Lose(nth) if !self.under_way.is_empty() => {
                self.under_way.remove(nth % self.under_way.len());
            }
            Step::Again(nth, fresh) => {
                let seq = (nth % self.database.log.len()) as Seq + 1;
                let (was, now) = (self.database.as_it_was(seq), self.database.as_of_now(seq));
                self.under_way.push(if *fresh { was } else { now });
            }
            Step::HearLeaving(nth) => {
                let user = nth % USERS;
                let left = self.database.memberships[user].iter().filter_map(|(_, left)| *left).next_back();
                if let Some(left) = left {
                    self.group.unseat_user(UserId(user as i64), left);
                    // A look-up follows; until it is done the client knows that it knows nothing.
                    self.of_user(user).for_each(|client| client.told = None);
                }
            }
            Step::LookUp(nth) => self.look_up(nth % CONNECTIONS),
            Step::Unseat(nth) => {
                let client = &mut self.clients[nth % CONNECTIONS];
                (client.told, client.looking) = (None, None);
                self.group.unseat(client.connection.id);
            }
            Step::Roster(ago) => self.answer_roster(*ago),
            Step::Fetch(all) => self.answer_fetch(*all),
            Step::Gap => {
                let need = self.group.gapped();
                self.meet(need);
            }
            Step::Head => {
                let need = self.group.head(self.database.last_seq());
                self.meet(need);
            }
            Step::NoRoster => {
                if self.asked.take().is_some() {
                    self.group.no_roster();
                }
            }
            Step::NoFilling => {
                if let Some(hole) = self.holes.pop() {
                    self.group.no_filling(hole);
                }
            }
            Step::Arrive(..) | Step::Lose(_) => {}
        }
        self.listen();
    }

    fn of_user(&mut self, user: usize) -> impl Iterator<Item = &mut Client> {
        self.clients.iter_mut().filter(move |client| client.user == user)
    }

    /// A question is noted. Two about the members at once would each take the other's answer.
    fn meet(&mut self, need: Need) {
        match need {
            Need::Nothing => {}
            Need::Hole(_, hole) => self.holes.push(hole),
            Need::Roster(_, users) => assert_eq!(self.asked.replace(users), None, "asked twice at once"),
        }
    }

    /// As attaching does it: a first answer says where to sit, and one that was asked for after that counts.
    fn look_up(&mut self, nth: usize) {
        let client = &mut self.clients[nth];
        let Some(answer) = client.looking.take() else {
            client.looking = Some(self.database.seat(client.user));
            return;
        };
        let Some(seat) = answer else {
            client.told = None;
            return self.group.unseat(client.connection.id);
        };
        if self.group.has_seat(client.connection.id) {
            client.told = Some(seat);
            client.fetched = client.fetched.max(seat.last_seq);
        }
        let need = self.group.seat(&client.connection, seat);
        self.meet(need);
    }

    fn answer_roster(&mut self, ago: usize) {
        if let Some(asked) = self.asked.take() {
            let roster = self.database.roster(&asked, ago);
            let need = self.group.roster(Some(&roster));
            self.meet(need);
        }
    }

    fn answer_fetch(&mut self, all: bool) {
        let Some(hole) = self.holes.last().copied() else { return };
        let Some((_, after, through)) = self.group.hole(hole) else {
            self.holes.pop();
            return;
        };
        let through = if all { through } else { after + (through - after + 1) / 2 };
        let fetched: Vec<Envelope> = (after + 1..=through).map(|seq| self.database.as_of_now(seq)).collect();
        let need = self.group.fetched(fetched);
        self.meet(need);
    }

    /// Every client takes what it was given.
    fn listen(&mut self) {
        for client in &mut self.clients {
            for seq in heard(&client.connection) {
                if seq == 0 {
                    client.fetched = self.database.last_seq();
                    continue;
                }
                assert!(self.database.may_have(client.user, seq), "user {} got {seq}", client.user);
                client.heard.insert(seq);
                let missing = client.missing(&self.database, seq);
                assert!(missing.is_none(), "user {} got {seq} and never {missing:?}", client.user);
            }
        }
    }

    /// All that was asked is answered, truly.
    fn settle(&mut self) {
        for _ in 0..1000 {
            if self.asked.is_some() {
                self.answer_roster(0);
            } else if !self.holes.is_empty() {
                self.answer_fetch(true);
            } else {
                return;
            }
            self.listen();
        }
        panic!("the questions do not end");
    }
}

impl Client {
    /// What it lacks up to a place and was told nothing about, in the membership that it knows to be in.
    fn missing(&self, database: &Database, through: Seq) -> Option<Seq> {
        let told = self.told.filter(|seat| Some(seat.joined_seq) == database.joined_seq(self.user))?;
        let from = told.joined_seq.max(self.fetched + 1);
        (from..=through).find(|seq| !self.heard.contains(seq))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_sees_more_than_they_may_and_in_the_end_nothing_is_missing(
        steps in prop::collection::vec(step(), 1..80), is_entry in any::<bool>(),
    ) {
        let mut scene = Scene::new();
        for step in &steps {
            scene.run(step);
        }
        // What is still under way is lost; then one more entry is heard, or a gap.
        scene.under_way.clear();
        scene.settle();
        if is_entry {
            scene.run(&Step::Say);
            scene.run(&Step::Arrive(0, false));
        } else {
            scene.run(&Step::Gap);
        }
        scene.settle();
        for client in &scene.clients {
            let missing = client.missing(&scene.database, scene.database.last_seq());
            prop_assert_eq!(missing, None, "user {}", client.user);
            if scene.database.joined_seq(client.user).is_none() {
                prop_assert!(!scene.group.is_seated(UserId(client.user as i64)), "user {}", client.user);
            }
        }
    }
}
