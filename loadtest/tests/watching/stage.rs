//! A cluster, an all-in-one beside it, an exporter beside each server that needs one, and Prometheus before all of them.

use crate::files::path;
use crate::prometheus::Prometheus;
use std::process::Command;
use tempfile::TempDir;
use testkit::cluster::{FrontKind, FrontPlan};
use testkit::daemon::Recipe;
use testkit::port::SteadyPort;
use testkit::{Cluster, ClusterPlan, Daemon, eventually};

pub struct Stage {
    pub cluster: Cluster,
    /// The internal address of the all-in-one.
    pub all_in_one: String,
    pub prometheus: Prometheus,
    /// When Prometheus began to ask.
    pub since: f64,
    _beside: Vec<(Daemon, SteadyPort)>,
    /// Where people would use the all-in-one.
    _public: SteadyPort,
    _folder: TempDir,
}

impl Stage {
    pub async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // What is slow and what is much are reached soon, and a canary is sent each second.
        let front = Some(FrontPlan::of(FrontKind::HaProxy));
        let plan = ClusterPlan { proxies: true, front, ..ClusterPlan::default() }
            .env("RATE_LIMITS", "on")
            .env("CANARY_MS", "1000")
            .env("OUTBOX_BYTES", "32768")
            .env("SLOW_CLOSE_MS", "1000");
        let cluster = Cluster::start(plan).await;
        let (mut beside, mut targets) = (Vec::new(), Vec::new());
        let mut start = |job, recipe: Recipe, port: SteadyPort| {
            targets.push((job, vec![format!("127.0.0.1:{}", port.number())]));
            let daemon = Daemon::new(recipe);
            daemon.start();
            beside.push((daemon, port));
        };
        let exporter = |name, program: &str| {
            let port = SteadyPort::claim();
            (Recipe::new(name, program, folder.path()), format!("127.0.0.1:{}", port.number()), port)
        };

        let (recipe, listen, port) = exporter("database", "prometheus-mysqld-exporter");
        let (user, host) = parts(&cluster.mariadb.admin_url);
        let recipe = recipe.arg("--collect.slave_status").arg(format!("--web.listen-address={listen}"));
        start("database", recipe.env("DATA_SOURCE_NAME", format!("{user}@({host})/")), port);

        let (recipe, listen, port) = exporter("redis", "prometheus-redis-exporter");
        let (user, host) = parts(&cluster.redis.url);
        let password = user.split_once(':').unwrap().1;
        let recipe = recipe.arg(format!("-web.listen-address={listen}"));
        start(
            "redis",
            recipe.env("REDIS_ADDR", format!("redis://{host}")).env("REDIS_PASSWORD", password),
            port,
        );

        let (recipe, listen, port) = exporter("machine", "prometheus-node-exporter");
        let texts = format!("--collector.textfile.directory={}", folder.path().display());
        start("machine", recipe.arg(format!("--web.listen-address={listen}")).arg(texts), port);
        for (what, outcome) in [("backup", "ok"), ("restore_drill", "ok"), ("restore_drill", "failed")] {
            note_run(&folder, what, outcome);
        }

        let (_, listen, port) = exporter("im-tt", "im-tt");
        let public = SteadyPort::claim();
        let program = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("im-tt");
        let recipe = Recipe::new("im-tt", program, folder.path())
            .env("LISTEN", format!("127.0.0.1:{}", public.number()))
            .env("INTERNAL_LISTEN", &listen)
            .env("DATA_DIR", folder.path().join("data").display().to_string())
            .env("CANARY_MS", "1000");
        start("gateway", recipe, port);
        let all_in_one = format!("http://{listen}");

        let host = |url: &String| url.strip_prefix("http://").unwrap().to_owned();
        targets.push(("api", cluster.apis.iter().map(|node| host(&node.internal)).collect()));
        let gateways = targets.iter_mut().find(|(job, _)| *job == "gateway").unwrap();
        gateways.1.extend(cluster.gateways.iter().map(|node| host(&node.internal)));
        targets.push(("haproxy", vec![host(&cluster.front.as_ref().unwrap().stats)]));
        let since = crate::prometheus::now();
        let prometheus = Prometheus::start(folder.path(), &targets);
        prometheus.wait_for(targets.iter().map(|(_, addresses)| addresses.len()).sum()).await;
        Self { cluster, all_in_one, prometheus, since, _beside: beside, _public: public, _folder: folder }
    }

    /// What a program exports.
    pub async fn scrape(&self, internal: &str) -> String {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        eventually(format!("metrics of {internal}"), async || {
            http.get(format!("{internal}/metrics")).send().await.ok()?.text().await.ok()
        })
        .await
    }
}

/// `user:password` and `host:port` of a URL.
fn parts(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").unwrap().1;
    let (user, rest) = rest.rsplit_once('@').unwrap();
    (user, rest.split('/').next().unwrap())
}

/// Says what operators' backups say.
fn note_run(folder: &TempDir, what: &str, outcome: &str) {
    let script = path("deploy/scripts/note-run.sh");
    let ended = Command::new("bash").arg(script).arg(folder.path()).args([what, outcome]).status().unwrap();
    assert!(ended.success());
}
