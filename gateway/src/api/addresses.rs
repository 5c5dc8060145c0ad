//! Where api nodes are: `API_URLS`, and the addresses that their names stand for, looked up again and again,
//! since behind one name nodes come and go.

use super::limits::Limits;
use super::nodes::Nodes;
use async_trait::async_trait;
use futures_util::future::join_all;
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a name may take to be resolved; then the addresses that are known are kept.
const RESOLVED_WITHIN: Duration = Duration::from_secs(5);

/// An entry of `API_URLS`: `http://host:port`, the internal port of an api node, or of all that have the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl {
    host: String,
    port: u16,
}

/// The text is no address of an api.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected http://host:port and nothing else, found `{0}`")]
pub struct BadApiUrl(String);

impl ApiUrl {
    /// The name or address; of IPv6 without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for ApiUrl {
    type Err = BadApiUrl;

    fn from_str(text: &str) -> Result<Self, BadApiUrl> {
        let parts = text.strip_prefix("http://").and_then(|rest| rest.rsplit_once(':'));
        let (host, port) = parts.ok_or_else(|| BadApiUrl(text.to_owned()))?;
        let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_host = match v6 {
            Some(v6) => v6.parse::<IpAddr>().is_ok(),
            None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
        };
        let port = port.parse().ok().filter(|port| *port != 0 && is_host);
        let port = port.ok_or_else(|| BadApiUrl(text.to_owned()))?;
        Ok(Self { host: v6.unwrap_or(host).to_owned(), port })
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(f, "http://[{host}]:{port}")
        } else {
            write!(f, "http://{host}:{port}")
        }
    }
}

/// What names stand for.
#[async_trait]
pub trait Resolver: Send + Sync + 'static {
    /// All addresses of an api; each is a node of its own.
    async fn resolve(&self, url: &ApiUrl) -> io::Result<Vec<SocketAddr>>;
}

/// The operating system's answer.
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, url: &ApiUrl) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((url.host(), url.port())).await?.collect())
    }
}

/// The addresses of one entry, as they were last learnt.
struct Named {
    url: ApiUrl,
    addresses: Vec<SocketAddr>,
    /// Whether the last try failed, which was said then.
    failing: bool,
}

impl Named {
    /// Learns them anew. When that fails, or there are none, the known ones stay: a name server that is away
    /// takes no api away.
    async fn refresh(&mut self, resolver: &dyn Resolver) {
        let resolved = tokio::time::timeout(RESOLVED_WITHIN, resolver.resolve(&self.url)).await;
        let problem = match resolved {
            Ok(Ok(addresses)) if !addresses.is_empty() => {
                (self.addresses, self.failing) = (addresses, false);
                return;
            }
            Ok(Ok(_)) => "it has no address".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        if !self.failing {
            let known = self.addresses.len();
            tracing::warn!(url = %self.url, problem, known, "the addresses of an api cannot be learnt");
        }
        self.failing = true;
    }
}

/// Keeps `nodes` to the addresses of `urls`, until `stop`.
pub(super) async fn follow(
    urls: Vec<ApiUrl>,
    resolver: Arc<dyn Resolver>,
    nodes: Arc<Nodes>,
    limits: Limits,
    stop: CancellationToken,
) {
    let named = |url| Named { url, addresses: Vec::new(), failing: false };
    let mut names: Vec<Named> = urls.into_iter().map(named).collect();
    loop {
        join_all(names.iter_mut().map(|named| named.refresh(&*resolver))).await;
        let all: BTreeSet<SocketAddr> =
            names.iter().flat_map(|named| named.addresses.iter().copied()).collect();
        nodes.set(&all);
        tokio::select! {
            () = tokio::time::sleep(limits.resolve_every) => {}
            () = stop.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_named_by_host_and_port_and_nothing_else() {
        for good in
            ["http://127.0.0.1:8081", "http://[::1]:1", "http://api.im-tt.svc:65535", "http://api_1:80"]
        {
            assert_eq!(good.parse::<ApiUrl>().unwrap().to_string(), good);
        }
        let bad = [
            "",
            "api:8081",
            "http://api",
            "http://api:0",
            "http://api:65536",
            "http://:1",
            "https://api:1",
            "http://api:1/",
            "http://me:pw@api:1",
            "http://::1:1",
            "http://[api]:1",
            "http://api:1,http://b:1",
        ];
        for bad in bad {
            let error = bad.parse::<ApiUrl>().unwrap_err().to_string();
            assert_eq!(error, format!("expected http://host:port and nothing else, found `{bad}`"));
        }
    }
}
