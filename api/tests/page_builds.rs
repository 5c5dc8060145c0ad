//! Two builds of the web client served side by side, as while nodes are updated: a page finds its files at either node.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rest_support;

use bytes::Bytes;
use futures_util::future::join_all;
use rest_support::{Answer, MemoryShelf, Node};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use testkit::eventually;

/// The files that the node's page names.
async fn files_of(node: &Node) -> Vec<String> {
    let page = node.get("/").send().await;
    page.text.split('"').filter(|part| part.starts_with("/b/")).map(str::to_owned).collect()
}

fn build_of(path: &str) -> String {
    path.split('/').nth(2).unwrap().to_owned()
}

async fn two_builds(shelf: &Arc<MemoryShelf>) -> (Node, Node) {
    let old = Node::made().with_shelf(shelf.clone()).start().await;
    let new =
        old.beside().with_file("another.txt", "of the next release").with_shelf(shelf.clone()).start().await;
    (old, new)
}

/// What counts of an answer.
fn told(answer: &Answer) -> (u16, String, [Option<String>; 4]) {
    let names = ["content-type", "cache-control", "content-encoding", "x-content-type-options"];
    (answer.status, answer.text.clone(), names.map(|name| answer.header(name).map(str::to_owned)))
}

#[tokio::test]
async fn a_page_finds_all_its_files_at_a_node_of_another_build() {
    let shelf = Arc::new(MemoryShelf::default());
    let (old, new) = two_builds(&shelf).await;
    let (of_old, of_new) = (files_of(&old).await, files_of(&new).await);
    assert_ne!(build_of(&of_old[0]), build_of(&of_new[0]), "the premise: they are two");
    for (paths, own, other) in [(of_old, &old, &new), (of_new, &new, &old)] {
        assert!(paths.len() > 50, "{}", paths.len());
        // At once, as a browser asks.
        let there =
            join_all(paths.iter().map(|path| other.get(path).header("accept-encoding", "br").send())).await;
        for (path, there) in paths.iter().zip(there) {
            let here = own.get(path).header("accept-encoding", "br").send().await;
            assert_eq!(here.status, 200, "{path}");
            assert_eq!(told(&there), told(&here), "{path}");
        }
    }
    assert_eq!(shelf.asked.load(Ordering::SeqCst), 2, "each build was fetched once");
}

/// By that an open page learns that there is a newer one.
#[tokio::test]
async fn whoever_asks_whether_a_build_is_served_now_gets_no_for_another_nodes() {
    let (old, new) = two_builds(&Arc::default()).await;
    let script = files_of(&old).await.pop().unwrap();
    assert_eq!(new.get(&script).send().await.status, 200);
    assert_eq!(new.call("HEAD", &script).send().await.status, 404);
    assert_eq!(old.call("HEAD", &script).send().await.status, 200);
}

#[tokio::test]
async fn what_no_node_has_is_not_found_and_most_of_it_not_even_looked_for() {
    let shelf = Arc::new(MemoryShelf::default());
    let (old, new) = two_builds(&shelf).await;
    let build = build_of(&files_of(&old).await[0]);
    for path in
        [format!("/b/{build}/nothing.js"), format!("/b/{build}/../package.json"), format!("/b/{build}/")]
    {
        new.get(&path).send().await.refused(404, "not_found");
    }
    new.get("/b/0000000000000000/main.js").send().await.refused(404, "not_found");
    let asked = shelf.asked.load(Ordering::SeqCst);
    let own = build_of(&files_of(&new).await[0]);
    for build in [&own, "", "0", "000000000000000g", "00000000000000000", "im:{p1}:u:7"] {
        new.get(&format!("/b/{build}/nothing.js")).send().await.refused(404, "not_found");
    }
    assert_eq!(shelf.asked.load(Ordering::SeqCst), asked);
}

/// What lies there becomes script in somebody's browser: whoever can write to Redis is not enough to put it there.
#[tokio::test]
async fn what_no_node_put_there_is_not_served() {
    let shelf = Arc::new(MemoryShelf::default());
    let (old, new) = two_builds(&shelf).await;
    let [of_old, of_new] = [files_of(&old).await, files_of(&new).await].map(|paths| build_of(&paths[0]));
    let whole = shelf.things.lock().unwrap()[&of_old].clone();
    let mut altered = whole.to_vec();
    *altered.last_mut().unwrap() ^= 1;
    let elses = shelf.things.lock().unwrap()[&of_new].clone();
    let path = format!("/b/{of_old}/main.js");
    for bytes in [altered.into(), whole.slice(..40), whole.slice(..10), Bytes::new(), elses] {
        shelf.things.lock().unwrap().insert(of_old.clone(), bytes);
        new.get(&path).send().await.refused(404, "not_found");
    }
    shelf.things.lock().unwrap().insert(of_old.clone(), whole);
    let stranger =
        old.beside().with_secret(b"the secret of another cluster, 32 bytes").with_file("another.txt", "");
    let stranger = stranger.with_shelf(shelf).start().await;
    stranger.get(&path).send().await.refused(404, "not_found");
    assert_eq!(new.get(&path).send().await.status, 200, "the premise: it is there");
}

#[tokio::test]
async fn without_the_shelf_a_node_starts_serves_its_own_and_shares_it_when_the_shelf_is_back() {
    let shelf = Arc::new(MemoryShelf::default());
    shelf.is_away.store(true, Ordering::SeqCst);
    let (old, new) = two_builds(&shelf).await;
    let script = files_of(&old).await.pop().unwrap();
    assert_eq!(old.get(&script).send().await.status, 200);
    new.get(&script).send().await.refused(404, "not_found");
    shelf.is_away.store(false, Ordering::SeqCst);
    eventually("it is shared", async || (new.get(&script).send().await.status == 200).then_some(())).await;
}
