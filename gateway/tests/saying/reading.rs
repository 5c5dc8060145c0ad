//! `read`: the cursor moves, and whom it concerns is told.

use crate::support::{World, eventually};
use serde_json::json;

#[tokio::test]
async fn reading_is_shown_to_ones_own_devices_and_in_a_direct_conversation_to_the_peer() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice"), world.person("bob"), world.person("carol"));
    let group = world.group(&[&alice, &bob, &carol]).await;
    let direct = world.write_to(&bob, &alice, "hi").await;
    let gateway = world.gateway().await;
    let mut phone = gateway.connect(&alice).await;
    let mut laptop = gateway.connect(&world.second_device(&alice)).await;
    let mut bobs = gateway.connect(&bob).await;
    let mut carols = gateway.connect(&carol).await;

    phone.send_json(&json!({ "event_type": "read", "conversation_id": direct.0, "seq": 1 })).await;
    for connection in [&mut phone, &mut laptop, &mut bobs] {
        let read = connection.expect_event("read").await;
        assert_eq!(
            read,
            json!({ "event_type": "read", "user_id": alice.id.0, "conversation_id": direct.0, "seq": 1 })
        );
    }
    let conversation = world.api.conversation_of(group).0;
    phone.send_json(&json!({ "event_type": "read", "conversation_id": conversation, "seq": 3 })).await;
    eventually("the cursor moved", async || (world.api.read_seq(group, alice.id) == 3).then_some(())).await;
    laptop.expect("the cursor on the other device", |event| event["conversation_id"] == conversation).await;
    bobs.expect_silence().await;
    carols.expect_silence().await;
    let again = gateway.connect(&alice).await;
    assert_eq!(again.ready["heads"][conversation.to_string()], json!([3, 3, 0]));
}
