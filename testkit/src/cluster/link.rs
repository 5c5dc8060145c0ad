//! The links of a cluster, each with a proxy of its own, so that any of them breaks without the others.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use super::ClusterPlan;
use crate::proxy::Proxy;

/// A link between two processes. Numbers are indices of `cluster.gateways` and `cluster.apis`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// From this gateway to Redis.
    GatewayRedis(usize),
    /// From this api to Redis.
    ApiRedis(usize),
    /// From this gateway to this api.
    GatewayApi(usize, usize),
    /// From this api to the database.
    ApiMariaDb(usize),
}

impl Link {
    /// Whether it ends at this gateway.
    #[must_use]
    pub fn is_of_gateway(self, gateway: usize) -> bool {
        matches!(self, Self::GatewayRedis(i) | Self::GatewayApi(i, _) if i == gateway)
    }

    /// Whether it ends at this api.
    #[must_use]
    pub fn is_of_api(self, api: usize) -> bool {
        matches!(self, Self::ApiRedis(j) | Self::GatewayApi(_, j) | Self::ApiMariaDb(j) if j == api)
    }
}

impl fmt::Display for Link {
    /// By the names of the processes, which count from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GatewayRedis(i) => write!(f, "gateway-{}–redis", i + 1),
            Self::ApiRedis(j) => write!(f, "api-{}–redis", j + 1),
            Self::GatewayApi(i, j) => write!(f, "gateway-{}–api-{}", i + 1, j + 1),
            Self::ApiMariaDb(j) => write!(f, "api-{}–mariadb", j + 1),
        }
    }
}

/// The ports that links lead to.
pub(super) struct Targets {
    pub(super) redis: u16,
    pub(super) mariadb: u16,
    /// The apis' internal ones.
    pub(super) apis: Vec<u16>,
}

impl Targets {
    fn of(&self, link: Link) -> SocketAddr {
        let port = match link {
            Link::GatewayRedis(_) | Link::ApiRedis(_) => self.redis,
            Link::ApiMariaDb(_) => self.mariadb,
            Link::GatewayApi(_, j) => self.apis[j],
        };
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    }
}

/// Where each link leads: through its proxy, or straight to the target.
pub(super) struct Links {
    targets: Targets,
    pub(super) proxies: BTreeMap<Link, Proxy>,
}

impl Links {
    pub(super) async fn lay(plan: &ClusterPlan, targets: Targets) -> Self {
        let mut proxies = BTreeMap::new();
        for link in all(plan).filter(|_| plan.proxies) {
            proxies.insert(link, Proxy::before(targets.of(link)).await);
        }
        Self { targets, proxies }
    }

    /// The address to dial for this link.
    pub(super) fn address(&self, link: Link) -> SocketAddr {
        self.proxies.get(&link).map_or_else(|| self.targets.of(link), Proxy::address)
    }
}

fn all(plan: &ClusterPlan) -> impl Iterator<Item = Link> {
    let (gateways, apis) = (0..plan.gateways, 0..plan.apis);
    let between = gateways.clone().flat_map(move |i| (0..plan.apis).map(move |j| Link::GatewayApi(i, j)));
    let to_stores = apis.flat_map(|j| [Link::ApiRedis(j), Link::ApiMariaDb(j)]);
    gateways.map(Link::GatewayRedis).chain(to_stores).chain(between)
}
