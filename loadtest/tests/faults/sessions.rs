//! Sessions that end on one node and have connections on another.

use crate::town::Town;
use testkit::cluster::Link;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_out_at_an_api_closes_the_sessions_connections_on_every_gateway_and_no_others() {
    let town = Town::found().await;
    let alice = town.person("alice").await;
    let phone = town.cluster.apis[1].server().log_in("alice").await;
    let mut here = town.connect(&alice, 0).await;
    let mut there = town.connect(&alice, 1).await;
    let mut phones = town.connect(&phone, 1).await;
    alice.log_out().await;
    here.expect_close(4502).await;
    there.expect_close(4502).await;
    phones.expect_silence().await;
    alice.get("/api/users/me").await.expect_error(401, "unauthorized");
    drop(phone.get("/api/users/me").await.expect_status(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_did_not_hear_of_a_log_out_finds_it_when_it_hears_again() {
    let town = Town::found().await;
    let alice = town.person("alice").await;
    let mut there = town.connect(&alice, 1).await;
    let link = town.cluster.link(Link::GatewayRedis(1));
    link.drop_silently();
    alice.log_out().await;
    there.expect_silence().await;
    assert!(link.counts().dropped[1] > 0, "the premise: the gateway was told, and did not hear");
    link.heal();
    there.expect_close(4502).await;
}
