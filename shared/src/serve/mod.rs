//! What every HTTP port of every node has: how it is bound and served, how it refuses, whose address a
//! request came from, and the internal port's health and metrics.

pub mod address;
pub mod health;
pub mod origin;
pub mod refuse;

use salvo::catcher::Catcher;
use salvo::conn::tcp::TcpAcceptor;
use salvo::{Router, Server, Service};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;

/// How many connections the kernel keeps that were not accepted yet: a storm of reconnects fits.
const BACKLOG: u32 = 4096;

/// How much the kernel keeps for a peer that does not read, beside what is on its way: without a bound it takes megabytes,
/// which nobody counts, and a slow reader is known for one too late. More than a write holds, so nothing quick is slowed.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 128 * 1024;

/// How long requests under way may take after the stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// The port could not be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
pub struct BindError {
    address: SocketAddr,
    source: std::io::Error,
}

/// Takes a port. Sockets accepted from it inherit two options. They send at once (`TCP_NODELAY`): Salvo sets none, and
/// small frames would wait for the peer's delayed acknowledgement. And, where there is such a thing, they take no more than
/// 128 KiB that cannot be sent yet (`TCP_NOTSENT_LOWAT`): the rest waits where it is bounded and counted.
///
/// # Errors
/// [`BindError`], with the address: taken, or not ours to take.
pub fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.set_nodelay(true)?;
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&socket).set_tcp_notsent_lowat(UNSENT)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bound().map_err(|source| BindError { address, source })
}

/// Serves `router` until `stop`, then lets the requests under way end. Every answer carries a request id,
/// and every refusal the JSON error.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    let server = Server::new(TcpAcceptor::try_from(listener)?);
    let handle = server.handle();
    let stopper = async {
        stop.cancelled().await;
        handle.stop_graceful(LAST_REQUESTS);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = server.try_serve(service(router)) => served,
        () = stopper => Ok(()),
    }
}

/// The router with what every port has around it; tests call it without a socket.
#[must_use]
pub fn service(router: Router) -> Service {
    Service::new(router)
        .catcher(Catcher::default().hoop(refuse::as_json))
        .hoop(refuse::with_request_id)
        .hoop(salvo::catch_panic::CatchPanic::new())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn the_kernel_keeps_little_for_who_does_not_read() {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let reader = TcpSocket::new_v4().unwrap();
        reader.set_recv_buffer_size(4096).unwrap();
        let reader = reader.connect(listener.local_addr().unwrap()).await.unwrap();
        let (writer, _) = listener.accept().await.unwrap();
        assert!(writer.nodelay().unwrap());
        let mut taken = 0;
        // The kernel says a moment later that it can take more, so it is asked until it has said no for good.
        while tokio::time::timeout(Duration::from_millis(100), writer.writable()).await.is_ok() {
            taken += writer.try_write(&[0; 16 * 1024]).unwrap_or(0);
        }
        assert!(writer.writable().now_or_never().is_none());
        assert!((1..512 * 1024).contains(&taken), "{taken} bytes");
        drop(reader);
    }
}
