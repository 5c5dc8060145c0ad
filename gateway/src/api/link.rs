//! HTTP to one api node: kept connections, one request, one answer. How long an answer is waited for is the
//! caller's business; only connecting has its own limit here.

use super::node::Fault;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use shared::config::Secret;
use shared::door::Call;
use shared::serve::refuse::REQUEST_ID;
use std::net::SocketAddr;
use std::time::Duration;

/// The connections to a node. Their tasks are the pool's and end with it, or with the connection.
pub(super) type Pool = Client<HttpConnector, Full<Bytes>>;

/// How long a connection may lie idle: less than the api leaves it open.
const IDLE: Duration = Duration::from_secs(15);

/// How many connections of a node may lie idle: one a lane and one a kind of look-up fit.
const MOST_IDLE: usize = 64;

/// The longest answer, in bytes. The largest there is tells 256 users who attach their heads, some thirty
/// bytes for each conversation; past this it is no answer of ours.
const LONGEST_ANSWER: usize = 256 * 1024 * 1024;

/// How requests are made. Cheap to clone.
#[derive(Clone)]
pub(super) struct Link {
    /// `None` for a secret that no header can carry; every call is then refused.
    bearer: Option<HeaderValue>,
    connect_within: Duration,
}

impl Link {
    pub(super) fn new(secret: &Secret, connect_within: Duration) -> Self {
        let header = [b"Bearer ", secret.expose()].concat();
        let mut bearer = HeaderValue::from_bytes(&header).ok();
        if bearer.is_none() {
            tracing::error!("INTERNAL_SECRET has a control character in it: api nodes will refuse it");
        }
        // Never shown in logs of the HTTP client.
        bearer.iter_mut().for_each(|bearer| bearer.set_sensitive(true));
        Self { bearer, connect_within }
    }

    /// No connections yet.
    pub(super) fn pool(&self) -> Pool {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(self.connect_within));
        Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MOST_IDLE)
            .build(connector)
    }

    pub(super) async fn post(
        &self,
        pool: &Pool,
        node: SocketAddr,
        (call, id): (Call, &HeaderValue),
        body: Bytes,
    ) -> Result<Bytes, Fault> {
        let mut request = Request::post(format!("http://{node}{}", call.path()))
            .header(CONTENT_TYPE, "application/json")
            .header(REQUEST_ID, id)
            .body(Full::new(body))
            .map_err(unsendable)?;
        if let Some(bearer) = &self.bearer {
            request.headers_mut().insert(AUTHORIZATION, bearer.clone());
        }
        exchange(pool, request).await
    }

    /// Asks the node whether it is ready. Health is open to whoever reaches the port.
    pub(super) async fn ask_ready(&self, pool: &Pool, node: SocketAddr) -> Result<(), Fault> {
        let request = Request::get(format!("http://{node}/readyz")).body(Full::default());
        exchange(pool, request.map_err(unsendable)?).await.map(drop)
    }
}

async fn exchange(pool: &Pool, request: Request<Full<Bytes>>) -> Result<Bytes, Fault> {
    let answer = pool.request(request).await.map_err(|error| {
        let why = causes(&error);
        if error.is_connect() { Fault::Unreachable(why) } else { Fault::Closed(why) }
    })?;
    match answer.status() {
        status if status.is_success() => {}
        StatusCode::SERVICE_UNAVAILABLE => return Err(Fault::Unavailable),
        status if status.is_client_error() => return Err(Fault::Refused(status)),
        status => return Err(Fault::Failed(status)),
    }
    let body = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await;
    Ok(body.map_err(|error| Fault::Closed(causes(&*error)))?.to_bytes())
}

/// An address and a path of ours always make a request.
fn unsendable(error: hyper::http::Error) -> Fault {
    Fault::Unreachable(error.to_string())
}

/// The error with what it came from: the client's own says only "client error".
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
