//! A Prometheus with the configuration that operators get; only who is asked is this test's, and how often.

use crate::files::{names, path, read};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use testkit::daemon::Recipe;
use testkit::port::SteadyPort;
use testkit::{Daemon, within};

/// Instead of 15 s.
const EVERY: &str = "1s";

pub struct Prometheus {
    address: String,
    http: reqwest::Client,
    _daemon: Daemon,
    _port: SteadyPort,
}

impl Prometheus {
    /// Starts it; `targets`: for each job the addresses that it asks.
    pub fn start(folder: &Path, targets: &[(&str, Vec<String>)]) -> Self {
        let folder = folder.join("prometheus");
        fs::create_dir_all(folder.join("targets")).unwrap();
        fs::create_dir_all(folder.join("rules")).unwrap();
        for name in names("deploy/prometheus/rules") {
            fs::copy(path(&name), folder.join(name.strip_prefix("deploy/prometheus/").unwrap())).unwrap();
        }
        let settings = read("deploy/prometheus/prometheus.yml");
        let quick = settings.replace("_interval: 15s", &format!("_interval: {EVERY}"));
        assert_ne!(quick, settings);
        fs::write(folder.join("prometheus.yml"), quick).unwrap();
        for (job, addresses) in targets {
            let name = format!("targets/{job}.yml");
            assert!(settings.contains(&name), "the configuration has no {name}");
            fs::write(folder.join(name), serde_json::json!([{ "targets": addresses }]).to_string()).unwrap();
        }
        let port = SteadyPort::claim();
        let listen = format!("127.0.0.1:{}", port.number());
        let recipe = Recipe::new("prometheus", "prometheus", &folder)
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={listen}"));
        let daemon = Daemon::new(recipe);
        daemon.start();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        Self { address: format!("http://{listen}"), http, _daemon: daemon, _port: port }
    }

    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Option<Value> {
        let url = reqwest::Url::parse_with_params(&format!("{}/api/v1/{path}", self.address), query).unwrap();
        let body = self.http.get(url).send().await.ok()?.text().await.ok()?;
        let answer: Value = serde_json::from_str(&body).ok()?;
        assert_eq!(answer["status"], "success", "{query:?}: {answer}");
        Some(answer["data"].clone())
    }

    /// Waits until everybody who is to be asked has answered.
    pub async fn wait_for(&self, targets: usize) {
        within(Duration::from_secs(60), "every target to answer Prometheus", async || {
            let found = self.ask("query", &[("query", "up == 1")]).await?;
            (found["result"].as_array()?.len() == targets).then_some(())
        })
        .await;
    }

    /// The values of all series that an expression had since `start`, a second apart, that are numbers.
    pub async fn values(&self, expression: &str, start: f64) -> Vec<f64> {
        let (from, to) = (start.to_string(), now().to_string());
        let query = [("query", expression), ("start", &from), ("end", &to), ("step", "1")];
        let found = self.ask("query_range", &query).await.expect("Prometheus answers");
        let series = found["result"].as_array().unwrap().iter();
        let points = series.flat_map(|series| series["values"].as_array().unwrap());
        points
            .map(|point| point[1].as_str().unwrap().parse().unwrap())
            .filter(|value: &f64| value.is_finite())
            .collect()
    }

    /// Every name that anything was ever asked for had.
    pub async fn names(&self) -> BTreeSet<String> {
        let names = self.ask("label/__name__/values", &[]).await.expect("Prometheus answers");
        names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    /// The rules as Prometheus understands them: the name and the expression of each, and whether it is an alert.
    pub async fn rules(&self) -> Vec<(String, String, bool)> {
        let found = self.ask("rules", &[]).await.expect("Prometheus answers");
        let groups = found["groups"].as_array().unwrap().iter();
        let rules = groups.flat_map(|group| group["rules"].as_array().unwrap());
        let text = |rule: &Value, field: &str| rule[field].as_str().unwrap().to_owned();
        rules.map(|rule| (text(rule, "name"), text(rule, "query"), rule["type"] == "alerting")).collect()
    }
}

/// Seconds since 1970.
pub fn now() -> f64 {
    #[allow(clippy::disallowed_methods, reason = "Prometheus goes by the machine's clock")]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}
