//! One user has so many connections at most on a gateway: the newest is served, the oldest gives way.

use crate::support::World;
use crate::support::api::Call;

#[tokio::test]
async fn the_21st_connection_of_a_user_takes_the_place_of_the_oldest() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let gateway = world.gateway().await;
    let mut bobs = gateway.connect(&bob).await;
    let mut devices = Vec::new();
    for _ in 0..20 {
        devices.push(gateway.connect(&alice).await);
    }
    devices[0].expect_silence().await;
    let mut newest = gateway.connect(&alice).await;
    devices[0].expect_close(4504).await;
    for device in &mut devices[1..] {
        device.expect_silence().await;
    }
    newest.expect_silence().await;
    bobs.expect_silence().await;
}

/// A device that connects while the api is away is told to come back; it must not push out those that are well.
#[tokio::test]
async fn a_connection_that_cannot_be_attached_takes_nobodys_place() {
    let world = World::new();
    let alice = world.person("alice");
    let gateway = world.gateway_with(|config| config.connections_per_user = 2).await;
    let mut well = gateway.connect(&alice).await;
    world.api.refuse(Call::Attach, true);
    let mut refused = Vec::new();
    for _ in 0..3 {
        let mut connection = gateway.server.dial().by_query(&alice.token).open().await.unwrap();
        connection.expect_close(4409).await;
        // Kept: it has not answered the close yet.
        refused.push(connection);
    }
    well.expect_silence().await;
}
