//! What the store promises of accounts and sessions, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[macro_use]
mod support;

use api::store::sessions::{self, NewSession, Standing};
use api::store::users::{self, NewUser, User};
use api::store::{Conn, Trouble};
use shared::event::Status;
use shared::ids::{SessionId, UserId};
use std::time::Duration;
use support::{Bench, START};

fn alice() -> NewUser<'static> {
    NewUser {
        username: "Alice 😀",
        username_key: "alice 😀",
        email: "Alice@example.org",
        email_key: "alice@example.org",
        password_hash: "$2b$04$hash",
    }
}

async fn write(bench: &Bench) -> Conn {
    bench.db.write().await.unwrap()
}

async fn read(bench: &Bench) -> Conn {
    bench.db.read().await.unwrap()
}

async fn an_account_is_found_by_id_name_and_address(bench: Bench) {
    let id = users::insert(&mut write(&bench).await, alice(), START).await.unwrap();
    let expected = User {
        id,
        username: "Alice 😀".to_owned(),
        email: "Alice@example.org".to_owned(),
        avatar: String::new(),
        status: Status::Online,
        created_at: START,
        closed: false,
    };
    let mut conn = read(&bench).await;
    assert_eq!(users::find(&mut conn, id).await.unwrap(), Some(expected.clone()));
    assert_eq!(users::find_by_username(&mut conn, "alice 😀").await.unwrap(), Some(expected.clone()));
    let found = users::find_credentials(&mut conn, "alice@example.org").await.unwrap().unwrap();
    assert_eq!((found.user, found.password_hash.as_str()), (expected, "$2b$04$hash"));
    assert_eq!(users::find_password_hash(&mut conn, id).await.unwrap().as_deref(), Some("$2b$04$hash"));
    for other in ["Alice 😀", "alice 😁", "alice", ""] {
        assert_eq!(users::find_by_username(&mut conn, other).await.unwrap(), None, "{other}");
    }
    assert!(users::find_credentials(&mut conn, "ALICE@example.org").await.unwrap().is_none());
    assert_eq!(users::find(&mut conn, UserId(id.0 + 1)).await.unwrap(), None);
    let listed = users::list(&mut conn, &[id, UserId(id.0 + 1), id]).await.unwrap();
    assert_eq!(listed.iter().map(|user| user.id).collect::<Vec<_>>(), [id]);
}

async fn the_unique_keys_keep_names_and_addresses_apart(bench: Bench) {
    let mut conn = write(&bench).await;
    users::insert(&mut conn, alice(), START).await.unwrap();
    let same_name = NewUser { email_key: "other", ..alice() };
    let same_address = NewUser { username_key: "other", ..alice() };
    for taken in [same_name, same_address] {
        let error = users::insert(&mut conn, taken, START).await.unwrap_err();
        assert_eq!(Trouble::of(&error), Some(Trouble::Duplicate));
    }
    // Compared byte by byte: what is one name and what are two was decided when the key was made.
    let smile = NewUser { username_key: "alice 😁", email_key: "ALICE@example.org", ..alice() };
    let other = users::insert(&mut conn, smile, START).await.unwrap();
    assert!(users::is_username_taken(&mut conn, "alice 😁").await.unwrap());
    assert!(!users::is_username_taken(&mut conn, "alice").await.unwrap());
    assert!(users::is_email_taken(&mut conn, "alice@example.org").await.unwrap());
    let mut renamed = users::find(&mut conn, other).await.unwrap().unwrap();
    renamed.username = "Alice".to_owned();
    let error = users::set_profile(&mut conn, &renamed, "alice 😀", START).await.unwrap_err();
    assert_eq!(Trouble::of(&error), Some(Trouble::Duplicate));
}

async fn a_profile_changes_and_nothing_else_does(bench: Bench) {
    let mut conn = write(&bench).await;
    let id = users::insert(&mut conn, alice(), START).await.unwrap();
    let before = users::find(&mut conn, id).await.unwrap().unwrap();
    let after =
        User { username: "A".to_owned(), avatar: "/a.png".to_owned(), status: Status::Away, ..before };
    users::set_profile(&mut conn, &after, "a", START).await.unwrap();
    assert_eq!(users::find_by_username(&mut conn, "a").await.unwrap(), Some(after));
}

async fn a_password_is_replaced_only_while_it_is_the_one_that_was_read(bench: Bench) {
    let mut conn = write(&bench).await;
    let id = users::insert(&mut conn, alice(), START).await.unwrap();
    assert!(users::hold_with(&mut conn, id, "$2b$04$hash").await.unwrap());
    assert!(users::replace_password_hash(&mut conn, id, "$2b$04$hash", "new", START).await.unwrap());
    assert!(!users::replace_password_hash(&mut conn, id, "$2b$04$hash", "newer", START).await.unwrap());
    assert!(!users::hold_with(&mut conn, id, "$2b$04$hash").await.unwrap());
    assert!(users::hold(&mut conn, id).await.unwrap());
    assert_eq!(users::find_password_hash(&mut conn, id).await.unwrap().as_deref(), Some("new"));
}

async fn a_closed_account_is_found_by_id_alone(bench: Bench) {
    let mut conn = write(&bench).await;
    let id = users::insert(&mut conn, alice(), START).await.unwrap();
    users::close(&mut conn, id, START).await.unwrap();
    assert!(users::find(&mut conn, id).await.unwrap().unwrap().closed);
    assert_eq!(users::find_by_username(&mut conn, "alice 😀").await.unwrap(), None);
    assert!(users::find_credentials(&mut conn, "alice@example.org").await.unwrap().is_none());
    assert_eq!(users::find_password_hash(&mut conn, id).await.unwrap(), None);
    assert!(
        !users::hold(&mut conn, id).await.unwrap()
            && !users::hold_with(&mut conn, id, "$2b$04$hash").await.unwrap()
    );
    assert!(!users::replace_password_hash(&mut conn, id, "$2b$04$hash", "new", START).await.unwrap());
    assert!(users::is_username_taken(&mut conn, "alice 😀").await.unwrap());
}

/// Whoever holds an account makes another writer of it wait until the transaction is over.
async fn what_is_held_stays_as_it_is(bench: Bench) {
    let id = users::insert(&mut write(&bench).await, alice(), START).await.unwrap();
    let mut tx = bench.db.begin().await.unwrap();
    assert!(users::hold_with(&mut tx, id, "$2b$04$hash").await.unwrap());
    let db = bench.db.clone();
    let changing = tokio::spawn(async move {
        let mut conn = db.write().await.unwrap();
        users::replace_password_hash(&mut conn, id, "$2b$04$hash", "new", START).await.unwrap()
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!changing.is_finished());
    sessions::insert(&mut tx, NewSession { user_id: id, seed: &[1; 32], device: "" }, START).await.unwrap();
    tx.commit().await.unwrap();
    assert!(changing.await.unwrap());
}

async fn begin(conn: &mut Conn, user_id: UserId, seed: u8) -> SessionId {
    sessions::insert(conn, NewSession { user_id, seed: &[seed; 32], device: "Phone 📱" }, START)
        .await
        .unwrap()
}

async fn a_session_is_kept_as_it_began(bench: Bench) {
    let [user, _] = bench.users().await;
    let mut conn = write(&bench).await;
    let id = begin(&mut conn, user, 7).await;
    let session = sessions::find(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((session.user_id, session.seed, session.generation), (user, vec![7; 32], 0));
    assert_eq!((session.device.as_str(), session.created_at, session.rotated_at), ("Phone 📱", START, START));
    assert!(!session.ended);
    let standing = sessions::find_standing(&mut conn, id).await.unwrap();
    assert_eq!(standing, Some(Standing { user_id: user, live: true }));
    assert_eq!(sessions::find(&mut conn, SessionId(999_999)).await.unwrap(), None);
    assert_eq!(sessions::find_standing(&mut conn, SessionId(999_999)).await.unwrap(), None);
}

async fn a_generation_is_left_once(bench: Bench) {
    let [user] = bench.users().await;
    let mut conn = write(&bench).await;
    let id = begin(&mut conn, user, 1).await;
    let later = START.plus(Duration::from_secs(5));
    assert!(sessions::rotate(&mut conn, id, 0, later).await.unwrap());
    assert!(!sessions::rotate(&mut conn, id, 0, later).await.unwrap());
    let session = sessions::find(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((session.generation, session.rotated_at, session.created_at), (1, later, START));
    assert!(sessions::end(&mut conn, user, id, later).await.unwrap());
    assert!(!sessions::rotate(&mut conn, id, 1, later).await.unwrap());
}

async fn sessions_end_once_and_only_their_owners(bench: Bench) {
    let [user, other] = bench.users().await;
    let mut conn = write(&bench).await;
    let (first, second, third) =
        (begin(&mut conn, user, 1).await, begin(&mut conn, user, 2).await, begin(&mut conn, user, 3).await);
    let theirs = begin(&mut conn, other, 4).await;
    assert!(!sessions::end(&mut conn, other, first, START).await.unwrap());
    assert!(sessions::end(&mut conn, user, first, START).await.unwrap());
    assert!(!sessions::end(&mut conn, user, first, START).await.unwrap());
    assert_eq!(sessions::end_all_but(&mut conn, user, Some(second), START).await.unwrap(), 1);
    let live = |standing: Option<Standing>| standing.is_some_and(|standing| standing.live);
    for (id, expected) in [(first, false), (second, true), (third, false), (theirs, true)] {
        assert_eq!(live(sessions::find_standing(&mut conn, id).await.unwrap()), expected);
    }
    assert_eq!(sessions::end_all_but(&mut conn, user, None, START).await.unwrap(), 1);
    drop(conn);
    bench.close_account(other).await;
    assert!(!live(sessions::find_standing(&mut read(&bench).await, theirs).await.unwrap()));
}

async fn the_list_has_the_live_sessions_newest_first(bench: Bench) {
    let [user, other] = bench.users().await;
    let mut conn = write(&bench).await;
    let (first, second) = (begin(&mut conn, user, 1).await, begin(&mut conn, user, 2).await);
    let ended = begin(&mut conn, user, 3).await;
    begin(&mut conn, other, 4).await;
    sessions::end(&mut conn, user, ended, START).await.unwrap();
    let just_before = shared::time::Timestamp(START.0 - 1);
    let listed = sessions::list_live(&mut conn, user, just_before).await.unwrap();
    assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!(sessions::list_live(&mut conn, user, START).await.unwrap(), []);
}

on_both_engines! {
    an_account_is_found_by_id_name_and_address,
    the_unique_keys_keep_names_and_addresses_apart,
    a_profile_changes_and_nothing_else_does,
    a_password_is_replaced_only_while_it_is_the_one_that_was_read,
    a_closed_account_is_found_by_id_alone,
    what_is_held_stays_as_it_is,
    a_session_is_kept_as_it_began,
    a_generation_is_left_once,
    sessions_end_once_and_only_their_owners,
    the_list_has_the_live_sessions_newest_first,
}
