//! One api node as a gateway sees it: its address, whether it is worth asking, and the connections to it.

use super::link::{Link, Pool};
use hyper::StatusCode;
use hyper::header::HeaderValue;
use shared::door::Call;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Why a node did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// Nothing is there, or nothing on the way to it.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The connection ended before the answer did.
    #[error("it broke off: {0}")]
    Closed(String),
    /// It may be slow, stopped, or behind a cut line.
    #[error("it did not answer in time")]
    Late,
    /// 503: it is there, and cannot do it now.
    #[error("it cannot serve now")]
    Unavailable,
    /// Any other failure of its own.
    #[error("it answered {0}")]
    Failed(StatusCode),
    /// 4xx: it does not take the question, for the secret is another one, or its release.
    #[error("it refused with {0}")]
    Refused(StatusCode),
    /// The answer is no answer to the question.
    #[error("its answer cannot be read: {0}")]
    Unreadable(String),
}

impl Fault {
    /// The label in metrics.
    pub(super) fn result(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Closed(_) => "closed",
            Self::Late => "late",
            Self::Unavailable => "unavailable",
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// Whether nothing is at the other end any more.
    pub(super) fn is_end(&self) -> bool {
        self.standing() == Standing::Gone
    }

    /// What it says of the node. One that speaks is asked how it is before it is passed over.
    pub(super) fn standing(&self) -> Standing {
        match self {
            Self::Unavailable | Self::Refused(_) => Standing::Doubted,
            Self::Unreachable(_) | Self::Closed(_) => Standing::Gone,
            Self::Late | Self::Failed(_) | Self::Unreadable(_) => Standing::Down,
        }
    }
}

/// Whether a node is worth asking; later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Standing {
    /// It is.
    Up,
    /// It is, and is asked how it is.
    Doubted,
    /// Not while others are up.
    Down,
    /// As little: nothing is there. What it had stored it may not have published.
    Gone,
}

/// An api node.
pub(super) struct Node {
    /// Where it is: what tells it from others.
    pub(super) address: SocketAddr,
    link: Link,
    /// The connections. Guards itself alone, never held over an await.
    pool: Mutex<Pool>,
    /// A [`Standing`].
    standing: AtomicU8,
}

impl Node {
    pub(super) fn new(address: SocketAddr, link: Link) -> Self {
        let pool = Mutex::new(link.pool());
        Self { address, link, pool, standing: AtomicU8::new(Standing::Up as u8) }
    }

    pub(super) fn is_up(&self) -> bool {
        self.standing.load(Ordering::Relaxed) < Standing::Down as u8
    }

    pub(super) fn is_well(&self) -> bool {
        self.standing.load(Ordering::Relaxed) == Standing::Up as u8
    }

    /// Whether that is worse than what it was.
    pub(super) fn worsen(&self, to: Standing) -> bool {
        self.standing.fetch_max(to as u8, Ordering::Relaxed) < to as u8
    }

    /// Whether it had been down.
    pub(super) fn recover(&self) -> bool {
        self.standing.swap(Standing::Up as u8, Ordering::Relaxed) >= Standing::Down as u8
    }

    /// One request. A connection that the node closed while it lay idle is found out only by using it, so what
    /// breaks off is asked once more, over a new one: a call may be repeated.
    pub(super) async fn post(
        &self,
        call: Call,
        id: &HeaderValue,
        body: bytes::Bytes,
    ) -> Result<bytes::Bytes, Fault> {
        match self.link.post(&self.pool(), self.address, (call, id), body.clone()).await {
            Err(Fault::Closed(_)) => {
                self.forget_connections();
                self.link.post(&self.pool(), self.address, (call, id), body).await
            }
            answered => answered,
        }
    }

    /// Whether the node says that it is ready, within `limit`; over a new connection, if one that lay idle was closed.
    pub(super) async fn ask_ready(&self, limit: Duration) -> Result<(), Fault> {
        let asking = async {
            match self.link.ask_ready(&self.pool(), self.address).await {
                Err(Fault::Closed(_)) => {
                    self.forget_connections();
                    self.link.ask_ready(&self.pool(), self.address).await
                }
                answered => answered,
            }
        };
        let answered = tokio::time::timeout(limit, asking).await.unwrap_or(Err(Fault::Late));
        if answered.is_err() {
            self.forget_connections();
        }
        answered
    }

    /// Behind a cut line each idle connection would cost a wait of its own. Those in use are not harmed.
    pub(super) fn forget_connections(&self) {
        *self.pool.lock().unwrap_or_else(PoisonError::into_inner) = self.link.pool();
    }

    fn pool(&self) -> Pool {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
