//! The routes of a router, read from the router itself.

use salvo::Router;
use salvo::routing::FilterInfo;

/// A method and a path pattern, as `/api/users/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub path: String,
    pub method: String,
}

impl Route {
    /// The path with something in place of its parameters.
    pub fn filled(&self, id: &str) -> String {
        let parts = self.path.split('/').map(|part| if part.starts_with('{') { id } else { part });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Every route that has a method, sorted.
pub fn routes(router: &Router) -> Vec<Route> {
    let mut found = Vec::new();
    walk(router, "", None, &mut found);
    found.sort();
    found.dedup();
    found
}

fn walk(router: &Router, path: &str, method: Option<String>, found: &mut Vec<Route>) {
    let (mut path, mut method) = (path.to_owned(), method);
    for filter in router.filters() {
        match filter.info() {
            FilterInfo::Path(part) => path = format!("{path}/{}", part.trim_matches('/')),
            FilterInfo::Method(named) => method = Some(named.to_string()),
            _ => {}
        }
    }
    if router.goal.is_some()
        && let Some(method) = &method
    {
        // The top has no part of its own.
        let path = if path.is_empty() { "/".to_owned() } else { path.clone() };
        found.push(Route { path, method: method.clone() });
    }
    for child in router.routers() {
        walk(child, &path, method.clone(), found);
    }
}
