//! One client: a task that owns all of its state, takes orders, frames and answers one at a time, and looks around
//! every few milliseconds for what has become due.

mod line;
mod events;
mod orders;
mod answers;
mod turn;

use super::Order;
use super::face::Faces;
use super::log::Log;
use super::outbox::Outbox;
use super::rest::{Answer, Page, Tokens};
use super::world::World;
use crate::history::{ClientId, ConnectionId, Key, SessionNo, What};
use futures_util::StreamExt;
use line::{Attached, Dialled};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const TICK: Duration = Duration::from_millis(25);
const QUEUE: usize = 4096;

/// Who is to be started.
#[derive(Clone)]
pub struct Start {
    /// The client's number.
    pub client: ClientId,
    /// The account's name.
    pub name: String,
    /// A session that has begun.
    pub tokens: Tokens,
    /// Whose presence it watches.
    pub watch: Vec<i64>,
    /// Whether its socket holds little, so that it is slow as soon as it does not read.
    pub small_buffers: bool,
    /// Of its dice.
    pub seed: u64,
}

/// A running client.
pub struct Device {
    /// Its number.
    pub client: ClientId,
    /// Whose it is.
    pub user: i64,
    orders: mpsc::Sender<Order>,
}

impl Device {
    /// Starts it; it connects at once.
    #[must_use]
    pub fn start(start: Start, world: &Arc<World>, faces: &Faces, stop: &CancellationToken) -> Self {
        let (orders, taken) = mpsc::channel(QUEUE);
        let (client, user) = (start.client, start.tokens.user);
        world.recorder.note(What::Client { client, user });
        let (done, answers) = mpsc::channel(QUEUE);
        let state = State::new(start, world.clone(), faces.clone(), done);
        tokio::spawn(state.run(taken, answers, stop.clone()));
        Self { client, user, orders }
    }

    /// Gives an order. One that finds the client with thousands of others is dropped: the load has a bound too.
    pub fn order(&self, order: Order) {
        let _full = self.orders.try_send(order);
    }
}

/// What a task brings back.
enum Done {
    Dialled(Dialled),
    Sent {
        cmid: Uuid,
        answer: Option<Answer>,
    },
    Page {
        key: Key,
        conv: i64,
        asked: u64,
        page: Result<Page, Option<u16>>,
    },
    /// The conversations that the user is in.
    Listed {
        began: Instant,
        listed: Option<Vec<(i64, Key)>>,
    },
    Changed {
        op: u32,
        answer: Option<Answer>,
        joined: bool,
    },
    SessionEnded,
    LoggedIn(Tokens),
    Refreshed(Result<Option<Tokens>, ()>),
}

/// What was acked, to be repeated later.
struct Said {
    cmid: Uuid,
    key: Key,
    content: String,
    tries: u32,
}

struct State {
    me: Start,
    world: Arc<World>,
    faces: Faces,
    done: mpsc::Sender<Done>,
    rng: StdRng,
    session: Option<SessionNo>,
    refresh_at: Instant,
    refreshing: bool,
    /// The next line is made with a token that runs out soon.
    expires_soon: bool,
    attached: Option<Attached>,
    dialling: bool,
    dial_at: Instant,
    tries: u32,
    away_until: Instant,
    paused_until: Option<Instant>,
    logs: HashMap<i64, Log>,
    keys: HashMap<i64, Key>,
    listing: bool,
    list_again: bool,
    outbox: Outbox,
    /// The last thing that was acked in each conversation.
    said: HashMap<Key, Said>,
    probe: Option<(u32, Uuid, bool, bool)>,
    reads: HashMap<i64, i64>,
    members_asked: HashSet<i64>,
    sum_at: Instant,
}

impl State {
    fn new(me: Start, world: Arc<World>, faces: Faces, done: mpsc::Sender<Done>) -> Self {
        let now = Instant::now();
        let session = world.recorder.number();
        world.recorder.note(What::Session { client: me.client, session });
        let mut rng = StdRng::seed_from_u64(me.seed);
        let sum_at = now + Duration::from_millis(rng.random_range(30_000..60_000));
        Self {
            world,
            faces,
            done,
            session: Some(session),
            refresh_at: now + Duration::from_secs(rng.random_range(500..800)),
            refreshing: false,
            expires_soon: false,
            attached: None,
            dialling: false,
            dial_at: now,
            tries: 0,
            away_until: now,
            paused_until: None,
            logs: HashMap::new(),
            keys: HashMap::new(),
            listing: false,
            list_again: false,
            outbox: Outbox::default(),
            said: HashMap::new(),
            probe: None,
            reads: HashMap::new(),
            members_asked: HashSet::new(),
            sum_at,
            rng,
            me,
        }
    }

    async fn run(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        mut answers: mpsc::Receiver<Done>,
        stop: CancellationToken,
    ) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let reads = self.paused_until.is_none();
            tokio::select! {
                () = stop.cancelled() => break,
                Some(order) = orders.recv() => self.obey(order),
                Some(done) = answers.recv() => self.take_answer(done),
                frame = next_frame(&mut self.attached), if reads && self.attached.is_some() => self.take_frame(frame),
                _ = ticks.tick() => self.turn(Instant::now()),
            }
        }
        self.cut(None);
    }

    fn note(&self, what: What) -> u64 {
        self.world.recorder.note(what)
    }

    fn user(&self) -> i64 {
        self.me.tokens.user
    }

    fn connection(&self) -> ConnectionId {
        self.attached.as_ref().map_or(0, |attached| attached.connection)
    }

    /// Starts a task whose answer comes back.
    fn spawn(&self, task: impl Future<Output = Done> + Send + 'static) {
        let done = self.done.clone();
        tokio::spawn(async move {
            // The client may have ended meanwhile.
            let _gone = done.send(task.await).await;
        });
    }
}

async fn next_frame(attached: &mut Option<Attached>) -> Option<Message> {
    match attached {
        Some(attached) => attached.line.incoming.next().await?.ok(),
        None => std::future::pending().await,
    }
}
