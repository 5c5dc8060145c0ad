//! A proxy in front of a database server that can lose the answer to the next statement, as a link does that
//! breaks in the wrong moment: the server has done what it was told, and nobody heard.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const PASS: u8 = 0;
/// The next answer is swallowed, and its connection cut.
const CUT: u8 = 1;
/// Answers are kept back until they may pass again.
const HOLD: u8 = 2;

pub struct Proxy {
    port: u16,
    mode: Arc<Mode>,
}

#[derive(Default)]
struct Mode {
    now: AtomicU8,
    /// How often the server was exchanged.
    server: AtomicU64,
    changed: Notify,
}

impl Proxy {
    /// A proxy to the server of that URL.
    pub async fn to(url: &str) -> Self {
        let server = authority(url).parse::<SocketAddr>().expect("a server by address and port");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mode = Arc::<Mode>::default();
        let shared = mode.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(link(client, server, shared.clone()));
            }
        });
        Self { port, mode }
    }

    pub fn in_front_of(&self, url: &str) -> String {
        url.replace(authority(url), &format!("127.0.0.1:{}", self.port))
    }

    /// Lets the next answer be lost, with its connection.
    pub fn cut_next_answer(&self) {
        self.mode.now.store(CUT, Ordering::SeqCst);
    }

    /// Keeps all answers back.
    pub fn hold_answers(&self) {
        self.mode.now.store(HOLD, Ordering::SeqCst);
    }

    pub fn pass(&self) {
        self.mode.now.store(PASS, Ordering::SeqCst);
        self.mode.changed.notify_waiters();
    }

    /// As if the server had vanished without a word and another one had taken its place: open connections stay open and are
    /// silent for ever, new ones are served.
    pub fn exchange_server(&self) {
        self.mode.server.fetch_add(1, Ordering::SeqCst);
        self.mode.changed.notify_waiters();
    }

    /// Whether an answer was lost since it was told to.
    pub fn has_cut(&self) -> bool {
        self.mode.now.load(Ordering::SeqCst) == PASS
    }
}

/// `host:port` of `mysql://user@host:port/database`.
fn authority(url: &str) -> &str {
    let address = url.split("://").nth(1).unwrap().split('/').next().unwrap();
    address.split('@').next_back().unwrap()
}

async fn link(mut client: TcpStream, server: SocketAddr, mode: Arc<Mode>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let answers = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
            if mode.now.compare_exchange(CUT, PASS, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                return;
            }
            loop {
                let changed = mode.changed.notified();
                if mode.now.load(Ordering::SeqCst) != HOLD {
                    break;
                }
                changed.await;
            }
            if to_client.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    let born = mode.server.load(Ordering::SeqCst);
    let vanished = async {
        loop {
            let changed = mode.changed.notified();
            if mode.server.load(Ordering::SeqCst) != born {
                break;
            }
            changed.await;
        }
    };
    // Either end closing closes both.
    tokio::select! {
        () = answers => {}
        _ = copy(&mut from_client, &mut to_server) => {}
        () = vanished => std::future::pending().await,
    }
}
