//! Hostile input on every route: never a failure of the server, never a page of HTML, always the one shape of
//! a refusal. What [`rest_support::Answer`] asserts of every answer is asserted of these.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use rest_support::{Node, routes};
use serde_json::json;

/// Bodies that are no good request of any call.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = "[".repeat(100_000).into_bytes();
    let json = "application/json";
    let mut bodies: Vec<(&'static str, Vec<u8>)> = vec![
        (json, b"".to_vec()),
        (json, b"{".to_vec()),
        (json, b"null".to_vec()),
        (json, b"7".to_vec()),
        (json, b"\"text\"".to_vec()),
        (json, b"[]".to_vec()),
        (json, b"[\"a\",\"b@example.org\",\"12345678\",\"token\"]".to_vec()),
        (json, b"{\"a\":1}".to_vec()),
        (json, b"{\"a\":1,\"a\":2}".to_vec()),
        (json, b"{} {}".to_vec()),
        (json, b"{\"content\":\"\\ud800\"}".to_vec()),
        (json, b"{\"content\":\"\xff\xfe\"}".to_vec()),
        (json, b"\xef\xbb\xbf{}".to_vec()),
        (json, b"{\"__proto__\":{\"x\":1}}".to_vec()),
        (json, b"{\"group_id\":1e400}".to_vec()),
        (json, b"{\"group_id\":99999999999999999999}".to_vec()),
        (json, b"{\"group_id\":-9223372036854775808}".to_vec()),
        (json, b"{\"id\":{\"$gt\":0}}".to_vec()),
        (json, deep),
        (json, vec![0; 1000]),
        ("text/html", b"<script>alert(1)</script>".to_vec()),
        ("application/x-www-form-urlencoded", b"username=a&password=b".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--".to_vec()),
        ("application/json; charset=utf-16", b"{\x00}\x00".to_vec()),
    ];
    bodies.push((json, format!("{{\"content\":\"{}\"}}", "x".repeat(200_000)).into_bytes()));
    bodies
}

const IDS: [&str; 14] = [
    "0",
    "-1",
    "1.5",
    "x",
    "9223372036854775808",
    "%00",
    "%ff",
    "%252e%252e",
    "1%20OR%201=1",
    "';--",
    "%F0%9F%98%80",
    "1;2",
    "..%2f..%2fetc%2fpasswd",
    "{id}",
];

#[tokio::test]
async fn no_body_breaks_any_route() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    for route in routes(&node.service.router()) {
        // These two end the session that the others need; so would `DELETE /api/auth/sessions/1`.
        if route.path.ends_with("/logout") || route.path.ends_with("/deactivate") {
            continue;
        }
        for (kind, body) in bodies() {
            let call = node.call(&route.method, &route.filled("9")).token(&alice.token).bytes(kind, &body);
            let answer = call.send().await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let takes_a_body = matches!(route.method.as_str(), "POST" | "PATCH")
                && !route.path.ends_with("/conversations/read");
            assert!(answer.status < 500, "{route:?} {shown} {}", answer.text);
            assert!(answer.status >= 400 || !takes_a_body, "{route:?} took {shown}: {}", answer.text);
        }
    }
    assert!(alice.is_logged_in(&node).await);
}

#[tokio::test]
async fn no_id_breaks_any_route() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    for route in routes(&node.service.router()).into_iter().filter(|route| route.path.contains('{')) {
        for id in IDS {
            let answer = node.call(&route.method, &route.filled(id)).token(&alice.token).send().await;
            let refused = (400..500).contains(&answer.status);
            let redirected = route.path.starts_with("/api/docs") && answer.status < 400;
            assert!(refused || redirected, "{route:?} {id}: {} {}", answer.status, answer.text);
            assert!(!answer.text.contains("root:"));
        }
    }
}

#[tokio::test]
async fn no_query_and_no_header_breaks_any_route() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    let long = "x".repeat(30_000);
    let queries = [
        "?",
        "?&&&",
        "?=",
        "?%ff=%ff",
        "?receiver_id=%00",
        "?username=%ff",
        "?limit[]=1",
        "?a=1&a=2",
        "?receiver_id",
    ];
    for route in routes(&node.service.router()).into_iter().filter(|route| route.method == "GET") {
        for query in queries {
            let path = format!("{}{query}", route.filled("1"));
            assert!(node.get(&path).token(&alice.token).send().await.status < 500, "{path}");
        }
        for name in
            ["authorization", "cookie", "origin", "x-forwarded-for", "if-none-match", "accept", "user-agent"]
        {
            for value in [&b"\xff\xfe"[..], b"", b"a,b;c=d\"e", long.as_bytes()] {
                let answer = node.get(&route.filled("1")).raw_header(name, value).send().await;
                assert!(answer.status < 500, "{route:?} {name}");
            }
        }
        let html = node.get(&route.filled("x")).header("accept", "text/html").send().await;
        let is_page = html.status < 400;
        assert!(is_page || html.header("content-type").unwrap().starts_with("application/json"), "{route:?}");
    }
}

#[tokio::test]
async fn each_kind_of_bad_body_has_its_own_code() {
    let node = Node::start().await;
    let path = "/api/auth/login";
    node.post(path).send().await.refused(415, "unsupported_media_type");
    node.post(path).text("text/plain", "{}").send().await.refused(415, "unsupported_media_type");
    node.post(path).text("application/jsonp", "{}").send().await.refused(415, "unsupported_media_type");
    node.post(path).text("application/json", "{").send().await.refused(400, "bad_json");
    node.post(path).text("application/json", "hello").send().await.refused(400, "bad_json");
    node.post(path).text("application/json", "[]").send().await.refused(400, "bad_request");
    node.post(path).text("application/json", "{}").send().await.refused(400, "bad_request");
    let good = json!({"email": "a@example.org", "password": "x"});
    let with_charset =
        node.post(path).text("Application/JSON; charset=utf-8", &good.to_string()).send().await;
    with_charset.refused(401, "wrong_credentials");
    let largest = format!("{}{good}", " ".repeat(128 * 1024 - good.to_string().len()));
    node.post(path).text("application/json", &largest).send().await.refused(401, "wrong_credentials");
    node.post(path)
        .text("application/json", &format!(" {largest}"))
        .send()
        .await
        .refused(413, "body_too_large");
    node.post(path).text("text/plain", &"x".repeat(300_000)).send().await.refused(413, "body_too_large");
}
