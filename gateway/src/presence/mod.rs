//! Presence, the gateway's share: it lists its users under its own life in the store, keeps them a while
//! after they went so that a reconnect goes unseen, and tells those who watch.

mod watched;

pub(crate) use watched::Watched;

use crate::node::Node;
use shared::envelope::{Envelope, Kind};
use shared::event::{ServerEvent, Status};
use shared::ids::{NodeId, UserId};
use shared::presence::{LEASE_RENEWAL, Lease, Presence, PresenceAway};
use shared::topic::Topic;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long others still see a user whose last connection here closed.
const GRACE: Duration = Duration::from_secs(20);

/// How many users are listed, or told of, in one go.
const AT_ONCE: usize = 1_000;

/// How often the keeper looks around.
const TURN: Duration = Duration::from_secs(1);

/// Who is connected to this gateway, and what the store was told of it.
pub struct Keeper {
    store: Arc<dyn Presence>,
    /// Guards who is here; never held over an await, and no other lock is taken under it.
    here: Mutex<Here>,
}

struct Here {
    life: NodeId,
    users: HashMap<UserId, Local>,
    /// The store missed something: everybody is to be listed again.
    must_relist: bool,
    /// When this life began in the middle of things: others may be about to list their users again as well.
    began_anew: Option<Instant>,
}

impl Here {
    /// Begins another life, under which everybody is listed again.
    fn begin_anew(&mut self) {
        self.life = NodeId::random();
        self.must_relist = true;
        self.began_anew = Some(Instant::now());
    }

    /// Whether whom the store does not list may be connected elsewhere all the same.
    fn is_unsettled(&self) -> bool {
        self.began_anew.is_some_and(|began| began.elapsed() < GRACE)
    }
}

struct Local {
    connections: usize,
    choice: Status,
    leaves_at: Option<Instant>,
}

impl Keeper {
    /// A keeper of nobody, in a first life.
    #[must_use]
    pub fn new(store: Arc<dyn Presence>) -> Self {
        let here =
            Here { life: NodeId::random(), users: HashMap::new(), must_relist: false, began_anew: None };
        Self { store, here: Mutex::new(here) }
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        // Each change leaves the table whole, so a panic elsewhere has torn nothing.
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more connection of a user is attached.
    pub async fn enter(&self, node: &Node, user: UserId, choice: Status) {
        let (life, is_news) = {
            let mut here = self.here();
            let life = here.life;
            let local = here.users.entry(user).or_insert(Local { connections: 0, choice, leaves_at: None });
            let is_news = (local.connections == 0 && local.leaves_at.is_none()) || local.choice != choice;
            local.connections += 1;
            local.choice = choice;
            local.leaves_at = None;
            (life, is_news)
        };
        if !is_news {
            return;
        }
        if self.store.enter(life, &[user]).await.is_err() {
            self.here().must_relist = true;
        }
        publish(node, &[(user, choice)]).await;
    }

    /// One connection less; the last one's user stays a while.
    pub fn leave(&self, user: UserId) {
        if let Some(local) = self.here().users.get_mut(&user) {
            local.connections = local.connections.saturating_sub(1);
            if local.connections == 0 {
                local.leaves_at = Some(Instant::now() + GRACE);
            }
        }
    }

    /// A user chose another status: those who watch are told, if the user is here.
    pub fn chose(&self, node: &Arc<Node>, user: UserId, choice: Status) {
        {
            let mut here = self.here();
            let Some(local) = here.users.get_mut(&user) else { return };
            local.choice = choice;
        }
        let telling = node.clone();
        node.tasks.spawn(async move { publish(&telling, &[(user, choice)]).await });
    }

    /// Takes or renews the lease. Whoever lost one begins a new life and lists everybody under it.
    pub async fn renew(&self, node: &Node, expected: Lease) {
        let life = self.here().life;
        match self.store.renew(life).await {
            Ok(lease) if lease == expected => {}
            Ok(_) => self.here().begin_anew(),
            Err(_) => self.here().must_relist = true,
        }
        self.relist(node).await;
    }

    /// Lists everybody again, and tells those who watch: whoever came to watch meanwhile found them gone.
    async fn relist(&self, node: &Node) {
        let (life, users) = {
            let mut here = self.here();
            if !std::mem::take(&mut here.must_relist) {
                return;
            }
            let users = here.users.iter().map(|(user, local)| (*user, local.choice));
            (here.life, users.collect::<Vec<_>>())
        };
        let listed = async {
            self.store.renew(life).await?;
            for some in users.chunks(AT_ONCE) {
                let ids: Vec<UserId> = some.iter().map(|(user, _)| *user).collect();
                self.store.enter(life, &ids).await?;
            }
            Ok::<_, PresenceAway>(())
        };
        if listed.await.is_err() {
            self.here().must_relist = true;
            return;
        }
        publish(node, &users).await;
    }

    /// Takes those off the list whose grace is over, and tells who watches them, unless they are elsewhere.
    async fn let_go(&self, node: &Node) {
        let now = Instant::now();
        let (life, gone) = {
            let mut here = self.here();
            let is_over = |local: &Local| local.leaves_at.is_some_and(|at| at <= now);
            let gone: Vec<UserId> =
                here.users.extract_if(|_, local| is_over(local)).map(|(user, _)| user).collect();
            (here.life, gone)
        };
        if gone.is_empty() {
            return;
        }
        if self.store.leave(life, &gone).await.is_err() {
            // They may stay on this life's list, so the life is given up: its lease runs out.
            self.here().begin_anew();
            return;
        }
        let back: Vec<UserId> = {
            let here = self.here();
            gone.iter().copied().filter(|user| here.users.contains_key(user)).collect()
        };
        if !back.is_empty() && self.store.enter(life, &back).await.is_err() {
            self.here().must_relist = true;
        }
        if self.here().is_unsettled() {
            // The looks of those who watch find out who is really gone.
            return;
        }
        // Unknown is not offline: then nobody is told.
        let Ok(online) = self.store.online(&gone).await else { return };
        let offline = gone.into_iter().zip(online).filter(|(_, is_online)| !is_online);
        let offline: Vec<_> = offline.map(|(user, _)| (user, Status::Offline)).collect();
        publish(node, &offline).await;
    }

    /// A planned stop. Whoever was here is on the way to another gateway, and is to be seen meanwhile: the lease is taken a
    /// last time and runs out by itself. With nobody here it is given up.
    pub async fn release(&self) {
        let (life, is_empty) = {
            let here = self.here();
            (here.life, here.users.is_empty())
        };
        // Without the store it runs out as well.
        let _ =
            if is_empty { self.store.release(life).await } else { self.store.renew(life).await.map(drop) };
    }
}

/// Looks around until the node stops.
pub async fn turn(node: Arc<Node>) {
    let mut turns = tokio::time::interval(TURN);
    let mut renewed = Instant::now();
    let mut looked = Instant::now();
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            () = node.stop.cancelled() => return,
        }
        if renewed.elapsed() >= LEASE_RENEWAL || node.presence.here().must_relist {
            // A lease runs from when it was asked for: the answer may be read late, by who stood still meanwhile.
            renewed = Instant::now();
            node.presence.renew(&node, Lease::Held).await;
        }
        node.presence.let_go(&node).await;
        if looked.elapsed() >= watched::LOOK {
            node.presence.look(&node).await;
            looked = Instant::now();
        }
    }
}

/// Tells those who watch these users what they may see of them. What is lost here, their next look finds.
async fn publish(node: &Node, shown: &[(UserId, Status)]) {
    for some in shown.chunks(AT_ONCE) {
        let told = some.iter().filter_map(|(user, status)| {
            let body = serde_json::to_vec(&ServerEvent::Presence { user_id: *user, status: *status }).ok()?;
            let envelope = Envelope::about(*user, Kind::Ephemeral, node.clock.now(), body.into());
            Some((Topic::Presence(*user), envelope.encode()))
        });
        let _ = node.bus.publish(&told.collect::<Vec<_>>()).await;
    }
}
