//! Who takes part: accounts, their devices, the groups, and the quiet conversations that are spoken in only during a
//! fault, so that nothing later gives a loss there away.

use crate::client::{Device, Faces, Start, World};
use crate::history::{Change, Key, What};
use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// How many there are.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Accounts.
    pub users: usize,
    /// Groups that are spoken in all the time.
    pub groups: usize,
    /// How likely somebody is in one of them; everybody is in the first.
    pub share: f64,
    /// Groups, and as many pairs, that are spoken in during faults.
    pub quiet: usize,
    /// Devices of every fourth person; the others have one.
    pub devices: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { users: 30, groups: 5, share: 0.4, quiet: 6, devices: 2 }
    }
}

/// A person.
pub struct Person {
    /// The account.
    pub user: i64,
    /// Its name.
    pub name: String,
    /// Its devices: places in [`People::devices`].
    pub devices: Vec<usize>,
}

/// A group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its id.
    pub id: i64,
    /// Its owner, who stays: a place in [`People::persons`].
    pub owner: usize,
    /// Those who stay.
    pub regulars: Vec<usize>,
    /// Those who come and go.
    pub visitors: Vec<usize>,
}

/// Everybody.
pub struct People {
    /// The accounts.
    pub persons: Vec<Person>,
    /// All devices.
    pub devices: Vec<Device>,
    /// Groups that are spoken in all the time.
    pub groups: Vec<Group>,
    /// Groups that are spoken in during faults.
    pub quiet_groups: Vec<Group>,
    /// Pairs that speak during faults.
    pub quiet_pairs: Vec<(usize, usize)>,
}

/// Every third comes and goes, every fourth has several devices, every fifth a socket that holds little.
const VISITS: usize = 3;
const SEVERAL_DEVICES: usize = 4;
const SMALL: usize = 5;
/// So many everybody watches: themselves and those who come after them.
const WATCHED: usize = 50;

impl People {
    /// Opens the accounts, makes the groups, and connects everybody.
    ///
    /// # Errors
    /// A node refuses, before any fault.
    pub async fn gather(
        size: Size,
        seed: u64,
        world: &Arc<World>,
        faces: &Faces,
        stop: &CancellationToken,
    ) -> Result<Self> {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut starts = Vec::new();
        for nth in 0..size.users {
            let name = format!("person{nth:03}");
            let tokens = world.register(world.any_api(&mut rng), &name).await.context("registering")?;
            starts.push((name, tokens));
        }
        let ids: Vec<i64> = starts.iter().map(|(_, tokens)| tokens.user).collect();
        let (mut groups, mut quiet_groups) = (Vec::new(), Vec::new());
        for nth in 0..size.groups + size.quiet {
            let members = members(nth, &size, &mut rng);
            let group = found(world, &starts, members).await?;
            if nth < size.groups { groups.push(group) } else { quiet_groups.push(group) }
        }
        let quiet_pairs =
            (0..size.quiet).map(|nth| (nth * 2 % size.users, (nth * 2 + 1) % size.users)).collect();
        let mut people = Self { persons: vec![], devices: vec![], groups, quiet_groups, quiet_pairs };
        for (nth, (name, tokens)) in starts.into_iter().enumerate() {
            let mut person = Person { user: tokens.user, name: name.clone(), devices: vec![] };
            for device in 0..if nth % SEVERAL_DEVICES == 0 { size.devices } else { 1 } {
                let tokens = match device {
                    0 => tokens.clone(),
                    _ => world.log_in(world.any_api(&mut rng), &name).await.context("logging in")?,
                };
                let client = people.devices.len() as u32 + 1;
                let small_buffers = nth % SMALL == 1;
                let watch = ids.iter().cycle().skip(nth).take(WATCHED.min(ids.len())).copied().collect();
                let start = Start {
                    client,
                    name: name.clone(),
                    tokens,
                    watch,
                    small_buffers,
                    seed: seed ^ u64::from(client),
                };
                person.devices.push(people.devices.len());
                people.devices.push(Device::start(start, world, faces, stop));
            }
            people.persons.push(person);
        }
        Ok(people)
    }

    /// The other way to say who is meant.
    #[must_use]
    pub fn pair(&self, one: usize, other: usize) -> Key {
        Key::pair(self.persons[one].user, self.persons[other].user)
    }

    /// Any device of a person.
    pub fn device(&self, person: usize, rng: &mut impl Rng) -> &Device {
        let devices = &self.persons[person].devices;
        &self.devices[devices[rng.random_range(0..devices.len())]]
    }
}

/// Owner, regulars, visitors. The first group has everybody.
fn members(nth: usize, size: &Size, rng: &mut StdRng) -> (usize, Vec<usize>, Vec<usize>) {
    let (owner, loud) = (nth * 3 % size.users, nth < size.groups);
    let share = if loud { size.share } else { size.share * 0.75 };
    let chosen: Vec<usize> =
        (0..size.users).filter(|user| *user != owner && (nth == 0 || rng.random_bool(share))).collect();
    // Nobody comes or goes where it is quiet: that would be something said.
    let (visitors, regulars) = chosen.into_iter().partition(|user| loud && user % VISITS == 0);
    (owner, regulars, visitors)
}

async fn found(
    world: &World,
    starts: &[(String, crate::client::rest::Tokens)],
    (owner, regulars, visitors): (usize, Vec<usize>, Vec<usize>),
) -> Result<Group> {
    let tokens = &starts[owner].1;
    let op = world.recorder.number();
    let body = json!({ "name": "a group", "description": "" });
    let answer = world.post(0, "/api/groups/create", &tokens.token, body).await.context("making a group")?;
    let Some(id) = answer.body["group"]["id"].as_i64() else { bail!("making a group: {answer:?}") };
    let (change, user) = (Change::Join, tokens.user);
    world.recorder.note(What::MemberInvoke { op, change, group: id, actor: user, subject: user });
    world.recorder.note(What::MemberOk { op });
    for member in regulars.iter().chain(&visitors) {
        let (op, tokens) = (world.recorder.number(), &starts[*member].1);
        let user = tokens.user;
        world.recorder.note(What::MemberInvoke { op, change, group: id, actor: user, subject: user });
        let answer = world.post(0, "/api/groups/join", &tokens.token, json!({ "group_id": id })).await;
        if !answer.as_ref().is_some_and(crate::client::rest::Answer::is_ok) {
            bail!("joining a group: {answer:?}");
        }
        world.recorder.note(What::MemberOk { op });
    }
    Ok(Group { id, owner, regulars, visitors })
}
