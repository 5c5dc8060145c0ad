//! Who is told what address, and what all nodes have in common.

use std::path::{Path, PathBuf};

use super::link::Links;
use super::node::{NodeRecipe, Ports};
use super::plan::random_secret;
use super::{ClusterMariaDb, ClusterPlan, ClusterRedis, Link, Node};

/// What is made up anew for each cluster.
pub(super) struct Secrets {
    jwt: String,
    internal: String,
}

impl Secrets {
    pub(super) fn random() -> Self {
        Self { jwt: random_secret(), internal: random_secret() }
    }
}

/// Who is told what address.
pub(super) struct Wiring<'a> {
    pub(super) plan: &'a ClusterPlan,
    pub(super) links: &'a Links,
    /// The gateway's, the api's.
    pub(super) programs: &'a [PathBuf; 2],
    pub(super) logs: &'a Path,
    pub(super) secrets: Secrets,
}

impl Wiring<'_> {
    pub(super) fn apis(
        &self,
        ports: Vec<Ports>,
        mariadb: &ClusterMariaDb,
        redis: &ClusterRedis,
    ) -> Vec<Node> {
        let build = |(j, ports): (usize, Ports)| {
            let recipe = NodeRecipe::new(&format!("api-{}", j + 1), &self.programs[1], ports, self.logs)
                .env("DATABASE_URL", self.through(Link::ApiMariaDb(j), &mariadb.url, mariadb.port()))
                .env("REDIS_URL", self.through(Link::ApiRedis(j), &redis.url, redis.port()));
            self.common(recipe).build()
        };
        ports.into_iter().enumerate().map(build).collect()
    }

    pub(super) fn gateways(&self, redis: &ClusterRedis) -> Vec<Node> {
        let build = |i: usize| {
            let api = |j| format!("http://{}", self.links.address(Link::GatewayApi(i, j)));
            let apis: Vec<String> = (0..self.plan.apis).map(api).collect();
            let recipe =
                NodeRecipe::new(&format!("gateway-{}", i + 1), &self.programs[0], Ports::claim(), self.logs)
                    .env("API_URLS", apis.join(","))
                    .env("REDIS_URL", self.through(Link::GatewayRedis(i), &redis.url, redis.port()));
            self.common(recipe).build()
        };
        (0..self.plan.gateways).map(build).collect()
    }

    /// What the nodes share and nobody else may know.
    pub(super) fn secrets(&self) -> Vec<(&'static str, String)> {
        let own = [("JWT_SECRET", &self.secrets.jwt), ("INTERNAL_SECRET", &self.secrets.internal)];
        own.map(|(name, ours)| (name, self.plan.environment.get(name).unwrap_or(ours).clone())).into()
    }

    fn common(&self, recipe: NodeRecipe) -> NodeRecipe {
        let recipe = recipe
            .env("JWT_SECRET", &self.secrets.jwt)
            .env("INTERNAL_SECRET", &self.secrets.internal)
            .env("TRUSTED_PROXIES", "127.0.0.1");
        self.plan.environment.iter().fold(recipe, |recipe, (name, value)| recipe.env(name, value))
    }

    /// The URL with the address that this link is dialled at.
    fn through(&self, link: Link, url: &str, port: u16) -> String {
        url.replace(&format!("127.0.0.1:{port}"), &self.links.address(link).to_string())
    }
}
