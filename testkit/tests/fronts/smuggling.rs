//! Requests that two readers may take for another number of requests each. Whatever a proxy makes of one, it is refused, or it
//! reaches the node as the one request that it begins as; and both proxies of `deploy` do the same, but where it is said.

use super::{front, plan};
use serde_json::Value;
use std::time::Duration;
use testkit::cluster::{Cluster, ClusterPlan, FrontKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(10);
/// What is to be taken for content, or not at all.
const SMUGGLED: &str = "POST /smuggled HTTP/1.1\r\nHost: chat\r\nContent-Length: 0\r\n\r\n";
/// Follows on the same connection, and ends it: what is answered before it is all that was taken for a request. A proxy
/// that does not trust the connection any more never gets to it.
const LAST: &str = "POST /last HTTP/1.1\r\nHost: chat\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It reaches no node.
    Refused,
    /// It reaches a node, once, and as what it begins as.
    Taken,
}
use Verdict::{Refused, Taken};

/// The headers and the content of a `POST /api/x`, and what becomes of it: before HAProxy, before nginx. They differ where HAProxy
/// puts right, as RFC 9112 lets it, what nginx refuses: it drops a `Content-Length` beside a `Transfer-Encoding`, makes one of
/// two equal ones, and a space of a folded line.
const POSTS: [(&str, &str, Verdict, Verdict); 24] = [
    ("Content-Length: 2", "{}", Taken, Taken),
    ("Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n", Taken, Taken),
    ("Content-Length: 63\r\nTransfer-Encoding: chunked", "0\r\n\r\n+", Taken, Refused),
    ("Transfer-Encoding: chunked\r\nContent-Length: 3", "8\r\nSMUGGLED\r\n0\r\n\r\n", Taken, Refused),
    ("Content-Length: 0\r\nContent-Length: 58", "+", Refused, Refused),
    ("Content-Length: 2\r\nContent-Length: 2", "{}", Taken, Refused),
    ("Content-Length: 0, 58", "+", Refused, Refused),
    ("Content-Length: +2", "{}", Refused, Refused),
    ("Content-Length: -1", "{}", Refused, Refused),
    ("Content-Length: 0x2", "{}", Refused, Refused),
    ("Content-Length: ", "", Refused, Refused),
    ("Content-Length: 99999999999999999999", "", Refused, Refused),
    ("Transfer-Encoding: identity\r\nContent-Length: 2", "{}", Refused, Refused),
    ("Transfer-Encoding: xchunked\r\nContent-Length: 2", "{}", Refused, Refused),
    ("Transfer-Encoding: chunked, identity", "0\r\n\r\n", Refused, Refused),
    ("Transfer-Encoding: identity, chunked", "0\r\n\r\n", Refused, Refused),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n", Refused, Refused),
    ("Transfer-Encoding: \u{b}chunked\r\nContent-Length: 2", "{}", Refused, Refused),
    ("Transfer-Encoding : chunked\r\nContent-Length: 2", "{}", Refused, Refused),
    ("Transfer-Encoding:\r\n chunked\r\nContent-Length: 2", "{}", Refused, Refused),
    ("X-Folded: one\r\n two\r\nContent-Length: 2", "{}", Taken, Refused),
    ("Transfer-Encoding: chunked", "2x\r\n{}\r\n0\r\n\r\n", Refused, Refused),
    ("Transfer-Encoding: chunked", "-2\r\n{}\r\n0\r\n\r\n", Refused, Refused),
    ("Host: evil\r\nContent-Length: 2", "{}", Refused, Refused),
];

/// Upgrades that are none of ours: where, by which headers. Each is answered as if nothing had been asked but the page.
const UPGRADES: [(&str, &str); 5] = [
    (
        "/api/x",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    ),
    (
        "/api/ws",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    ),
    ("/api/ws", "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket"),
    ("/api/ws", "Connection: Upgrade\r\nUpgrade: h2c, websocket"),
    ("/api/x", "Connection: Upgrade\r\nUpgrade: websocket"),
];

pub async fn a_request_is_one_request_or_none(kind: FrontKind) {
    let cluster = Cluster::start(ClusterPlan { apis: 1, ..plan(kind) }).await;
    let address = front(&cluster).address.trim_start_matches("http://").to_owned();
    for (headers, content, haproxy, nginx) in POSTS {
        let expected = if kind == FrontKind::HaProxy { haproxy } else { nginx };
        let before = asked(&cluster).await.len();
        let content = content.replace('+', SMUGGLED);
        let request = format!("POST /api/x HTTP/1.1\r\nHost: chat\r\n{headers}\r\n\r\n{content}{LAST}");
        let answer = statuses(&text(&address, &request, |_| false).await);
        let mut reached = asked(&cluster).await.split_off(before);
        reached.retain(|path| path != "/last");
        let first = answer.first().map(String::as_str).unwrap_or_default();
        let (wanted, holds) = match expected {
            Taken => (vec!["/api/x"], first == "200" && answer.len() <= 2),
            Refused => (vec![], first.starts_with('4') || first == "501"),
        };
        assert!(holds, "{headers:?} was not {expected:?}: {answer:?}");
        assert_eq!(reached, wanted, "{headers:?}: {answer:?}");
    }
    for (path, headers) in UPGRADES {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: chat\r\n{headers}\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let answer = text(&address, &request, is_whole).await;
        assert_eq!(statuses(&answer), ["200"], "{path} {headers:?}: {answer}");
        let told = answer.to_ascii_lowercase();
        assert!(!told.contains("\"upgrade\"") && !told.contains("http2-settings"), "{headers:?}: {answer}");
    }
}

/// What reached the api by POST so far.
async fn asked(cluster: &Cluster) -> Vec<String> {
    let answer: Value = cluster.apis[0].server().get("/asked").await.expect_status(200);
    let asked = answer["asked"].as_array().unwrap();
    asked.iter().map(|path| path.as_str().unwrap().to_owned()).collect()
}

fn statuses(answer: &str) -> Vec<String> {
    answer.split("HTTP/1.").skip(1).filter_map(|rest| Some(rest.get(2..5)?.to_owned())).collect()
}

/// Sends it, and reads to the end, or until it is enough.
async fn text(address: &str, request: &str, is_enough: fn(&[u8]) -> bool) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    let reading = async {
        // Whoever refuses a request may reset the connection on what follows it.
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            answer.extend_from_slice(&piece[..length]);
            if is_enough(&answer) {
                break;
            }
        }
    };
    timeout(LIMIT, reading).await.expect("an answer comes");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whether all of the first answer is there, by its `Content-Length`.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let Some((head, content)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    length.is_some_and(|length: usize| content.len() >= length)
}
