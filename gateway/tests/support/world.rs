//! Gateways on one bus with one api behind them, the people who use them, and the clock that all of it runs by.
//! The clock stands still until a test moves it: no token runs out and nobody is pinged by chance.

use super::api::FakeApi;
use super::bus::TestBus;
use super::presence;
use gateway::config::{Config, Defaults};
use gateway::node::{Node, NodeParts};
use gateway::upgrade;
use shared::bus::Bus;
use shared::bus::memory::MemoryBus;
use shared::config::Env;
use shared::draft::Target;
use shared::event::Status;
use shared::ids::{ConversationId, GroupId, SessionId, UserId};
use shared::presence::memory::MemoryPresence;
use shared::rate::{RateLimits, Unlimited};
use shared::time::{Clock, Timestamp};
use shared::token::Tokens;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use testkit::{Connection, Server};
use tokio::net::TcpSocket;
use tokio_util::sync::{CancellationToken, DropGuard};

const NOON: Timestamp = Timestamp(1_795_348_800_000);

pub struct World {
    pub clock: Clock,
    pub bus: Arc<TestBus>,
    pub api: Arc<FakeApi>,
    pub presence: Arc<MemoryPresence>,
    pub tokens: Arc<Tokens>,
}

/// Somebody with an account, by one log-in.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: &'static str,
    pub id: UserId,
    pub session: SessionId,
    pub token: String,
}

/// A gateway that serves on a port of its own.
pub struct Gateway {
    pub node: Arc<Node>,
    pub server: Server,
    pub address: SocketAddr,
    _serving: DropGuard,
}

impl World {
    pub fn new() -> Self {
        Self::on(Arc::new(MemoryBus::new()))
    }

    pub fn on(bus: Arc<dyn Bus>) -> Self {
        let clock = Clock::manual(NOON);
        let bus = Arc::new(TestBus::around(bus));
        Self {
            api: Arc::new(FakeApi::new(bus.clone(), clock.clone())),
            presence: Arc::new(MemoryPresence::new(clock.clone())),
            tokens: Arc::new(Tokens::new(b"a secret for tests, of 32 bytes or more", clock.clone())),
            bus,
            clock,
        }
    }

    /// Somebody new.
    pub fn person(&self, name: &'static str) -> Person {
        self.log_in(name, self.api.register())
    }

    /// The same person on another device.
    pub fn second_device(&self, person: &Person) -> Person {
        self.log_in(person.name, person.id)
    }

    fn log_in(&self, name: &'static str, id: UserId) -> Person {
        let session = self.api.log_in(id);
        Person { name, id, session, token: self.tokens.issue(id, session).unwrap() }
    }

    /// A group of these people; the first one made it.
    pub async fn group(&self, people: &[&Person]) -> GroupId {
        let group = self.api.create_group(people[0].id).await;
        for person in &people[1..] {
            self.api.join(group, person.id).await;
        }
        group
    }

    /// A gateway on a port, without limits of pace.
    pub async fn gateway(&self) -> Gateway {
        self.gateway_with(|_| ()).await
    }

    pub async fn gateway_with(&self, change: impl FnOnce(&mut Config)) -> Gateway {
        let node = self.node_with(change).await;
        let listener = shared::serve::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Gateway::serving(node, listener)
    }

    /// A gateway whose sockets hold a few kilobytes of what their clients do not read.
    pub async fn gateway_with_small_buffers(&self, change: impl FnOnce(&mut Config)) -> Gateway {
        let node = self.node_with(change).await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(4096).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Gateway::serving(node, socket.listen(64).unwrap())
    }

    /// A gateway without a port.
    pub async fn node(&self) -> Arc<Node> {
        self.node_with(|_| ()).await
    }

    pub async fn node_with(&self, change: impl FnOnce(&mut Config)) -> Arc<Node> {
        self.node_of(change, Arc::new(presence::Line::to(self.presence.clone())), Arc::new(Unlimited)).await
    }

    pub async fn node_of(
        &self,
        change: impl FnOnce(&mut Config),
        presence: Arc<presence::Line>,
        limits: Arc<dyn RateLimits>,
    ) -> Arc<Node> {
        let mut config =
            Config::read(&Env::of([] as [(&str, &str); 0]), Defaults { lanes: 4, drain_ms: 0, canary_ms: 0 });
        config.commands = None;
        change(&mut config);
        let (api, bus) = (self.api.clone(), self.bus.clone());
        let (tokens, clock) = (self.tokens.clone(), self.clock.clone());
        Node::start(NodeParts { config, api, bus, presence, limits, tokens, clock }).await
    }

    /// Lets time pass, for the clock and for whoever waits, a second at a time. Only in a test whose time is paused.
    pub async fn pass(&self, time: Duration) {
        for _ in 0..time.as_secs() {
            self.clock.advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// The status that somebody chooses, told to every gateway.
    pub async fn choose(&self, person: &Person, status: Status) {
        self.api.choose(person.id, status).await;
    }

    /// Somebody says something over REST.
    pub async fn say(&self, person: &Person, group: GroupId, text: &str) -> i64 {
        self.api.send(person.id, Target::Group(group), text).await.seq
    }

    /// Somebody writes to somebody, over REST; gives back their conversation.
    pub async fn write_to(&self, person: &Person, peer: &Person, text: &str) -> ConversationId {
        self.api.send(person.id, Target::User(peer.id), text).await.conversation_id
    }
}

impl Gateway {
    /// Serves a node at a port.
    pub fn serving(node: Arc<Node>, listener: tokio::net::TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(shared::serve::serve(listener, upgrade::router(node.clone()), stop.clone()));
        let server = Server::at(&format!("http://{address}"));
        Self { node, server, address, _serving: stop.drop_guard() }
    }

    /// Somebody's connection, attached.
    pub async fn connect(&self, person: &Person) -> Connection {
        let mut connection = self.server.dial().by_query(&person.token).connect().await;
        person.name.clone_into(&mut connection.who);
        connection
    }
}

/// As `testkit`'s people name a group.
pub fn target(group: GroupId) -> testkit::Group {
    testkit::Group(group.0)
}
