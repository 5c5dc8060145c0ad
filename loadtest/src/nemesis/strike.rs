//! Breaking something. A strike comes back when the fault is there.

use super::aim::{Aim, Break};
use super::field::Field;
use super::kind::Kind;
use super::premise;
use crate::client::{Face, Order};
use crate::history::Key;
use crate::workload::Workload;
use rand::Rng;
use rand::rngs::StdRng;
use std::time::Duration;
use testkit::cluster::{Link, Node};
use testkit::daemon::Daemon;
use testkit::proxy::{Counts, Direction};
use tokio::time::sleep;

/// What was there before, to be compared with.
#[derive(Debug, Default)]
pub struct Struck {
    pub(super) counts: Counts,
    pub(super) before: u64,
    /// What could be seen at once.
    pub(super) seen: Option<String>,
}

/// How often a node is stopped until it is caught with a lock in its hands.
const CATCHES: usize = 60;
/// How much junk it takes at most until Redis has enough of a subscriber that takes nothing.
const JUNK: usize = 600;
const JUNK_BYTES: usize = 64 * 1024;
/// So long an api node answers and publishes in vain before it is killed.
const UNHEARD: Duration = Duration::from_millis(1_200);
/// How often, and how much, is shouted at those who do not read.
const ROUNDS: usize = 6;
const SHOUTS: usize = 25;
/// Out of so many clients some stop reading.
const SLOW: usize = 6;

impl Field {
    /// Does it.
    pub async fn strike(&self, aim: &Aim, rng: &mut StdRng) -> Struck {
        if aim.link().is_some() {
            return self.strike_link(aim);
        }
        match aim.kind {
            Kind::GatewayKill | Kind::ApiKill => Struck::seen(kill(self.node(aim)).await),
            Kind::GatewayTerm | Kind::ApiTerm => Struck::seen(terminate(self.node(aim)).await),
            Kind::GatewayStop | Kind::GatewayStopLong | Kind::ApiStop | Kind::ApiStopLong => {
                self.node(aim).stop();
                Struck::default()
            }
            Kind::ApiKillUnheard => self.kill_unheard(aim, rng).await,
            Kind::ApiStopLocked => self.stop_with_a_lock(aim).await,
            Kind::RedisKill => {
                self.cluster.redis.kill().await;
                Struck::seen(self.cluster.redis.pid().is_none().then(|| "redis is gone".to_owned()))
            }
            Kind::RedisTerm => Struck::seen(terminate(&self.cluster.redis).await),
            Kind::RedisStop => self.stop_store(&self.cluster.redis),
            Kind::PubsubKill => self.kill_subscribers().await,
            Kind::BufferOverflow => self.overflow(aim).await,
            Kind::DbKill => {
                self.cluster.mariadb.kill().await;
                Struck::seen(self.cluster.mariadb.pid().is_none().then(|| "mariadbd is gone".to_owned()))
            }
            Kind::DbTerm => Struck::seen(terminate(&self.cluster.mariadb).await),
            Kind::DbStop => self.stop_store(&self.cluster.mariadb),
            Kind::SlowReaders => self.slow_readers(rng).await,
            Kind::Reconnects => self.order_many(
                self.people.devices.len(),
                |face| face.cuts,
                rng,
                |rng| Order::Away(Duration::from_millis(rng.random_range(0..300))),
            ),
            Kind::LogOuts => self.order_many(8, |face| face.log_outs, rng, |_| Order::LogOut),
            Kind::Renewals => {
                self.order_many(self.people.devices.len(), |face| face.renewals, rng, |_| Order::Refresh)
            }
            Kind::Expiries => {
                self.order_many(self.people.devices.len(), |face| face.expiries, rng, |_| Order::Expire)
            }
            _ => Struck::default(),
        }
    }

    fn strike_link(&self, aim: &Aim) -> Struck {
        let Some((link, how)) = aim.link() else { return Struck::default() };
        let proxy = self.cluster.link(link);
        let counts = proxy.counts();
        match how {
            Break::Cut => proxy.cut(),
            Break::Both(mode) => proxy.set_both(mode),
            Break::Half => proxy.drop_one_way(aim.direction),
        }
        Struck { counts, ..Struck::default() }
    }

    fn stop_store(&self, store: &Daemon) -> Struck {
        store.stop();
        Struck::default()
    }

    /// Kills an api node that has stored what nobody has heard of: its answers are swallowed and its publishes held. All
    /// of it is sent again, and must be told to everybody then.
    async fn kill_unheard(&self, aim: &Aim, rng: &mut StdRng) -> Struck {
        let bus = self.cluster.link(Link::ApiRedis(aim.api));
        let doors: Vec<_> = (0..self.cluster.gateways.len())
            .map(|gateway| self.cluster.link(Link::GatewayApi(gateway, aim.api)))
            .collect();
        let swallowed = || doors.iter().map(|door| door.counts().dropped[1]).sum::<u64>();
        let before = swallowed();
        bus.stall();
        doors.iter().for_each(|door| door.drop_one_way(Direction::ToClient));
        Workload::speak_where_it_is_quiet(&self.people, rng);
        sleep(UNHEARD).await;
        let (bytes, gone) = (swallowed() - before, kill(self.node(aim)).await);
        doors.iter().for_each(|door| door.heal());
        bus.heal();
        Struck::seen(
            gone.filter(|_| bytes > 0).map(|gone| format!("{bytes} bytes of answers swallowed, {gone}")),
        )
    }

    /// Stops an api node in the middle of a transaction: its way to the database is slow for that long, so that it is
    /// mostly in the middle of one.
    async fn stop_with_a_lock(&self, aim: &Aim) -> Struck {
        let link = self.cluster.link(Link::ApiMariaDb(aim.api));
        link.delay(Duration::from_millis(20));
        let node = self.node(aim);
        for _ in 0..CATCHES {
            node.stop();
            if let Some(transaction) = premise::stuck_transaction(&self.cluster.mariadb).await {
                link.heal();
                return Struck::seen(Some(format!(
                    "transaction {transaction} holds row locks and stands still"
                )));
            }
            node.cont();
            sleep(Duration::from_millis(30)).await;
        }
        link.heal();
        node.stop();
        Struck::default()
    }

    async fn kill_subscribers(&self) -> Struck {
        let before = premise::subscribers(&self.cluster.redis).await;
        for _ in 0..3 {
            // An error is a client less that is subscribed: what counts is who is left.
            let _killed = self.cluster.redis.command(&["CLIENT", "KILL", "TYPE", "pubsub"]).await;
            sleep(Duration::from_millis(250)).await;
        }
        let after = premise::subscribers(&self.cluster.redis).await;
        let gone = before.difference(&after).count();
        Struck::seen(
            (gone > 0 && gone == before.len()).then(|| format!("all {gone} subscribers were killed")),
        )
    }

    /// One gateway takes nothing, and Redis is told to bear little of that.
    async fn overflow(&self, aim: &Aim) -> Struck {
        let redis = &self.cluster.redis;
        let before = premise::subscribers(redis).await;
        let limit = "pubsub 64kb 32kb 1";
        let _set = redis.command(&["CONFIG", "SET", "client-output-buffer-limit", limit]).await;
        self.cluster.link(Link::GatewayRedis(aim.gateway)).stall();
        let Some(topic) = premise::busiest_topic(redis).await else { return Struck::default() };
        let junk = "x".repeat(JUNK_BYTES);
        for _ in 0..JUNK {
            let _published = redis.command(&["PUBLISH", &topic, &junk]).await;
            let gone = before.difference(&premise::subscribers(redis).await).count();
            if gone > 0 {
                return Struck::seen(Some(format!("Redis dropped {gone} of {} subscribers", before.len())));
            }
        }
        Struck::default()
    }

    /// Some stop reading, and everybody shouts in the group that has them all.
    async fn slow_readers(&self, rng: &mut StdRng) -> Struck {
        let before = self.resyncs().await;
        let small = self.people.persons.iter().skip(1).step_by(5).flat_map(|person| &person.devices);
        for device in small.take(SLOW) {
            self.people.devices[*device].order(Order::Pause(Kind::SlowReaders.hold(true)));
        }
        let group = Key::Group(self.people.groups[0].id);
        for _ in 0..ROUNDS {
            // What is said here waits in the queues that then run over, and nothing follows that would show the hole.
            Workload::speak_where_it_is_quiet(&self.people, rng);
            for _ in 0..SHOUTS {
                let device = &self.people.devices[rng.random_range(0..self.people.devices.len())];
                device.order(Order::Say { key: group, length: 12_000, repeats: 0 });
            }
            sleep(Duration::from_millis(150)).await;
        }
        Struck { before, ..Struck::default() }
    }

    fn order_many(
        &self,
        most: usize,
        count: impl Fn(&Face) -> u64,
        rng: &mut StdRng,
        order: impl Fn(&mut StdRng) -> Order,
    ) -> Struck {
        let before = self.total(count);
        let first = rng.random_range(0..self.people.devices.len());
        for nth in 0..most {
            self.people.devices[(first + nth * 3) % self.people.devices.len()].order(order(rng));
        }
        Struck { before, ..Struck::default() }
    }

    pub(super) fn total(&self, count: impl Fn(&Face) -> u64) -> u64 {
        self.faces.lock().values().map(count).sum()
    }

    /// How often the gateways told somebody slow to compare, or closed them.
    pub(super) async fn resyncs(&self) -> u64 {
        let mut total = 0;
        for gateway in &self.cluster.gateways {
            let metrics = gateway.metrics().await.unwrap_or_default();
            let lines = metrics.lines().filter(|line| {
                line.starts_with("imtt_gap_resyncs_total{cause=\"outbox\"")
                    || line.starts_with("imtt_slow_consumers_total")
            });
            total +=
                lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum::<f64>() as u64;
        }
        total
    }
}

impl Struck {
    fn seen(seen: Option<String>) -> Self {
        Self { seen, ..Self::default() }
    }
}

async fn kill(node: &Node) -> Option<String> {
    let pid = node.pid()?;
    node.kill().await;
    (node.pid().is_none() && premise::state(pid).is_none())
        .then(|| format!("pid {pid} is gone: {}", node.last_end()))
}

/// A planned stop, which has to end with 0.
async fn terminate(daemon: &Daemon) -> Option<String> {
    let pid = daemon.pid()?;
    (daemon.terminate().await == Some(0)).then(|| format!("pid {pid} ended with 0"))
}
