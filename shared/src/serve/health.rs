//! The internal port's open part: `/livez`, `/readyz` and `/metrics`. Red only for a node's own fault; what
//! is gone for everybody is `degraded`, and the node serves what can be served.

use crate::metrics::runtime;
use async_trait::async_trait;
use metrics_exporter_prometheus::PrometheusHandle;
use metrics_process::Collector;
use salvo::http::StatusCode;
use salvo::writing::{Json, Text};
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router};
use serde::Serialize;
use std::sync::Arc;

/// What a node says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Its own faults: any makes it not ready.
    pub faults: Vec<String>,
    /// What others lack: it is ready and says so.
    pub degraded: Vec<String>,
}

/// Something that can be asked how it is. Answers within a second or two.
#[async_trait]
pub trait Checked: Send + Sync + 'static {
    /// Looks now.
    async fn health(&self) -> Health;
}

/// The routes of health and metrics.
pub fn router(node: Arc<dyn Checked>, metrics: PrometheusHandle) -> Router {
    Router::new()
        .push(Router::with_path("livez").get(Live))
        .push(Router::with_path("readyz").get(Ready(node)))
        .push(Router::with_path("metrics").get(Metrics::of(metrics)))
}

/// The event loop turns: that this is answered says it.
struct Live;
struct Ready(Arc<dyn Checked>);
struct Metrics {
    handle: PrometheusHandle,
    process: Collector,
}

impl Metrics {
    fn of(handle: PrometheusHandle) -> Self {
        let process = Collector::default();
        process.describe();
        Self { handle, process }
    }
}

#[async_trait]
impl Handler for Live {
    async fn handle(&self, _: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        res.render(Text::Plain("live\n"));
    }
}

#[async_trait]
impl Handler for Ready {
    async fn handle(&self, _: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        let health = self.0.health().await;
        let ready = health.faults.is_empty();
        res.status_code(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE });
        res.render(Json(serde_json::json!({
            "ready": ready, "faults": health.faults, "degraded": health.degraded,
        })));
    }
}

#[async_trait]
impl Handler for Metrics {
    async fn handle(&self, _: &mut Request, _: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        self.process.collect();
        runtime::look();
        self.handle.run_upkeep();
        res.render(Text::Plain(self.handle.render()));
    }
}
