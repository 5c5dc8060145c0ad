//! What stands between a gateway and an api, and can lose an answer: the api did what it was asked, and dies
//! before anybody hears of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub struct Proxy {
    pub address: SocketAddr,
    inner: Arc<Inner>,
    accepting: JoinHandle<()>,
}

struct Inner {
    api: SocketAddr,
    loses_answers: AtomicBool,
    lost: AtomicUsize,
    asked: AtomicUsize,
}

impl Proxy {
    pub async fn before(api: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            api,
            loses_answers: AtomicBool::new(false),
            lost: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, inner.clone()));
        Self { address, inner, accepting }
    }

    /// From now on the connection is cut when the answer is about to pass.
    pub fn lose_answers(&self) {
        self.inner.loses_answers.store(true, Ordering::Relaxed);
    }

    /// How many answers were lost.
    pub fn lost(&self) -> usize {
        self.inner.lost.load(Ordering::Relaxed)
    }

    /// How many bytes of questions passed.
    pub fn asked(&self) -> usize {
        self.inner.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    let mut connections = JoinSet::new();
    while let Ok((gateway, _)) = listener.accept().await {
        let inner = inner.clone();
        connections.spawn(async move {
            if let Ok(api) = TcpStream::connect(inner.api).await {
                // Whichever side ends it, both are dropped.
                let _ = inner.pass(gateway, api).await;
            }
        });
    }
}

impl Inner {
    async fn pass(&self, mut gateway: TcpStream, mut api: TcpStream) -> std::io::Result<()> {
        let (mut question, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
        loop {
            tokio::select! {
                read = gateway.read(&mut question) => {
                    let count = read?;
                    if count == 0 {
                        return Ok(());
                    }
                    self.asked.fetch_add(count, Ordering::Relaxed);
                    api.write_all(&question[..count]).await?;
                }
                read = api.read(&mut answer) => {
                    let count = read?;
                    if count > 0 && self.loses_answers.load(Ordering::Relaxed) {
                        self.lost.fetch_add(1, Ordering::Relaxed);
                        return Ok(());
                    }
                    if count == 0 {
                        return Ok(());
                    }
                    gateway.write_all(&answer[..count]).await?;
                }
            }
        }
    }
}
