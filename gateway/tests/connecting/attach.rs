//! The order of attaching: nothing that happens meanwhile falls between the look-up and what comes live.

use crate::support::api::Call;
use crate::support::world::target;
use crate::support::{Gateway, Person, World};
use serde_json::json;
use testkit::Connection;

async fn dialled(gateway: &Gateway, person: &Person) -> Connection {
    gateway.server.dial().by_query(&person.token).open().await.unwrap()
}

#[tokio::test]
async fn ready_lists_the_heads_of_all_conversations_and_of_no_others() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice"), world.person("bob"), world.person("carol"));
    let group = world.group(&[&alice, &bob]).await;
    world.say(&bob, group, "hello").await;
    let theirs = world.group(&[&carol, &bob]).await;
    let left = world.group(&[&bob, &alice]).await;
    world.api.leave(left, alice.id).await;
    let direct = world.write_to(&bob, &alice, "hi").await;
    let notes = world.write_to(&alice, &alice, "milk").await;

    let gateway = world.gateway().await;
    let here = gateway.connect(&alice).await;
    let expected = json!({
        world.api.conversation_of(group).to_string(): [3, 0, 0],
        direct.to_string(): [1, 0, 0],
        notes.to_string(): [1, 0, 0],
    });
    assert_eq!(here.ready["heads"], expected, "and not of {theirs} or {left}");
}

/// The first look-up only says what to listen to: what is written before the topics are subscribed is in the
/// answer of the second one, which begins after that.
#[tokio::test]
async fn an_entry_written_before_the_subscription_is_in_the_heads() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let gateway = world.gateway().await;
    world.api.late(Call::Attach);
    let mut here = dialled(&gateway, &alice).await;
    world.api.is_waited_for(Call::Attach).await;
    let seq = world.say(&bob, group, "before the subscription").await;
    world.api.in_time(Call::Attach);
    here.attach().await;
    assert_eq!(here.ready["heads"][world.api.conversation_of(group).to_string()][0], seq);
    here.expect_silence().await;
}

/// The look-up that counts has read its answer: what is written now is not in it, and waits for `ready`.
#[tokio::test]
async fn an_entry_written_between_the_look_up_and_ready_comes_behind_ready() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let gateway = world.gateway().await;
    world.api.late_after(Call::Attach, 1);
    let mut here = dialled(&gateway, &alice).await;
    world.api.is_waited_for(Call::Attach).await;
    let seq = world.say(&bob, group, "in the group").await;
    world.write_to(&bob, &alice, "to alice").await;
    world.api.in_time(Call::Attach);
    here.attach().await;
    assert_eq!(here.ready["heads"][world.api.conversation_of(group).to_string()][0], seq - 1);
    assert_eq!(here.expect_message("in the group").await["seq"], seq);
    here.expect_message("to alice").await;
}

#[tokio::test]
async fn an_entry_written_while_attaching_is_not_lost_where_others_listen_already() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let group = world.group(&[&alice, &bob]).await;
    let gateway = world.gateway().await;
    let mut bobs = gateway.connect(&bob).await;
    for through in [0, 1] {
        world.api.late_after(Call::Attach, through);
        let mut here = dialled(&gateway, &alice).await;
        world.api.is_waited_for(Call::Attach).await;
        let ack = bobs.say_acked(target(group), "now").await;
        bobs.expect_message("now").await;
        world.api.in_time(Call::Attach);
        here.attach().await;
        let head = &here.ready["heads"][world.api.conversation_of(group).to_string()][0];
        if through == 0 {
            assert_eq!(head, &ack["seq"], "the second look-up saw it");
        } else {
            here.expect_message("now").await;
        }
    }
}

#[tokio::test]
async fn whose_session_is_over_is_not_attached_and_whom_nobody_can_vouch_for_comes_back() {
    let world = World::new();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let gateway = world.gateway().await;
    world.api.log_out(alice.id, alice.session).await;
    dialled(&gateway, &alice).await.expect_close(4502).await;
    world.api.close_account(bob.id).await;
    dialled(&gateway, &bob).await.expect_close(4503).await;

    let (carol, dave) = (world.person("carol"), world.person("dave"));
    world.api.refuse(Call::Attach, true);
    dialled(&gateway, &carol).await.expect_close(4409).await;
    world.api.refuse(Call::Attach, false);
    world.bus.be_away(true);
    dialled(&gateway, &dave).await.expect_close(4409).await;
    world.bus.be_away(false);
    gateway.connect(&carol).await;
    gateway.connect(&dave).await;
}
