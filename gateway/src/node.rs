//! The composition root of a gateway: everything it is made of, and the tasks that run it.

use crate::api::Api;
use crate::canary::{self, Canary};
use crate::config::Config;
use crate::connection::heartbeat;
use crate::echoes::{self, Echoes};
use crate::hub::topics::Topics;
use crate::hub::{self, Hub};
use crate::lookup::Lookup;
use crate::presence::{self, Keeper};
use crate::probe::{self, Hearing, Probe};
use crate::sends::Sends;
use async_trait::async_trait;
use shared::bus::{Bus, Subscription};
use shared::door::{AttachAnswer, AttachQuestion, ReadMark, Roster, RosterQuestion, SumQuestion};
use shared::event::Heads;
use shared::presence::{Lease, Presence};
use shared::rate::RateLimits;
use shared::serve::health::{Checked, Health};
use shared::time::Clock;
use shared::token::Tokens;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How much one bus worker's queue holds.
const DELIVERY_BYTES: usize = 16 * 1024 * 1024;

/// What a gateway is given: its configuration, and the seams that differ between one process and a cluster.
pub struct NodeParts {
    /// Its configuration.
    pub config: Config,
    /// The door to the api.
    pub api: Arc<dyn Api>,
    /// The way to other nodes.
    pub bus: Arc<dyn Bus>,
    /// Who is connected, over all gateways.
    pub presence: Arc<dyn Presence>,
    /// Limits that hold over all gateways.
    pub limits: Arc<dyn RateLimits>,
    /// Reads access tokens.
    pub tokens: Arc<Tokens>,
    /// The time.
    pub clock: Clock,
}

/// A running gateway.
pub struct Node {
    pub(crate) config: Config,
    pub(crate) api: Arc<dyn Api>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) limits: Arc<dyn RateLimits>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) clock: Clock,
    /// Who hears what.
    pub hub: Arc<Hub>,
    pub(crate) topics: Topics,
    pub(crate) presence: Keeper,
    pub(crate) sends: Sends,
    pub(crate) echoes: Arc<Echoes>,
    pub(crate) probe: Probe,
    pub(crate) canary: Canary,
    pub(crate) subscription: Arc<dyn Subscription>,
    pub(crate) attaches: Lookup<AttachQuestion, AttachAnswer>,
    pub(crate) rosters: Lookup<RosterQuestion, Option<Roster>>,
    pub(crate) sums: Lookup<SumQuestion, Option<Heads>>,
    pub(crate) reads: Lookup<ReadMark, ()>,
    /// The node's own tasks; they end after `stop`.
    pub(crate) tasks: TaskTracker,
    /// One task a connection.
    pub(crate) connections: TaskTracker,
    pub(crate) stop: CancellationToken,
    pub(crate) draining: AtomicBool,
}

impl Node {
    /// Starts the tasks; connections may come when it returns.
    pub async fn start(parts: NodeParts) -> Arc<Self> {
        let NodeParts { config, api, bus, presence, limits, tokens, clock } = parts;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let hub = Arc::new(Hub::new(available_parallelism().map_or(1, usize::from).min(4)));
        let subscriber = bus.open(hub.shards(), DELIVERY_BYTES);
        let subscription = subscriber.subscription;
        let (topics, listening) = Topics::new(hub.clone(), subscription.clone(), stop.clone());
        tasks.spawn(listening);
        let echoes = Arc::<Echoes>::default();
        let node = Arc::new(Self {
            sends: Sends::start(api.clone(), echoes.clone(), config.lanes, &tasks, &stop),
            attaches: lookup(
                &api,
                &tasks,
                &stop,
                |api, questions| async move { api.attach(questions).await },
            ),
            rosters: lookup(
                &api,
                &tasks,
                &stop,
                |api, questions| async move { api.rosters(questions).await },
            ),
            sums: lookup(&api, &tasks, &stop, |api, questions| async move { api.sums(questions).await }),
            reads: lookup(&api, &tasks, &stop, |api, marks: Vec<ReadMark>| async move {
                let count = marks.len();
                api.read(marks).await.map(|()| vec![(); count])
            }),
            presence: Keeper::new(presence),
            probe: Probe::new(),
            canary: Canary::new(),
            echoes,
            subscription,
            draining: AtomicBool::new(false),
            connections: TaskTracker::new(),
            config,
            api,
            bus,
            limits,
            tokens,
            clock,
            hub,
            topics,
            tasks,
            stop,
        });
        node.presence.renew(&node, Lease::Taken).await;
        for deliveries in subscriber.deliveries {
            node.tasks.spawn(hub::work(node.clone(), deliveries));
        }
        node.tasks.spawn(heartbeat::turn(node.clone()));
        node.tasks.spawn(presence::turn(node.clone()));
        node.tasks.spawn(probe::turn(node.clone()));
        node.tasks.spawn(echoes::turn(node.clone()));
        node.tasks.spawn(canary::turn(node.clone()));
        node.tasks.spawn(hub::recovery::follow_apis(node.clone()));
        node
    }

    /// Whether it is on its way out.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// A look-up that goes through the door.
fn lookup<Q, A, F, Fut>(
    api: &Arc<dyn Api>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
    ask: F,
) -> Lookup<Q, A>
where
    Q: Send + 'static,
    A: Send + 'static,
    F: Fn(Arc<dyn Api>, Vec<Q>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Vec<A>, crate::api::Unavailable>> + Send,
{
    let api = api.clone();
    Lookup::start(tasks, stop, move |questions| ask(api.clone(), questions))
}

#[async_trait]
impl Checked for Node {
    /// Red for what is this gateway's own; what nobody has is `degraded`.
    async fn health(&self) -> Health {
        let mut health = Health::default();
        let (bus, api) = tokio::join!(self.bus.answers(), self.api.answers());
        if self.is_draining() {
            health.faults.push("the gateway drains".to_owned());
        }
        let fault = match self.probe.hearing() {
            Hearing::Fine => None,
            Hearing::NotYet => Some("the gateway has not heard itself over the bus yet"),
            Hearing::Deaf => Some("the gateway hears nothing over a bus that answers"),
        };
        health.faults.extend(fault.map(str::to_owned));
        if !bus {
            health.degraded.push("the bus does not answer".to_owned());
        }
        if !api {
            health.degraded.push("no api answers".to_owned());
        }
        health
    }
}
