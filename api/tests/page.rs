//! The web client as it is served: its page, its files, how they are packed and kept, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use rest_support::{Answer, Node};

const FOR_EVER: Option<&str> = Some("public, max-age=31536000, immutable");

/// The files that the page names.
async fn files_of(node: &Node) -> Vec<String> {
    let page = node.get("/").send().await;
    let files = page.text.split('"').filter(|part| part.starts_with("/b/")).map(str::to_owned);
    let files: Vec<String> = files.collect();
    assert!(files.len() >= 3, "{files:?}");
    files
}

/// The script of the page.
async fn script_of(node: &Node) -> String {
    let files = files_of(node).await;
    files.into_iter().find(|file| file.ends_with("/main.js")).unwrap()
}

fn vary(answer: &Answer) -> bool {
    answer.headers.get_all("vary").iter().any(|value| value == "Accept-Encoding")
}

#[tokio::test]
async fn the_page_names_its_build_and_its_files_are_kept_for_ever() {
    let node = Node::start().await;
    let page = node.get("/").send().await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
    for inline in ["<script>", "<style", " style=", " onclick=", " onload=", "\"./", "javascript:"] {
        assert!(!page.text.contains(inline), "{inline} in {}", page.text);
    }
    for path in files_of(&node).await {
        let file = node.get(&path).send().await;
        assert_eq!((file.status, file.header("cache-control")), (200, FOR_EVER), "{path}");
        let kind = file.header("content-type").unwrap();
        let expected = [
            (".js", "text/javascript"),
            (".css", "text/css"),
            (".svg", "image/svg+xml"),
            (".png", "image/png"),
            (".webmanifest", "application/manifest+json"),
        ];
        let known = expected.iter().any(|(end, mime)| path.ends_with(end) && kind.starts_with(mime));
        assert!(known, "{path}: {kind}");
    }
}

#[tokio::test]
async fn the_policy_lets_own_files_work_and_nothing_that_is_written_into_a_page() {
    let node = Node::start().await;
    let page = node.get("/").send().await;
    let policy = page.header("content-security-policy").unwrap();
    let rules: Vec<&str> = policy.split(';').map(str::trim).collect();
    let needed = [
        // What is not named, such as object-src, falls back to it.
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types worker",
    ];
    for rule in needed {
        assert!(rules.contains(&rule), "{rule} in {policy}");
    }
    for never in ["unsafe-", "*", "http:", "https:", "strict-dynamic", "nonce-"] {
        assert!(!policy.contains(never), "{never} in {policy}");
    }
}

#[tokio::test]
async fn the_worker_lies_at_the_top_knows_the_build_of_the_page_and_is_asked_for_again_each_time() {
    let node = Node::start().await;
    let script = script_of(&node).await;
    let worker = node.get("/sw.js").send().await;
    assert_eq!((worker.status, worker.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let page = node.get("/").send().await;
    assert_eq!(worker.header("content-security-policy"), page.header("content-security-policy"));
    let own = format!("\"{}\"", script.trim_end_matches("main.js"));
    assert!(worker.text.contains(&own), "{own} in {}", worker.text);
    assert!(!worker.text.contains("\"./"), "nothing is left that leads nowhere");
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let node = Node::start().await;
    let page = node.get("/").send().await;
    let tag = page.header("etag").unwrap();
    let strong = tag.trim_start_matches("W/");
    let lists = [tag, strong, "*", &format!("\"other\", {tag}"), &format!("W/\"a,b\",{strong} , \"c\"")];
    for tags in lists {
        let again = node.get("/").header("if-none-match", tags).send().await;
        assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", Some(tag)), "{tags}");
        assert_eq!(again.header("cache-control"), Some("no-cache"));
        assert!(
            vary(&again) && again.header("content-security-policy") == page.header("content-security-policy")
        );
    }
    for tags in ["\"other\"", "", "W/", "\"\"", strong.trim_matches('"')] {
        assert_eq!(node.get("/").header("if-none-match", tags).send().await.status, 200, "{tags}");
    }
}

#[tokio::test]
async fn text_goes_out_packed_as_the_client_takes_it_and_is_the_same_text() {
    let node = Node::start().await;
    for path in ["/".to_owned(), script_of(&node).await] {
        let plain = node.get(&path).send().await;
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        assert!(vary(&plain), "a cache may not give a packed file to who takes none");
        let mut sizes = vec![size(&plain)];
        for (takes, coding) in [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "br")] {
            let packed = node.get(&path).header("accept-encoding", takes).send().await;
            assert_eq!(packed.header("content-encoding"), Some(coding), "{path}");
            assert_eq!(packed.header("content-type"), plain.header("content-type"));
            assert_eq!(packed.header("etag"), plain.header("etag"));
            assert!(vary(&packed) && packed.text == plain.text, "{path}");
            sizes.push(size(&packed));
        }
        assert!(sizes.is_sorted_by(|one, next| one > next), "{path}: {sizes:?}");
        let refused = node.get(&path).header("accept-encoding", "br;q=0, gzip;q=0").send().await;
        assert_eq!((refused.header("content-encoding"), size(&refused)), (None, sizes[0]));
    }
}

fn size(answer: &Answer) -> usize {
    answer.header("content-length").unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_holds_secrets_is_never_packed() {
    let node = Node::start().await;
    let alice = node.register("alice").await;
    for path in ["/api/users/me", "/api/conversations", "/api/nothing", "/api/openapi.json"] {
        let answer = alice.get(&node, path).header("accept-encoding", "gzip, br").send().await;
        assert!(answer.header("content-encoding").is_none() && !vary(&answer), "{path}");
    }
}

#[tokio::test]
async fn head_says_what_get_would_and_sends_nothing() {
    let node = Node::start().await;
    for path in ["/".to_owned(), "/sw.js".to_owned(), script_of(&node).await] {
        for takes in ["identity", "br"] {
            let get = node.get(&path).header("accept-encoding", takes).send().await;
            let head = node.call("HEAD", &path).header("accept-encoding", takes).send().await;
            assert_eq!((head.status, head.text.as_str()), (200, ""));
            let telling =
                ["content-type", "content-length", "content-encoding", "cache-control", "etag", "vary"];
            for name in telling {
                assert_eq!(head.header(name), get.header(name), "{name} of {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_file_of_another_build_is_gone_and_no_cache_keeps_that() {
    let node = Node::start().await;
    let script = script_of(&node).await;
    let (build, _) = script["/b/".len()..].split_once('/').unwrap();
    let other = script.replace(build, "0000000000000000");
    let missing = script.replace("main.js", "nothing.js");
    for path in [&other, &missing, &format!("/b/{build}"), &format!("/b/{build}/"), &"/b/".to_owned()] {
        for method in ["GET", "HEAD"] {
            let answer = node.call(method, path).header("accept-encoding", "br").send().await;
            assert_eq!((answer.status, answer.header("cache-control")), (404, Some("no-store")), "{path}");
        }
        node.get(path).send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let node = Node::start().await;
    let script = script_of(&node).await;
    let folder = script.trim_end_matches("main.js");
    let paths = [
        "../package.json",
        "..%2fpackage.json",
        "%2e%2e/package.json",
        "..%5cpackage.json",
        "net/../../package.json",
        "%2fetc%2fpasswd",
        "main.js%00",
        "main.js%00.css",
        "MAIN.JS",
        "net",
        "net/",
    ];
    for path in paths {
        node.get(&format!("{folder}{path}")).send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn what_browsers_ask_for_by_themselves_is_refused_like_anything_else() {
    let node = Node::start().await;
    for path in ["/favicon.ico", "/robots.txt", "/index.html", "/main.js"] {
        node.get(path).send().await.refused(404, "not_found");
    }
}
