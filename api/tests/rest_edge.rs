//! What holds for every route: its headers, its other methods, pages of other origins, and a database that is
//! gone.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use rest_support::{Answer, Call, Node, PASSWORD, Person, Route, routes};
use serde_json::json;
use shared::serve::health::Checked;

/// Every address of the node, with some that are none.
fn addresses(node: &Node) -> Vec<Route> {
    let mut found = routes(&node.service.router());
    assert!(found.len() > 25, "the premise: the router was walked");
    let none = ["/nothing", "/api", "/api/nothing", "/api/auth", "/api/users/1/2", "/favicon.ico"];
    found.extend(none.map(|path| Route { path: path.to_owned(), method: "GET".to_owned() }));
    found
}

fn check_headers(answer: &Answer) {
    let is =
        |name: &str, value: &str| assert_eq!(answer.header(name), Some(value), "{name} of {}", answer.call);
    is("x-content-type-options", "nosniff");
    is("x-frame-options", "DENY");
    is("referrer-policy", "no-referrer");
    assert_eq!(answer.header("strict-transport-security"), None, "{}", answer.call);
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy} of {}", answer.call);
    let is_file = answer.status < 400
        && (answer.call.ends_with(" /")
            || answer.call.ends_with(" /sw.js")
            || answer.call.contains(" /b/")
            || answer.call.contains(" /api/docs"));
    if !is_file {
        is("cache-control", "no-store");
    }
}

#[tokio::test]
async fn every_answer_of_every_route_has_the_headers_and_so_has_every_refusal() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let junk = |call: Call<'static>| call.text("application/json", "{").send();
    let node: &'static Node = Box::leak(Box::new(node));
    for route in addresses(node) {
        let path = route.filled("1");
        check_headers(&node.call(&route.method, &path).send().await);
        check_headers(&node.call(&route.method, &path).token(&alice.token).send().await);
        check_headers(&junk(node.call(&route.method, &path).token(&alice.token)).await);
        check_headers(&node.call("PUT", &path).send().await);
        check_headers(&node.call("OPTIONS", &path).send().await);
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has() {
    let node = Node::start().await;
    for route in routes(&node.service.router()) {
        let path = route.filled("1");
        for method in ["PUT", "TRACE", "BREW"] {
            let answer = node.call(method, &path).send().await;
            answer.refused(405, "method_not_allowed");
            assert!(answer.header("allow").unwrap().contains(&route.method), "{method} {path}");
        }
    }
    let me = node.call("DELETE", "/api/users/me").send().await;
    assert_eq!(me.header("allow"), Some("GET, PATCH"));
}

#[tokio::test]
async fn what_is_no_address_is_not_found_in_json() {
    let node = Node::start().await;
    for path in
        ["/nothing", "/api", "/api/", "/api/nothing", "/api/users/1/2", "/api/auth", "/b", "/index.html"]
    {
        for method in ["GET", "POST", "DELETE"] {
            node.call(method, path).send().await.refused(404, "not_found");
        }
    }
}

#[tokio::test]
async fn https_is_kept_to_where_a_trusted_proxy_says_that_it_was_used() {
    let node = Node::made().with("TRUSTED_PROXIES", "0.0.0.0").start().await;
    let hsts = async |node: &Node, proto: &str| {
        let answer = node.get("/api/users/me").header("x-forwarded-proto", proto).send().await;
        answer.header("strict-transport-security").map(str::to_owned)
    };
    assert_eq!(hsts(&node, "https").await.as_deref(), Some("max-age=31536000"));
    assert_eq!(hsts(&node, "http, https").await.as_deref(), Some("max-age=31536000"));
    assert_eq!(hsts(&node, "https, http").await, None);
    assert_eq!(hsts(&Node::start().await, "https").await, None, "nobody is trusted there");
}

#[tokio::test]
async fn every_route_that_is_somebodys_own_wants_a_token() {
    let node = Node::start().await;
    let open =
        ["/api/about", "/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/api/auth/logout"];
    let calls = routes(&node.service.router()).into_iter().filter(|route| {
        let docs = route.path.starts_with("/api/docs") || route.path == "/api/openapi.json";
        route.path.starts_with("/api/") && !docs && !open.contains(&route.path.as_str())
    });
    let calls: Vec<Route> = calls.collect();
    assert_eq!(calls.len(), 21, "the table of the protocol");
    for route in calls {
        let answer = node.call(&route.method, &route.filled("1")).json(&json!({"x": 1})).send().await;
        assert_eq!((answer.status, answer.code()), (401, "unauthorized"), "{route:?}");
    }
}

#[tokio::test]
async fn pages_of_known_origins_may_call_and_no_others() {
    let node =
        Node::made().with("ALLOWED_ORIGINS", "https://friend.example,http://localhost:5173").start().await;
    let alice = node.register("alice").await;
    let friends =
        ["https://friend.example", "http://localhost:5173", "tauri://localhost", "http://tauri.localhost"];
    for origin in friends {
        for answer in asked_from(&node, &alice, origin).await {
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin), "{}", answer.call);
            let credentials = answer.header("access-control-allow-credentials");
            assert_eq!(credentials.is_some(), !origin.contains("tauri"), "{origin}");
            assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "Origin"));
        }
        let preflight = preflight(&node, origin).await;
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("access-control-allow-headers"), Some("authorization, content-type"));
        assert!(preflight.header("access-control-allow-methods").unwrap().contains("PATCH"));
    }
    let strangers = [
        "https://evil.example",
        "null",
        "*",
        "https://friend.example.evil.example",
        "http://friend.example",
        "https://friend.example:444",
        "https://sub.friend.example",
        "tauri://localhost.evil.example",
        "",
    ];
    for origin in strangers {
        for answer in asked_from(&node, &alice, origin).await {
            let shared = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!shared, "{origin} {}", answer.call);
        }
        preflight(&node, origin).await.refused(403, "bad_origin");
    }
}

#[tokio::test]
async fn the_desktop_apps_pages_ask_what_this_is_and_hold_their_own_refresh_token() {
    let node = Node::start().await;
    node.register("alice").await;
    for origin in ["tauri://localhost", "http://tauri.localhost"] {
        let about = node.get("/api/about").header("origin", origin).send().await;
        assert_eq!(about.header("access-control-allow-origin"), Some(origin));
        assert_eq!(about.expect(200), json!({"product": "im-tt", "protocol": 1}));
        let log_in = json!({"email": "alice@example.org", "password": PASSWORD});
        let session = node.post("/api/auth/login").header("origin", origin).json(&log_in).send().await;
        assert_eq!(session.header("set-cookie"), None);
        let session = session.expect(200);
        let token = json!({"refresh_token": session["refresh_token"]});
        let next = node.post("/api/auth/refresh").header("origin", origin).json(&token).send().await;
        assert_eq!(next.header("access-control-allow-origin"), Some(origin));
        let next = next.expect(200);
        assert_ne!(next["refresh_token"], session["refresh_token"]);
        let token = json!({"refresh_token": next["refresh_token"]});
        node.post("/api/auth/logout").header("origin", origin).json(&token).send().await.expect(204);
        node.post("/api/auth/refresh").json(&token).send().await.refused(401, "unauthorized");
    }
}

async fn asked_from(node: &Node, who: &Person, origin: &str) -> [Answer; 3] {
    [
        who.get(node, "/api/users/me").header("origin", origin).send().await,
        node.get("/api/users/me").header("origin", origin).send().await,
        node.get("/api/nothing").header("origin", origin).send().await,
    ]
}

async fn preflight(node: &Node, origin: &str) -> Answer {
    let call = node.call("OPTIONS", "/api/users/me").header("origin", origin);
    call.header("access-control-request-method", "PATCH").send().await
}

#[tokio::test]
async fn without_its_database_a_node_puts_everything_off_and_is_not_ready() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    assert_eq!(node.app.health().await.faults, [""; 0]);
    node.app.db.close().await;
    let bodies =
        json!({"email": "alice@example.org", "password": "something", "receiver_id": 1, "content": "x"});
    for path in ["/api/users/me", "/api/conversations", "/api/groups/list", "/api/auth/sessions"] {
        let answer = alice.get(&node, path).send().await;
        answer.refused(503, "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    let log_in = json!({"email": bodies["email"], "password": bodies["password"]});
    node.post("/api/auth/login").json(&log_in).send().await.refused(503, "unavailable");
    node.refresh(&alice.refresh_token).await.refused(503, "unavailable");
    assert_eq!(node.app.health().await.faults, ["the database does not answer"]);
    node.get("/").send().await.expect(200);
}

#[tokio::test]
async fn requests_are_measured_by_route_and_never_by_path() {
    let metrics = shared::metrics::install(shared::metrics::Program::Api, None).unwrap();
    let node = Node::start().await;
    let alice = node.register("alice").await;
    alice.get(&node, "/api/users/987654321").send().await.refused(404, "not_found");
    alice.get(&node, "/wp-login.php").send().await.refused(404, "not_found");
    node.call("BREW", "/api/users/987654321").send().await.refused(405, "method_not_allowed");
    let text = metrics.render();
    let measured = |method: &str, route: &str, status: u16| {
        let labels =
            [format!("route=\"{route}\""), format!("method=\"{method}\""), format!("status=\"{status}\"")];
        text.lines().any(|line| {
            line.starts_with("imtt_http_request_duration_seconds_count")
                && labels.iter().all(|label| line.contains(label))
        })
    };
    assert!(measured("GET", "/api/users/{id}", 404), "{text}");
    assert!(measured("GET", "none", 404) && measured("other", "/api/users/{id}", 405), "{text}");
    assert!(!text.contains("987654321") && !text.contains("wp-login") && !text.contains("BREW"));
}
