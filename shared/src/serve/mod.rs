//! What every HTTP port of every node has: how it is bound and served, how it refuses, whose address a
//! request came from, and the internal port's health and metrics.

pub mod address;
pub mod health;
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

/// How long requests under way may take after the stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// The port could not be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
pub struct BindError {
    address: SocketAddr,
    source: std::io::Error,
}

/// Takes a port. Sockets accepted from it send at once (`TCP_NODELAY` is inherited): Salvo sets none, and
/// small frames would wait for the peer's delayed acknowledgement.
///
/// # Errors
/// [`BindError`], with the address: taken, or not ours to take.
pub fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.set_nodelay(true)?;
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
