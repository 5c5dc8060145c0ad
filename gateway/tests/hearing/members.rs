//! An entry reaches those who were members when it was written, whatever the bus loses and repeats. In each
//! test somebody else on the same gateway did get what one person may not see.

use crate::support::api::Call;
use crate::support::{Line, Person, World};
use gateway::node::Node;
use serde_json::json;
use shared::envelope::{Change, Header};
use shared::ids::GroupId;
use shared::topic::Topic;
use std::sync::Arc;

/// Where the envelope of a join or leave is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    Nowhere,
    OnTheGroup,
    OnTheUser,
    OnBoth,
}

const EVERYWHERE: [Lost; 4] = [Lost::Nowhere, Lost::OnTheGroup, Lost::OnTheUser, Lost::OnBoth];

impl Lost {
    fn matches(self, topic: Topic, header: &Header) -> bool {
        let is_here = match topic {
            Topic::Group(_) => self == Self::OnTheGroup || self == Self::OnBoth,
            Topic::User(_) => self == Self::OnTheUser || self == Self::OnBoth,
            Topic::Presence(_) | Topic::Node(_) => false,
        };
        header.change != Change::None && is_here
    }
}

struct Scene {
    world: World,
    node: Arc<Node>,
    alice: Person,
    bob: Person,
    group: GroupId,
    alices: Line,
}

impl Scene {
    /// Alice is in a group and attached; bob is somebody.
    async fn new() -> Self {
        let world = World::new();
        let (alice, bob) = (world.person("alice"), world.person("bob"));
        let group = world.group(&[&alice]).await;
        let node = world.node().await;
        let alices = Line::attached(&world, &node, &alice).await;
        Self { world, node, alice, bob, group, alices }
    }

    async fn attach_bob(&self) -> Line {
        Line::attached(&self.world, &self.node, &self.bob).await
    }

    /// Alice says something, and hears it herself.
    async fn heard_by_alice(&mut self, text: &str) -> i64 {
        self.alices.say(self.group.0, text).await;
        self.alices.expect_message(text).await["seq"].as_i64().unwrap()
    }

    /// An entry is published once more as it was then, and alice hears it again.
    async fn published_again(&mut self, text: &str, seq: i64) {
        self.world.bus.again(Topic::Group(self.group), seq).await;
        self.alices.expect_message(text).await;
    }
}

/// The texts that somebody heard in the group.
async fn texts(line: &mut Line) -> Vec<String> {
    let events = line.untaken().await;
    let messages = events.iter().filter(|event| event["event_type"] == "message");
    messages.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_member_who_left_sees_nothing_later() {
    for lost in EVERYWHERE {
        let mut scene = Scene::new().await;
        scene.world.api.join(scene.group, scene.bob.id).await;
        let mut bobs = scene.attach_bob().await;
        let before = scene.heard_by_alice("while bob is there").await;
        bobs.expect_message("while bob is there").await;

        scene.world.bus.lose(move |topic, header| lost.matches(topic, header));
        scene.world.api.leave(scene.group, scene.bob.id).await;
        scene.world.bus.heal();
        scene.heard_by_alice("after bob has left").await;
        scene.published_again("while bob is there", before).await;

        let leaving = format!("{{\"user_id\":{}}}", scene.bob.id);
        let heard = texts(&mut bobs).await;
        assert!(heard.iter().all(|text| *text == leaving), "{lost:?}: bob heard {heard:?}");
        if lost != Lost::OnBoth {
            assert!(heard.contains(&leaving), "{lost:?}: the entry of his leaving is his");
        }
    }
}

/// A message that is sent again carries the present version of the members, not that of its time.
#[tokio::test(start_paused = true)]
async fn a_member_who_left_does_not_see_a_message_that_is_sent_again() {
    let mut scene = Scene::new().await;
    scene.world.api.join(scene.group, scene.bob.id).await;
    let mut bobs = scene.attach_bob().await;
    let id = scene.alices.say(scene.group.0, "once").await;
    scene.alices.expect_message("once").await;
    bobs.expect_message("once").await;
    scene.world.bus.lose(|topic, header| Lost::OnBoth.matches(topic, header));
    scene.world.api.leave(scene.group, scene.bob.id).await;
    scene.world.bus.heal();
    let again = json!({ "event_type": "message", "group_id": scene.group.0, "content": "once", "client_message_id": id });
    scene.alices.send_json(&again).await;
    scene.alices.expect_message("once").await;
    assert!(texts(&mut bobs).await.is_empty(), "the repeat showed that the members have changed");
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_sees_nothing_earlier() {
    for lost in EVERYWHERE {
        let mut scene = Scene::new().await;
        let early = scene.heard_by_alice("before bob").await;
        let mut bobs = scene.attach_bob().await;
        scene.world.bus.lose(move |topic, header| lost.matches(topic, header));
        scene.world.api.join(scene.group, scene.bob.id).await;
        scene.world.bus.heal();
        if lost == Lost::OnTheUser || lost == Lost::OnBoth {
            // Nobody told bob's gateway: his client finds that it does not have everything.
            bobs.send_json(&json!({ "event_type": "ping", "sum": 0 })).await;
        }
        bobs.expect_event("heads").await;
        scene.published_again("before bob", early).await;
        scene.heard_by_alice("with bob").await;
        bobs.expect_message("with bob").await;
        scene.published_again("before bob", early).await;
        let heard = texts(&mut bobs).await;
        assert!(!heard.contains(&"before bob".to_owned()), "{lost:?}: bob heard {heard:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_sees_nothing_of_the_time_between() {
    for lost in EVERYWHERE {
        let mut scene = Scene::new().await;
        scene.world.api.join(scene.group, scene.bob.id).await;
        let mut bobs = scene.attach_bob().await;
        scene.world.bus.lose(move |topic, header| lost.matches(topic, header));
        scene.world.api.leave(scene.group, scene.bob.id).await;
        let between = scene.heard_by_alice("without bob").await;
        scene.world.api.join(scene.group, scene.bob.id).await;
        scene.world.bus.heal();
        bobs.send_json(&json!({ "event_type": "ping", "sum": 0 })).await;
        // Once all that is under way has ended, he is back in any case.
        let events = bobs.untaken().await;
        assert!(events.iter().any(|event| event["event_type"] == "heads"), "{lost:?}: {events:?}");
        scene.heard_by_alice("with bob again").await;
        bobs.expect_message("with bob again").await;
        scene.published_again("without bob", between).await;
        let heard = texts(&mut bobs).await;
        assert!(!heard.contains(&"without bob".to_owned()), "{lost:?}: bob heard {heard:?}");
    }
}

/// Signals carry no version, so the table must be right at once: the user's own topic says so before any look-up.
#[tokio::test(start_paused = true)]
async fn who_left_is_not_shown_who_types_either() {
    let scene = Scene::new().await;
    let carol = scene.world.person("carol");
    scene.world.api.join(scene.group, scene.bob.id).await;
    scene.world.api.join(scene.group, carol.id).await;
    let mut bobs = scene.attach_bob().await;
    let mut carols = Line::attached(&scene.world, &scene.node, &carol).await;
    scene.world.bus.lose(|topic, header| Lost::OnTheGroup.matches(topic, header));
    scene.world.api.late(Call::Attach);
    scene.world.api.leave(scene.group, scene.bob.id).await;
    scene.world.bus.heal();
    bobs.expect_event("message").await;
    scene.alices.send_json(&json!({ "event_type": "typing", "group_id": scene.group.0 })).await;
    carols.expect_event("typing").await;
    bobs.expect_silence().await;
}

/// The hub took bob's seat away when it heard of his leaving. The look-up that seats him again must have begun
/// after he sat down: what is said between its reading and his sitting down is otherwise in neither.
#[tokio::test(start_paused = true)]
async fn who_leaves_and_comes_back_at_once_misses_nothing_of_the_moment_between() {
    let mut scene = Scene::new().await;
    scene.world.api.join(scene.group, scene.bob.id).await;
    let mut bobs = scene.attach_bob().await;
    scene.world.bus.lose(|topic, header| Lost::OnTheUser.matches(topic, header));
    scene.world.api.leave(scene.group, scene.bob.id).await;
    scene.world.bus.heal();
    bobs.expect_event("message").await;
    scene.world.api.late(Call::Attach);
    scene.world.api.join(scene.group, scene.bob.id).await;
    scene.world.api.is_waited_for(Call::Attach).await;
    let seq = scene.heard_by_alice("just now").await;
    scene.world.api.in_time(Call::Attach);
    let events = bobs.untaken().await;
    let conversation = scene.world.api.conversation_of(scene.group).to_string();
    let head = events.iter().filter_map(|event| event["heads"][&conversation][0].as_i64()).max();
    let is_heard = events.iter().any(|event| event["content"] == "just now");
    assert!(is_heard || head >= Some(seq), "neither live nor in the heads: {events:?}");
}

/// The lost entry is fetched behind the leave: at that moment it is known that bob is a member no more.
#[tokio::test(start_paused = true)]
async fn what_is_fetched_for_a_hole_goes_only_to_members() {
    let mut scene = Scene::new().await;
    scene.world.api.join(scene.group, scene.bob.id).await;
    let mut bobs = scene.attach_bob().await;
    scene.world.bus.lose(|topic, _| matches!(topic, Topic::Group(_)));
    scene.world.api.leave(scene.group, scene.bob.id).await;
    scene.world.say(&scene.alice, scene.group, "lost and fetched").await;
    scene.world.bus.heal();
    scene.heard_by_alice("now").await;
    scene.alices.expect_message("lost and fetched").await;
    let heard = texts(&mut bobs).await;
    assert!(heard.iter().all(|text| text.starts_with('{')), "bob heard {heard:?}");
}
