//! `typing`: shown to those it is meant for, and to nobody else.

use crate::support::World;
use crate::support::api::Call;
use serde_json::json;

#[tokio::test]
async fn typing_in_a_group_is_shown_to_its_members_and_not_to_ones_own_devices_or_strangers() {
    let world = World::new();
    let (alice, bob, mallory) = (world.person("alice"), world.person("bob"), world.person("mallory"));
    let group = world.group(&[&alice, &bob]).await;
    let (here, there) = (world.gateway().await, world.gateway().await);
    let mut phone = here.connect(&alice).await;
    let mut laptop = here.connect(&world.second_device(&alice)).await;
    let mut bobs = here.connect(&bob).await;
    let mut bobs_elsewhere = there.connect(&bob).await;
    let mut mallorys = here.connect(&mallory).await;

    let typing = json!({ "event_type": "typing", "group_id": group.0 });
    phone.send_json(&typing).await;
    let shown = json!({ "event_type": "typing", "user_id": alice.id.0, "group_id": group.0 });
    assert_eq!(bobs.expect_event("typing").await, shown);
    assert_eq!(bobs_elsewhere.expect_event("typing").await, shown);
    phone.expect_silence().await;
    laptop.expect_silence().await;
    mallorys.expect_silence().await;

    mallorys.send_json(&typing).await;
    mallorys.expect_error("not_found").await;
    bobs.expect_silence().await;
}

#[tokio::test]
async fn typing_to_somebody_is_shown_to_them_if_the_two_have_talked() {
    let world = World::new();
    let (alice, bob, mallory) = (world.person("alice"), world.person("bob"), world.person("mallory"));
    world.write_to(&alice, &bob, "hi").await;
    let gateway = world.gateway().await;
    let mut alices = gateway.connect(&alice).await;
    let mut bobs = gateway.connect(&bob).await;
    let mut mallorys = gateway.connect(&mallory).await;

    let typing = json!({ "event_type": "typing", "receiver_id": bob.id.0 });
    alices.send_json(&typing).await;
    assert_eq!(bobs.expect_event("typing").await, json!({ "event_type": "typing", "user_id": alice.id.0 }));
    alices.send_json(&typing).await;
    bobs.expect_event("typing").await;
    assert_eq!(world.api.calls(Call::MayType), 1, "asked once for a peer");

    mallorys.send_json(&typing).await;
    mallorys.expect_error("not_found").await;
    bobs.expect_silence().await;
    alices.expect_silence().await;
}

#[tokio::test]
async fn typing_to_oneself_is_shown_to_nobody() {
    let world = World::new();
    let alice = world.person("alice");
    world.write_to(&alice, &alice, "milk").await;
    let gateway = world.gateway().await;
    let mut phone = gateway.connect(&alice).await;
    let mut laptop = gateway.connect(&world.second_device(&alice)).await;
    phone.send_json(&json!({ "event_type": "typing", "receiver_id": alice.id.0 })).await;
    phone.expect_silence().await;
    world.write_to(&alice, &alice, "eggs").await;
    phone.expect_message("eggs").await;
    laptop.expect_message("eggs").await;
    assert_eq!(laptop.log.iter().filter(|event| event["event_type"] == "typing").count(), 0);
}
