//! What a gateway that dies, or loses the presence store for a while, does to what others see of its users.

use crate::support::{Line, Person, World, presence};
use gateway::node::Node;
use gateway::shutdown;
use serde_json::{Value, json};
use shared::presence::Presence;
use shared::rate::Unlimited;
use std::sync::Arc;
use std::time::Duration;

struct Scene {
    world: World,
    /// Where alice watches.
    here: Arc<Node>,
    /// Where bob and carol are, and its way to the presence store.
    there: Arc<Node>,
    line: Arc<presence::Line>,
    bob: Person,
    carol: Person,
    alices: Line,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new();
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| world.person(name));
        world.group(&[&alice, &bob, &carol]).await;
        let line = Arc::new(presence::Line::to(world.presence.clone()));
        let here = world.node().await;
        let there = world.node_of(|_| (), line.clone(), Arc::new(Unlimited)).await;
        let mut alices = Line::attached(&world, &here, &alice).await;
        alices.send_json(&json!({ "event_type": "watch", "user_ids": [bob.id, carol.id] })).await;
        alices.untaken().await;
        Self { world, here, there, line, bob, carol, alices }
    }

    async fn attached(&self, node: &Arc<Node>, person: &Person) -> Line {
        Line::attached(&self.world, node, person).await
    }
}

fn shown(person: &Person, status: &str) -> Value {
    json!({ "event_type": "presence", "user_id": person.id, "status": status })
}

#[tokio::test(start_paused = true)]
async fn the_users_of_a_crashed_gateway_go_offline_within_45_seconds_and_nobody_else() {
    let mut scene = Scene::new().await;
    let _bobs = scene.attached(&scene.there, &scene.bob).await;
    let _carols = scene.attached(&scene.here, &scene.carol).await;
    assert_eq!(scene.alices.untaken().await, [shown(&scene.bob, "online"), shown(&scene.carol, "online")]);
    // To the others it has crashed: its lease is not renewed.
    scene.line.cut();
    scene.world.pass(Duration::from_secs(20)).await;
    scene.alices.expect_silence().await;
    scene.world.pass(Duration::from_secs(25)).await;
    assert_eq!(scene.alices.untaken().await, [shown(&scene.bob, "offline")]);
    scene.world.pass(Duration::from_secs(60)).await;
    scene.alices.expect_silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_loses_its_lease_for_a_while_lists_its_users_again_unnoticed() {
    let mut scene = Scene::new().await;
    let _bobs = scene.attached(&scene.there, &scene.bob).await;
    assert_eq!(scene.alices.untaken().await, [shown(&scene.bob, "online")]);
    scene.line.cut();
    scene.world.pass(Duration::from_secs(15)).await;
    assert_eq!(scene.world.presence.online(&[scene.bob.id]).await, Ok(vec![false]), "the premise: it lapsed");
    scene.line.mend();
    scene.world.pass(Duration::from_secs(1)).await;
    assert_eq!(scene.world.presence.online(&[scene.bob.id]).await, Ok(vec![true]));
    scene.world.pass(Duration::from_secs(60)).await;
    scene.alices.expect_silence().await;
}

/// It stood still between asking for its lease and reading the answer, which says that it was held; since then it
/// has lapsed.
#[tokio::test(start_paused = true)]
async fn what_a_gateway_hears_late_of_its_lease_does_not_keep_it_from_asking_again() {
    let scene = Scene::new().await;
    let _bobs = scene.attached(&scene.there, &scene.bob).await;
    scene.line.answer_late();
    scene.world.pass(Duration::from_secs(20)).await;
    assert_eq!(scene.world.presence.online(&[scene.bob.id]).await, Ok(vec![false]), "the premise: it lapsed");
    scene.line.answer();
    scene.world.pass(Duration::from_secs(1)).await;
    assert_eq!(scene.world.presence.online(&[scene.bob.id]).await, Ok(vec![true]));
}

/// A machine that was asleep sees no error, only a lease that it does not hold any more.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_slept_lists_its_users_again_unnoticed() {
    let mut scene = Scene::new().await;
    let _bobs = scene.attached(&scene.there, &scene.bob).await;
    assert_eq!(scene.alices.untaken().await, [shown(&scene.bob, "online")]);
    scene.world.clock.advance(Duration::from_secs(15));
    assert_eq!(scene.world.presence.online(&[scene.bob.id]).await, Ok(vec![false]), "the premise: it lapsed");
    scene.world.pass(Duration::from_secs(5)).await;
    assert_eq!(scene.world.presence.online(&[scene.bob.id]).await, Ok(vec![true]));
    scene.world.pass(Duration::from_secs(60)).await;
    scene.alices.expect_silence().await;
}

/// Who came to watch while a gateway slept found its users gone, and hears at once that they are not.
#[tokio::test(start_paused = true)]
async fn whoever_looked_while_a_gateway_slept_hears_when_it_is_awake() {
    let scene = Scene::new().await;
    let _bobs = scene.attached(&scene.there, &scene.bob).await;
    scene.world.clock.advance(Duration::from_secs(15));
    let third = scene.world.node().await;
    let mut carols = scene.attached(&third, &scene.carol).await;
    carols.send_json(&json!({ "event_type": "watch", "user_ids": [scene.bob.id] })).await;
    assert_eq!(carols.untaken().await, [shown(&scene.bob, "offline")], "the premise: he is not listed");
    scene.world.pass(Duration::from_secs(4)).await;
    assert_eq!(carols.untaken().await, [shown(&scene.bob, "online")]);
}

/// A Redis that comes back empty tears the links too, and those are back before everybody is listed again.
#[tokio::test(start_paused = true)]
async fn who_is_read_again_after_a_gap_and_is_not_listed_yet_is_not_gone() {
    let mut scene = Scene::new().await;
    let _bobs = scene.attached(&scene.there, &scene.bob).await;
    assert_eq!(scene.alices.untaken().await, [shown(&scene.bob, "online")]);
    scene.line.cut();
    scene.world.pass(Duration::from_secs(15)).await;
    assert_eq!(
        scene.world.presence.online(&[scene.bob.id]).await,
        Ok(vec![false]),
        "the premise: not listed"
    );
    scene.world.bus.tear();
    let told = scene.alices.untaken().await;
    assert!(!told.contains(&shown(&scene.bob, "offline")), "{told:?}");
    scene.line.mend();
    scene.world.pass(Duration::from_secs(60)).await;
    scene.alices.expect_silence().await;
}

/// The store is away for a moment, just when a user is to be taken off the list: that must not make a ghost.
#[tokio::test(start_paused = true)]
async fn who_could_not_be_taken_off_the_list_is_no_ghost() {
    let mut scene = Scene::new().await;
    let bobs = scene.attached(&scene.there, &scene.bob).await;
    let _carols = scene.attached(&scene.there, &scene.carol).await;
    scene.alices.untaken().await;
    drop(bobs);
    scene.world.pass(Duration::from_secs(18)).await;
    scene.line.cut();
    scene.world.pass(Duration::from_secs(4)).await;
    scene.line.mend();
    scene.world.pass(Duration::from_secs(45)).await;
    assert_eq!(scene.alices.untaken().await, [shown(&scene.bob, "offline")], "and carol is still here");
}

#[tokio::test(start_paused = true)]
async fn a_restart_leaves_no_ghosts_and_wipes_nobody_elses_presence() {
    let mut scene = Scene::new().await;
    let _bobs = scene.attached(&scene.there, &scene.bob).await;
    let _carols = scene.attached(&scene.here, &scene.carol).await;
    scene.alices.untaken().await;
    shutdown::drain(&scene.there).await;
    let online = scene.world.presence.online(&[scene.bob.id, scene.carol.id]).await;
    assert_eq!(online, Ok(vec![true, true]), "who is on the way to another gateway is seen meanwhile");
    // Bob comes back to the other gateway, and nobody has noticed anything.
    let bobs = scene.attached(&scene.here, &scene.bob).await;
    scene.world.pass(Duration::from_secs(60)).await;
    scene.alices.expect_silence().await;
    drop(bobs);
    scene.world.pass(Duration::from_secs(30)).await;
    assert_eq!(scene.alices.untaken().await, [shown(&scene.bob, "offline")]);
}
