//! The OpenAPI document says what the router does, and the pages work under the policies that they are given.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rest_support::{Node, Route, routes};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

async fn document(node: &Node) -> Value {
    let answer = node.get("/api/openapi.json").send().await;
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    answer.expect(200)
}

#[tokio::test]
async fn the_document_lists_every_call_of_the_router_and_no_other() {
    let node = Node::start().await;
    let document = document(&node).await;
    let mut listed = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            listed.push(Route { path: path.clone(), method: method.to_uppercase() });
        }
    }
    listed.sort();
    let is_call = |route: &Route| {
        let docs = route.path.starts_with("/api/docs") || route.path == "/api/openapi.json";
        route.path.starts_with("/api/") && !docs
    };
    let served: Vec<Route> = routes(&node.service.router()).into_iter().filter(is_call).collect();
    assert_eq!(listed, served);
}

#[tokio::test]
async fn the_document_says_which_calls_want_a_token_and_what_is_refused() {
    let node = Node::start().await;
    let document = document(&node).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answer = node.call(&method.to_uppercase(), &path.replace("{id}", "1")).send().await;
            let wants_token = answer.code() == "unauthorized"
                && !path.starts_with("/api/auth/refresh")
                && !path.starts_with("/api/auth/logout");
            let says_so = operation["security"] == json!([{"bearer": []}]);
            assert_eq!(wants_token, says_so, "{method} {path}");
            assert!(operation["responses"]["default"].is_object(), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_document_changes_only_on_purpose() {
    let mut document = document(&Node::start().await).await;
    document["info"]["version"] = json!("[version]");
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[tokio::test]
async fn the_page_of_the_document_needs_nothing_that_its_policy_forbids() {
    let node = Node::start().await;
    let redirect = node.get("/api/docs").send().await;
    assert_eq!((redirect.status, redirect.header("location")), (308, Some("/api/docs/index.html")));
    let page = node.get("/api/docs/index.html").send().await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
    let policy = page.header("content-security-policy").unwrap();
    for tag in ["script", "style"] {
        let inline =
            page.text.split(&format!("<{tag}>")).nth(1).unwrap().split(&format!("</{tag}>")).next().unwrap();
        let hash = STANDARD.encode(Sha256::digest(inline));
        assert!(policy.contains(&format!("{tag}-src 'self' 'sha256-{hash}'")), "{policy}");
    }
    for part in page.text.split(['"', '\'']).filter(|part| part.starts_with("./")) {
        let file = node.get(&format!("/api/docs/{}", &part[2..])).send().await;
        assert_eq!(file.status, 200, "{part}");
    }
    assert!(
        !page.text.contains("//unpkg") && !page.text.contains("src=\"http"),
        "everything comes from here"
    );
    node.get("/api/docs/nothing.js").send().await.refused(404, "not_found");
}
