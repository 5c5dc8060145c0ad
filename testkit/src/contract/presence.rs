//! The contract of [`Presence`]. A case is given the way to open one store that nobody else uses, each call as another
//! node would, and a way to let time pass for its leases.

use shared::ids::{NodeId, UserId};
use shared::presence::{LEASE, LEASE_RENEWAL, Lease, Presence};
use std::sync::Arc;
use std::time::Duration;

/// Makes a test of every case. The expression is evaluated anew for each and gives a pair: an
/// `AsyncFn() -> Arc<dyn Presence>` that opens a store of its own, and an `AsyncFn(Duration)` after which that much time
/// has passed for it.
#[macro_export]
macro_rules! presence_contract {
    ($world:expr) => {
        $crate::presence_contract! { $world =>
            nobody_is_online_whom_nobody_listed
            a_listed_user_is_online_for_every_node_until_they_are_taken_off
            answers_come_in_the_order_asked
            listing_twice_is_listing_once
            a_user_on_two_nodes_is_online_until_both_let_go
            taking_off_who_is_not_listed_is_no_fault
            a_lease_is_taken_once_then_held_and_taken_anew_after_it_lapsed
            a_lease_lapses_without_anybody_doing_anything
            a_lapsed_lease_takes_its_own_users_along_and_nobody_elses
            a_renewed_lease_keeps_its_users
            a_released_lease_takes_its_users_along_at_once
            a_new_life_lists_its_users_again
            users_listed_before_the_lease_is_taken_are_online_once_it_is
            ten_thousand_users_are_listed_and_asked_for_at_once
        }
    };
    ($world:expr => $($case:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let (open, advance) = $world;
            $crate::contract::presence::$case(open, advance).await;
        }
    )*};
}

const ALICE: UserId = UserId(1);
const BOB: UserId = UserId(2);
const CAROL: UserId = UserId(3);

/// One life of a node and its way to the store.
struct Life {
    store: Arc<dyn Presence>,
    id: NodeId,
}

impl Life {
    /// A life that holds its lease.
    async fn begin(open: &impl AsyncFn() -> Arc<dyn Presence>) -> Self {
        let life = Self { store: open().await, id: NodeId::random() };
        assert_eq!(life.renew().await, Lease::Taken, "a first lease");
        life
    }

    async fn renew(&self) -> Lease {
        self.store.renew(self.id).await.expect("the store answers")
    }

    async fn enter(&self, users: &[UserId]) {
        self.store.enter(self.id, users).await.expect("the store answers");
    }

    async fn leave(&self, users: &[UserId]) {
        self.store.leave(self.id, users).await.expect("the store answers");
    }

    async fn release(&self) {
        self.store.release(self.id).await.expect("the store answers");
    }

    async fn online(&self, users: &[UserId]) -> Vec<bool> {
        self.store.online(users).await.expect("the store answers")
    }

    async fn sees(&self, user: UserId) -> bool {
        self.online(&[user]).await == [true]
    }
}

/// Who was never listed is offline, and asking for nobody answers nothing.
pub async fn nobody_is_online_whom_nobody_listed(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let life = Life::begin(&open).await;
    assert_eq!(life.online(&[ALICE, UserId(i64::MAX)]).await, [false, false]);
    assert!(life.online(&[]).await.is_empty());
}

/// What one node lists, every node sees.
pub async fn a_listed_user_is_online_for_every_node_until_they_are_taken_off(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let (here, there) = (Life::begin(&open).await, Life::begin(&open).await);
    here.enter(&[ALICE]).await;
    assert!(here.sees(ALICE).await && there.sees(ALICE).await);
    here.leave(&[ALICE]).await;
    assert!(!here.sees(ALICE).await && !there.sees(ALICE).await);
}

/// One answer a question, also for a user asked for twice.
pub async fn answers_come_in_the_order_asked(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let life = Life::begin(&open).await;
    life.enter(&[CAROL, ALICE]).await;
    assert_eq!(life.online(&[ALICE, BOB, CAROL, BOB, ALICE]).await, [true, false, true, false, true]);
}

/// A list is a set: leaving once ends what was entered twice.
pub async fn listing_twice_is_listing_once(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let life = Life::begin(&open).await;
    life.enter(&[ALICE, ALICE]).await;
    life.enter(&[ALICE]).await;
    life.leave(&[ALICE]).await;
    assert!(!life.sees(ALICE).await);
}

/// Each life has its own list; being on one is being online.
pub async fn a_user_on_two_nodes_is_online_until_both_let_go(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let (here, there) = (Life::begin(&open).await, Life::begin(&open).await);
    here.enter(&[ALICE]).await;
    there.enter(&[ALICE]).await;
    here.leave(&[ALICE]).await;
    assert!(here.sees(ALICE).await, "the other node has them still");
    there.leave(&[ALICE]).await;
    assert!(!here.sees(ALICE).await);
}

/// Leaving a list that one is not on changes no list.
pub async fn taking_off_who_is_not_listed_is_no_fault(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let (here, there) = (Life::begin(&open).await, Life::begin(&open).await);
    here.enter(&[ALICE]).await;
    there.leave(&[ALICE, BOB]).await;
    here.leave(&[]).await;
    assert_eq!(here.online(&[ALICE, BOB]).await, [true, false]);
}

/// `Held` promises that the lease did not lapse since it was last taken.
pub async fn a_lease_is_taken_once_then_held_and_taken_anew_after_it_lapsed(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    advance: impl AsyncFn(Duration),
) {
    let (life, other) = (Life::begin(&open).await, Life::begin(&open).await);
    assert_eq!((life.renew().await, life.renew().await), (Lease::Held, Lease::Held));
    advance(LEASE + LEASE_RENEWAL).await;
    assert_eq!(life.renew().await, Lease::Taken);
    assert_eq!((life.renew().await, other.renew().await), (Lease::Held, Lease::Taken));
}

/// When the last node has died there is nobody to notice, and its users are offline all the same.
pub async fn a_lease_lapses_without_anybody_doing_anything(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    advance: impl AsyncFn(Duration),
) {
    let life = Life::begin(&open).await;
    life.enter(&[ALICE]).await;
    advance(LEASE + LEASE_RENEWAL).await;
    assert!(!life.sees(ALICE).await);
}

/// A crash takes along whom the node alone had.
pub async fn a_lapsed_lease_takes_its_own_users_along_and_nobody_elses(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    advance: impl AsyncFn(Duration),
) {
    let (crashed, lives) = (Life::begin(&open).await, Life::begin(&open).await);
    crashed.enter(&[ALICE, BOB]).await;
    lives.enter(&[BOB, CAROL]).await;
    for _ in 0..=LEASE.as_secs() / LEASE_RENEWAL.as_secs() {
        assert_eq!(lives.online(&[ALICE, BOB, CAROL]).await, [true; 3], "no lease has lapsed");
        advance(LEASE_RENEWAL).await;
        assert_eq!(lives.renew().await, Lease::Held);
    }
    assert_eq!(lives.online(&[ALICE, BOB, CAROL]).await, [false, true, true]);
}

/// Renewed in time, a lease goes on for ever.
pub async fn a_renewed_lease_keeps_its_users(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    advance: impl AsyncFn(Duration),
) {
    let life = Life::begin(&open).await;
    life.enter(&[ALICE]).await;
    for _ in 0..5 {
        advance(LEASE_RENEWAL).await;
        assert_eq!(life.renew().await, Lease::Held);
        assert!(life.sees(ALICE).await);
    }
}

/// A planned stop does not wait for the lease to run out.
pub async fn a_released_lease_takes_its_users_along_at_once(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let (stops, lives) = (Life::begin(&open).await, Life::begin(&open).await);
    stops.enter(&[ALICE, BOB]).await;
    lives.enter(&[BOB]).await;
    stops.release().await;
    stops.release().await;
    assert_eq!(lives.online(&[ALICE, BOB]).await, [false, true]);
    assert_eq!(lives.renew().await, Lease::Held, "another's release is not ours");
}

/// After a lapse a node begins another life; the old one's list does not come back to haunt it.
pub async fn a_new_life_lists_its_users_again(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    advance: impl AsyncFn(Duration),
) {
    let old = Life::begin(&open).await;
    old.enter(&[ALICE, BOB]).await;
    advance(LEASE + LEASE_RENEWAL).await;
    let new = Life::begin(&open).await;
    new.enter(&[BOB]).await;
    assert_eq!(new.online(&[ALICE, BOB]).await, [false, true]);
    old.leave(&[ALICE, BOB]).await;
    assert!(new.sees(BOB).await, "the old life's leaving is not the new one's");
}

/// A node whose life has just begun may list somebody before it holds the lease. Without it they are offline; and that
/// somebody looked meanwhile takes nobody off the list.
pub async fn users_listed_before_the_lease_is_taken_are_online_once_it_is(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let life = Life { store: open().await, id: NodeId::random() };
    life.enter(&[ALICE]).await;
    assert!(!life.sees(ALICE).await, "no lease, no presence");
    assert_eq!(life.renew().await, Lease::Taken);
    assert!(life.sees(ALICE).await);
}

/// A node that comes back lists everybody it holds in one call.
pub async fn ten_thousand_users_are_listed_and_asked_for_at_once(
    open: impl AsyncFn() -> Arc<dyn Presence>,
    _: impl AsyncFn(Duration),
) {
    let life = Life::begin(&open).await;
    let users: Vec<UserId> = (1..=10_000).map(UserId).collect();
    let (even, odd): (Vec<UserId>, Vec<UserId>) = users.iter().copied().partition(|user| user.0 % 2 == 0);
    life.enter(&users).await;
    life.leave(&odd).await;
    let online = life.online(&users).await;
    assert!(users.iter().zip(&online).all(|(user, is_online)| *is_online == (user.0 % 2 == 0)));
    life.leave(&even).await;
    assert_eq!(life.online(&users).await, vec![false; users.len()]);
}
