//! A door to such nodes, and what goes through it.

use super::node::FakeNode;
use async_trait::async_trait;
use gateway::api::Limits;
use gateway::api::http::{HttpApi, Setup};
use gateway::api::{Api, ApiUrl, Resolver};
use shared::config::Secret;
use shared::door::{AttachQuestion, Outcome};
use shared::draft::{Draft, MessageType, Target};
use shared::ids::{SessionId, UserId};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::eventually;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// How long one node has here for an answer: long enough for a busy machine, and waited for in vain only by the
/// tests whose nodes hang.
const ATTEMPT: Duration = Duration::from_secs(1);

/// Addresses behind one name, as a test says.
pub struct Names {
    /// `None`: the name server is away.
    addresses: Mutex<Option<Vec<SocketAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    /// Says something else from now on; returns once it was asked for.
    pub async fn become_known(&self, addresses: Option<Vec<SocketAddr>>) {
        *self.addresses.lock().unwrap() = addresses;
        let before = self.asked.load(Ordering::Relaxed);
        // The second question follows the use of the answer to the first.
        eventually("the name is resolved again", async || {
            (self.asked.load(Ordering::Relaxed) >= before + 2).then_some(())
        })
        .await;
    }
}

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, _: &ApiUrl) -> io::Result<Vec<SocketAddr>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.addresses.lock().unwrap().clone().ok_or_else(|| io::Error::other("the name server is away"))
    }
}

pub struct Door {
    pub api: Arc<HttpApi>,
    pub names: Arc<Names>,
    _stop: DropGuard,
}

impl Door {
    pub fn to(nodes: &[&FakeNode]) -> Self {
        Self::at(nodes.iter().map(|node| node.address).collect())
    }

    pub fn at(addresses: Vec<SocketAddr>) -> Self {
        Self::within(Limits::default().call, addresses)
    }

    /// One whose calls may take this long.
    pub fn within(call: Duration, addresses: Vec<SocketAddr>) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let names = Arc::new(Names { addresses: Mutex::new(Some(addresses)), asked: AtomicUsize::new(0) });
        let setup = Setup {
            urls: vec!["http://api:8081".parse().unwrap()],
            secret: Secret::new(vec![b'x'; 32]),
            resolver: names.clone(),
            limits: Limits {
                call,
                append: ATTEMPT,
                look_up: ATTEMPT,
                pause: Duration::from_millis(20),
                check_every: Duration::from_millis(20),
                resolve_every: Duration::from_millis(20),
                ..Limits::default()
            },
        };
        Self { api: HttpApi::start_as(setup, &tasks, &stop), names, _stop: stop.drop_guard() }
    }

    /// Appends one draft in a lane; whether it was stored.
    pub async fn append(&self, lane: usize) -> bool {
        let outcomes = self.api.append(lane, vec![draft()]).await.expect("an answer");
        outcomes.iter().all(Outcome::is_ok)
    }

    /// A lane whose first node is this one.
    pub async fn lane_of(&self, node: &FakeNode) -> usize {
        for lane in 0..100 {
            let before = node.asked().len();
            assert!(self.append(lane).await);
            if node.asked().len() > before {
                return lane;
            }
        }
        panic!("no lane of a hundred goes to {}", node.address);
    }
}

pub fn draft() -> Draft {
    Draft {
        sender_id: UserId(1),
        target: Target::User(UserId(2)),
        content: "hi".to_owned(),
        message_type: MessageType::Text,
        client_message_id: Uuid::now_v7(),
    }
}

pub fn question(number: i64) -> AttachQuestion {
    AttachQuestion { user_id: UserId(number), session_id: SessionId(number) }
}
