//! How long requests take, by route, method and status. The route is the pattern that matched and never the
//! path that was asked for, which may hold an id and of which there are without end.

use salvo::http::Method;
use salvo::{Depot, FlowCtrl, Request, Response, handler};
use shared::metrics::HTTP_SECONDS;
use std::time::Instant;

/// Counts a request once it is answered.
#[handler]
pub async fn measure(req: &mut Request, depot: &mut Depot, res: &mut Response, ctrl: &mut FlowCtrl) {
    let begun = Instant::now();
    let route = route_of(req.matched_path());
    let method = method_of(req.method());
    ctrl.call_next(req, depot, res).await;
    let status = res.status_code.map_or(200, |status| status.as_u16()).to_string();
    let labels = [("route", route), ("method", method.to_owned()), ("status", status)];
    metrics::histogram!(HTTP_SECONDS, &labels).record(begun.elapsed().as_secs_f64());
}

fn route_of(matched: &str) -> String {
    // The catch-all at the end of the router matches what is no route.
    if matched.starts_with("{**") { "none".to_owned() } else { format!("/{matched}") }
}

/// A method that nobody knows is a word of the client's.
fn method_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
