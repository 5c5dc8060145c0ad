//! What every function of the store promises, on both engines: conversations, the log, groups, members and
//! cursors. Accounts and sessions are in `store_accounts.rs`, opening in `store_open.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[macro_use]
mod support;

use api::store::conversations::Conversation;
use api::store::members::{Member, Role};
use api::store::messages::{Cursor, NewMessage, Page};
use api::store::sql::query;
use api::store::{Conn, Lock, Trouble, accounts, conversations, groups, heads, inbox, members, messages, reads};
use shared::door::{ReadMark, Seat};
use shared::draft::ConversationKey;
use shared::event::Status;
use shared::ids::{ConversationId, GroupId, MessageId, Seq, SessionId, UserId};
use shared::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;
use support::{Bench, START};
use uuid::Uuid;

const NOBODY: UserId = UserId(999_999);
const NOWHERE: ConversationId = ConversationId(999_999);
const NO_GROUP: GroupId = GroupId(999_999);

async fn read(bench: &Bench) -> Conn {
    bench.db.read().await.unwrap()
}

async fn write(bench: &Bench) -> Conn {
    bench.db.write().await.unwrap()
}

async fn pair(bench: &Bench, a: UserId, b: UserId) -> ConversationId {
    let place = (a.min(b), a.max(b));
    conversations::ensure_pairs(&mut write(bench).await, &[place], START).await.unwrap();
    conversations::find_pair(&mut read(bench).await, a, b).await.unwrap().unwrap().id
}

async fn group(bench: &Bench, owner: UserId) -> (GroupId, ConversationId) {
    let mut conn = write(bench).await;
    let group = groups::insert(&mut conn, owner, "book club", "", START).await.unwrap();
    (group, conversations::make_group(&mut conn, group, START).await.unwrap())
}

fn text(conversation: ConversationId, seq: Seq, sender: UserId, content: &str) -> NewMessage {
    NewMessage {
        conversation_id: conversation,
        seq,
        sender_id: sender,
        receiver_id: None,
        group_id: None,
        content: content.to_owned(),
        message_type: "text".to_owned(),
        client_message_id: Uuid::now_v7(),
        created_at: START,
    }
}

async fn insert(bench: &Bench, entries: &[NewMessage]) -> Vec<MessageId> {
    messages::insert(&bench.db, &mut write(bench).await, entries).await.unwrap()
}

/// A log of that many texts, and the head to go with it.
async fn log(bench: &Bench, conversation: ConversationId, sender: UserId, count: Seq) {
    let entries: Vec<_> = (1..=count).map(|seq| text(conversation, seq, sender, "x")).collect();
    insert(bench, &entries).await;
    set_head(bench, conversation, count).await;
}

async fn set_head(bench: &Bench, id: ConversationId, last_seq: Seq) {
    let found = conversations::find(&mut read(bench).await, id).await.unwrap().unwrap();
    conversations::advance(&mut write(bench).await, &[Conversation { last_seq, ..found }]).await.unwrap();
}

fn member(group_id: GroupId, user_id: UserId, role: Role, joined_seq: Seq) -> Member {
    Member { group_id, user_id, role, joined_at: START, joined_seq, muted_until: None }
}

async fn seat(bench: &Bench, group: GroupId, user: UserId, role: Role, joined_seq: Seq) {
    let seat = member(group, user, role, joined_seq);
    members::insert(&mut write(bench).await, &[seat]).await.unwrap();
}

async fn mark(bench: &Bench, conversation_id: ConversationId, user_id: UserId, seq: Seq) {
    let mark = ReadMark { conversation_id, user_id, seq };
    reads::raise(&mut write(bench).await, &[mark]).await.unwrap();
}

async fn text_columns_compare_by_bytes(bench: Bench) {
    // Under the servers' usual collations all of these are one name.
    for name in ["a", "A", "á", "a\u{301}", "😀", "😁", "ß", "ss", "ａ"] {
        bench.user(name).await;
    }
    for (sought, found) in [("😁", 1), ("Á", 0), ("SS", 0)] {
        let count = query("SELECT COUNT(*) AS found FROM users WHERE username_key = ?").bind(sought);
        let row = count.fetch_one(&mut read(&bench).await).await.unwrap();
        assert_eq!(row.get::<i64>("found").unwrap(), found, "{sought}");
    }
}

async fn values_come_back_as_they_were_put_in(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let content = "零\u{0}'\"\\; DROP TABLE 😀 \u{10ffff}\n".repeat(500);
    let at = Timestamp(START.0 + 7);
    let sent = NewMessage { receiver_id: Some(bob), created_at: at, ..text(id, 1, alice, &content) };
    let ids = insert(&bench, std::slice::from_ref(&sent)).await;
    let found = messages::find(&mut read(&bench).await, id, 1).await.unwrap().unwrap();
    assert_eq!(found, sent.stored(ids[0]));
}

async fn a_pair_has_one_conversation_whoever_is_named_first(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let id = pair(&bench, bob, alice).await;
    assert_eq!(pair(&bench, alice, bob).await, id, "made once");
    let notes = pair(&bench, alice, alice).await;
    assert_ne!(notes, id);
    let mut conn = read(&bench).await;
    let found = conversations::find_pair(&mut conn, alice, bob).await.unwrap().unwrap();
    let key = ConversationKey::Pair(alice, bob);
    assert_eq!(found, Conversation { id, key, last_seq: 0, members_version: 0, updated_at: START });
    assert_eq!(conversations::find_pair(&mut conn, alice, carol).await.unwrap(), None);
    assert_eq!(conversations::find(&mut conn, id).await.unwrap(), Some(found));
    assert_eq!(conversations::find(&mut conn, NOWHERE).await.unwrap(), None);
    let many = conversations::find_pairs(&mut conn, &[(alice, bob), (alice, alice), (bob, carol)]).await.unwrap();
    assert_eq!(many.iter().map(|c| c.id).collect::<BTreeSet<_>>(), BTreeSet::from([id, notes]));
}

async fn many_pairs_are_made_and_found_at_once(bench: Bench) {
    let alice = bench.user("alice").await;
    let pairs: Vec<_> = (1..=300).map(|n| (alice, UserId(alice.0 + n))).collect();
    conversations::ensure_pairs(&mut write(&bench).await, &pairs[..100], START).await.unwrap();
    conversations::ensure_pairs(&mut write(&bench).await, &pairs, START).await.unwrap();
    let found = conversations::find_pairs(&mut read(&bench).await, &pairs).await.unwrap();
    let keys: BTreeSet<_> = found.iter().map(|c| c.key).collect();
    assert_eq!((keys.len(), found.len()), (300, 300));
    let ids: Vec<_> = found.iter().map(|c| c.id).collect();
    assert_eq!(conversations::find_many(&mut read(&bench).await, &ids).await.unwrap().len(), 300);
    assert!(conversations::find_many(&mut read(&bench).await, &[]).await.unwrap().is_empty());
}

async fn a_group_has_one_conversation(bench: Bench) {
    let [alice] = bench.users().await;
    let (first, id) = group(&bench, alice).await;
    let (second, other) = group(&bench, alice).await;
    let mut conn = read(&bench).await;
    let found = conversations::find_group(&mut conn, first).await.unwrap().unwrap();
    assert_eq!((found.id, found.key), (id, ConversationKey::Group(first)));
    assert_eq!(conversations::find_group(&mut conn, NO_GROUP).await.unwrap(), None);
    let found = conversations::find_groups(&mut conn, &[second, first, NO_GROUP]).await.unwrap();
    assert_eq!(found.iter().map(|c| c.id).collect::<BTreeSet<_>>(), BTreeSet::from([id, other]));
    let twice = conversations::make_group(&mut write(&bench).await, first, START).await.unwrap_err();
    assert_eq!(Trouble::of(&twice), Some(Trouble::Duplicate));
}

async fn conversations_move_on_each_by_its_own(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let (ab, ac) = (pair(&bench, alice, bob).await, pair(&bench, alice, carol).await);
    let (_, gc) = group(&bench, alice).await;
    let ids = [ab, ac, gc];
    let mut tx = bench.db.begin().await.unwrap();
    let locked = conversations::lock(&mut tx, &ids, Lock::Wait).await.unwrap();
    assert_eq!(locked.iter().map(|c| c.id).collect::<Vec<_>>(), ids, "in the order of their ids");
    let later = |by| START.plus(Duration::from_millis(by));
    let moved: Vec<_> = [(ab, 5, 0, later(1)), (gc, 9, 4, later(1_001))]
        .map(|(id, last_seq, members_version, updated_at)| {
            let found = locked.iter().find(|c| c.id == id).unwrap();
            Conversation { last_seq, members_version, updated_at, ..*found }
        })
        .into();
    conversations::advance(&mut tx, &moved).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = read(&bench).await;
    for conversation in &moved {
        assert_eq!(conversations::find(&mut conn, conversation.id).await.unwrap(), Some(*conversation));
    }
    let left = conversations::find(&mut conn, ac).await.unwrap().unwrap();
    assert_eq!((left.last_seq, left.updated_at), (0, START), "one that was not named stays");

    let ids = |found: Vec<Conversation>| found.into_iter().map(|c| c.id).collect::<Vec<_>>();
    let since = conversations::updated_since(&mut conn, later(1), ConversationId(0), 10).await.unwrap();
    assert_eq!(ids(since), [ab, gc]);
    let first = conversations::updated_since(&mut conn, START, ConversationId(0), 1).await.unwrap();
    assert_eq!(ids(first), [ab]);
    let next = conversations::updated_since(&mut conn, START, ab, 10).await.unwrap();
    assert_eq!(ids(next), [ac, gc]);
}

async fn a_transaction_that_is_dropped_leaves_nothing(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let mut tx = bench.db.begin().await.unwrap();
    messages::insert(&bench.db, &mut tx, &[text(id, 1, alice, "never")]).await.unwrap();
    drop(tx);
    insert(&bench, &[text(id, 1, alice, "after")]).await;
    assert_eq!(bench.log(id).await[0].content, "after");
}

async fn ids_are_those_of_the_rows_however_many_are_inserted(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let mut seq = 0;
    for count in [1, 2, 3, 255, 256, 257, 600] {
        let entries: Vec<_> = (1..=count).map(|n| text(id, seq + n, alice, &format!("{count}.{n}"))).collect();
        let ids = insert(&bench, &entries).await;
        let log = bench.log(id).await;
        for (entry, message_id) in entries.into_iter().zip(ids) {
            assert_eq!(log[usize::try_from(entry.seq - 1).unwrap()], entry.stored(message_id));
        }
        seq += count;
    }
    assert!(insert(&bench, &[]).await.is_empty());
}

async fn a_place_and_a_senders_id_are_each_taken_once(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let first = text(id, 1, alice, "first");
    insert(&bench, std::slice::from_ref(&first)).await;
    let same_place = text(id, 1, alice, "same place");
    let same_id = NewMessage { client_message_id: first.client_message_id, ..text(id, 2, alice, "same id") };
    for entry in [same_place, same_id] {
        let batch = [text(id, 3, alice, "neighbour"), entry];
        let refused = messages::insert(&bench.db, &mut write(&bench).await, &batch).await.unwrap_err();
        assert_eq!(Trouble::of(&refused), Some(Trouble::Duplicate));
        assert_eq!(bench.log(id).await.len(), 1, "a statement is all or nothing");
    }
    let anothers = NewMessage { client_message_id: first.client_message_id, ..text(id, 2, bob, "bob's own") };
    insert(&bench, &[anothers]).await;
}

async fn what_was_sent_is_found_by_its_sender_and_id(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    let entries: Vec<_> = (1..=300).map(|seq| text(id, seq, alice, "x")).collect();
    insert(&bench, &entries).await;
    let sought: Vec<_> = entries.iter().map(|entry| (alice, entry.client_message_id)).collect();
    let mut conn = read(&bench).await;
    assert_eq!(messages::find_sent(&mut conn, &sought).await.unwrap().len(), 300);
    let others = [(bob, sought[0].1), (alice, Uuid::now_v7()), sought[7]];
    let found = messages::find_sent(&mut conn, &others).await.unwrap();
    assert_eq!(found.iter().map(|m| m.seq).collect::<Vec<_>>(), [8]);
}

async fn a_page_begins_where_it_is_told_and_says_whether_there_is_more(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let (id, other) = (pair(&bench, alice, bob).await, pair(&bench, alice, carol).await);
    log(&bench, other, alice, 20).await;
    log(&bench, id, alice, 10).await;
    let mut conn = read(&bench).await;
    for (floor, cursor, limit, expected, more) in [
        (1, Cursor::Newest, 4, vec![7, 8, 9, 10], true),
        (1, Cursor::Newest, 10, (1..=10).collect(), false),
        (9, Cursor::Newest, 4, vec![9, 10], false),
        (1, Cursor::Before(5), 2, vec![3, 4], true),
        (1, Cursor::Before(3), 2, vec![1, 2], false),
        (3, Cursor::Before(5), 2, vec![3, 4], false),
        (1, Cursor::Before(1), 2, vec![], false),
        (1, Cursor::Before(Seq::MIN), 2, vec![], false),
        (1, Cursor::After(0), 3, vec![1, 2, 3], true),
        (5, Cursor::After(0), 2, vec![5, 6], true),
        (1, Cursor::After(7), 3, vec![8, 9, 10], false),
        (1, Cursor::After(10), 3, vec![], false),
        (1, Cursor::After(Seq::MAX), 3, vec![], false),
    ] {
        let Page { messages, has_more } = messages::page(&mut conn, id, floor, cursor, limit).await.unwrap();
        let seqs: Vec<_> = messages.iter().map(|m| m.seq).collect();
        assert_eq!((seqs, has_more), (expected, more), "{floor} {cursor:?} {limit}");
    }
    assert!(messages::page(&mut conn, NOWHERE, 1, Cursor::Newest, 3).await.unwrap().messages.is_empty());
}

async fn entries_are_found_by_place_and_by_range(bench: Bench) {
    let [alice] = bench.users().await;
    let (_, id) = group(&bench, alice).await;
    log(&bench, id, alice, 10).await;
    let found = conversations::find(&mut read(&bench).await, id).await.unwrap().unwrap();
    let moved = Conversation { members_version: 3, ..found };
    conversations::advance(&mut write(&bench).await, &[moved]).await.unwrap();
    let mut conn = read(&bench).await;
    assert_eq!(messages::find(&mut conn, id, 4).await.unwrap().unwrap().seq, 4);
    assert_eq!(messages::find(&mut conn, id, 11).await.unwrap(), None);
    let places = [(id, 2), (id, 9), (NOWHERE, 1), (id, 99)];
    let found = messages::find_many(&mut conn, &places).await.unwrap();
    assert_eq!(found.iter().map(|m| m.seq).collect::<BTreeSet<_>>(), BTreeSet::from([2, 9]));
    for (after, through, limit, expected) in
        [(3, 6, 256, vec![4, 5, 6]), (0, 99, 2, vec![1, 2]), (10, 99, 9, vec![]), (5, 5, 9, vec![])]
    {
        let found = messages::between(&mut conn, id, after, through, limit).await.unwrap();
        assert_eq!(found.iter().map(|(m, _)| m.seq).collect::<Vec<_>>(), expected);
        assert!(found.iter().all(|(_, version)| *version == 3));
    }
}

async fn groups_are_made_listed_handed_over_and_closed(bench: Bench) {
    let [alice, bob] = bench.users().await;
    let (first, _) = group(&bench, alice).await;
    let (second, _) = group(&bench, bob).await;
    let found = groups::find(&mut read(&bench).await, first).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.description.as_str(), found.avatar.as_str()), ("book club", "", ""));
    assert_eq!((found.owner_id, found.join_policy.as_str(), found.closed_at), (alice, "open", None));
    assert_eq!((found.created_at, found.updated_at), (START, START));
    assert_eq!(groups::find(&mut read(&bench).await, NO_GROUP).await.unwrap(), None);
    assert_eq!(groups::find_many(&mut read(&bench).await, &[first, second, NO_GROUP]).await.unwrap().len(), 2);

    assert!(groups::list_for(&mut read(&bench).await, alice).await.unwrap().is_empty());
    seat(&bench, second, alice, Role::Member, 2).await;
    seat(&bench, first, alice, Role::Owner, 1).await;
    let listed = groups::list_for(&mut read(&bench).await, alice).await.unwrap();
    assert_eq!(listed.iter().map(|g| g.id).collect::<Vec<_>>(), [first, second]);

    let later = START.plus(Duration::from_secs(1));
    groups::set_owner(&mut write(&bench).await, first, bob, later).await.unwrap();
    let found = groups::find(&mut read(&bench).await, first).await.unwrap().unwrap();
    assert_eq!((found.owner_id, found.updated_at, found.closed_at), (bob, later, None));
    groups::close(&mut write(&bench).await, first, later).await.unwrap();
    let found = groups::find(&mut read(&bench).await, first).await.unwrap().unwrap();
    assert_eq!(found.closed_at, Some(later));
    let other = groups::find(&mut read(&bench).await, second).await.unwrap().unwrap();
    assert_eq!((other.owner_id, other.closed_at), (bob, None));
}

async fn members_come_go_and_change(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let (first, _) = group(&bench, alice).await;
    let (second, _) = group(&bench, alice).await;
    let muted = Member { muted_until: Some(START), ..member(first, bob, Role::Admin, 2) };
    let seats = [member(first, carol, Role::Member, 3), member(first, alice, Role::Owner, 1), muted];
    members::insert(&mut write(&bench).await, &seats).await.unwrap();
    seat(&bench, second, alice, Role::Owner, 1).await;
    assert_eq!(members::list(&mut read(&bench).await, first).await.unwrap(), [seats[1], seats[2], seats[0]]);
    let mut conn = read(&bench).await;
    assert_eq!(members::find(&mut conn, first, bob).await.unwrap(), Some(muted));
    assert_eq!(members::find(&mut conn, second, bob).await.unwrap(), None);
    let sought = [(first, alice), (second, alice), (second, carol), (NO_GROUP, alice)];
    let found = members::find_many(&mut conn, &sought).await.unwrap();
    assert_eq!(found.iter().map(|m| m.group_id).collect::<BTreeSet<_>>(), BTreeSet::from([first, second]));
    drop(conn);
    let twice = members::insert(&mut write(&bench).await, &[muted]).await.unwrap_err();
    assert_eq!(Trouble::of(&twice), Some(Trouble::Duplicate));

    members::set_role(&mut write(&bench).await, first, carol, Role::Admin).await.unwrap();
    members::delete(&mut write(&bench).await, &[(first, alice), (second, bob)]).await.unwrap();
    let left = members::list(&mut read(&bench).await, first).await.unwrap();
    let roles: Vec<_> = left.iter().map(|m| (m.user_id, m.role)).collect();
    assert_eq!(roles, [(bob, Role::Admin), (carol, Role::Admin)]);
    assert_eq!(members::list(&mut read(&bench).await, second).await.unwrap().len(), 1);
}

async fn many_members_go_at_once(bench: Bench) {
    let alice = bench.user("alice").await;
    let (id, _) = group(&bench, alice).await;
    let seats: Vec<_> = (1..=600).map(|n| member(id, UserId(alice.0 + n), Role::Member, n)).collect();
    members::insert(&mut write(&bench).await, &seats).await.unwrap();
    assert_eq!(members::list(&mut read(&bench).await, id).await.unwrap(), seats);
    let going: Vec<_> = seats[..599].iter().map(|m| (m.group_id, m.user_id)).collect();
    members::delete(&mut write(&bench).await, &going).await.unwrap();
    assert_eq!(members::list(&mut read(&bench).await, id).await.unwrap(), seats[599..]);
}

async fn heirs_are_the_oldest_admins_and_then_the_oldest_members(bench: Bench) {
    let [alice, bob, carol, dave, eve] = bench.users().await;
    let (id, _) = group(&bench, alice).await;
    for (user, role, joined_seq) in [
        (alice, Role::Owner, 1),
        (bob, Role::Member, 2),
        (carol, Role::Admin, 9),
        (dave, Role::Admin, 5),
        (eve, Role::Member, 3),
    ] {
        seat(&bench, id, user, role, joined_seq).await;
    }
    let order = |heirs: Vec<Member>| heirs.into_iter().map(|m| m.user_id).collect::<Vec<_>>();
    let all = members::heirs(&mut read(&bench).await, id, 10).await.unwrap();
    assert_eq!(order(all), [dave, carol, bob, eve]);
    assert_eq!(order(members::heirs(&mut read(&bench).await, id, 2).await.unwrap()), [dave, carol]);
}

async fn cursors_move_on_and_never_back(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    let id = pair(&bench, alice, bob).await;
    assert_eq!(reads::find(&mut read(&bench).await, id, alice).await.unwrap(), 0);
    for (seq, expected) in [(5, 5), (3, 5), (8, 8)] {
        mark(&bench, id, alice, seq).await;
        assert_eq!(reads::find(&mut read(&bench).await, id, alice).await.unwrap(), expected);
    }
    let many: Vec<_> = (1..=600)
        .map(|n| ReadMark { conversation_id: ConversationId(id.0 + n), user_id: bob, seq: n })
        .chain([9, 4].map(|seq| ReadMark { conversation_id: id, user_id: bob, seq }))
        .collect();
    reads::raise(&mut write(&bench).await, &many).await.unwrap();
    let sought = [(id, alice), (id, bob), (id, carol), (ConversationId(id.0 + 600), bob)];
    let found = reads::find_many(&mut read(&bench).await, &sought).await.unwrap();
    let expected = HashMap::from([((id, alice), 8), ((id, bob), 9), ((ConversationId(id.0 + 600), bob), 600)]);
    assert_eq!(found, expected);
}

async fn heads_sums_and_seats_are_each_users_own(bench: Bench) {
    let [alice, bob, carol, dave] = bench.users().await;
    let (ab, aa, ac) =
        (pair(&bench, alice, bob).await, pair(&bench, alice, alice).await, pair(&bench, alice, carol).await);
    let (id, gc) = group(&bench, carol).await;
    seat(&bench, id, carol, Role::Owner, 1).await;
    seat(&bench, id, alice, Role::Member, 4).await;
    for (conversation, count) in [(ab, 3), (aa, 2), (gc, 7)] {
        set_head(&bench, conversation, count).await;
    }
    mark(&bench, ab, alice, 1).await;
    mark(&bench, ab, bob, 2).await;
    mark(&bench, aa, alice, 2).await;
    mark(&bench, gc, alice, 5).await;
    mark(&bench, gc, carol, 6).await;
    let users = [alice, bob, carol, dave, NOBODY];
    let found = heads::heads_of(&mut read(&bench).await, &users).await.unwrap();
    let expected = HashMap::from([
        (alice, BTreeMap::from([(ab, [3, 1, 2]), (aa, [2, 2, 2]), (gc, [7, 5, 0])])),
        (bob, BTreeMap::from([(ab, [3, 2, 1])])),
        (carol, BTreeMap::from([(gc, [7, 6, 0])])),
    ]);
    assert_eq!(found, expected, "and {ac}, where nothing was said, is nobody's");
    let sums = heads::sums_of(&mut read(&bench).await, &users).await.unwrap();
    assert_eq!([12, 3, 7].map(Some), [alice, bob, carol].map(|user| sums.get(&user).copied()));
    assert_eq!(sums.get(&dave), None);
    let seats = heads::seats_of(&mut read(&bench).await, &users).await.unwrap();
    let alices =
        Seat { group_id: id, conversation_id: gc, joined_seq: 4, members_version: 0, last_seq: 7 };
    assert_eq!(seats, HashMap::from([(alice, vec![alices]), (carol, vec![Seat { joined_seq: 1, ..alices }])]));
}

async fn the_list_says_what_is_unread_and_what_was_last(bench: Bench) {
    let [alice, bob, carol, dave] = bench.users().await;
    let (ab, ac, ad) =
        (pair(&bench, alice, bob).await, pair(&bench, carol, alice).await, pair(&bench, alice, dave).await);
    let (id, gc) = group(&bench, bob).await;
    seat(&bench, id, alice, Role::Member, 3).await;
    // Of bob's five alice wrote two; of carol's 150 none; in the group one joined, and one wrote.
    let bobs = [bob, alice, bob, bob, alice].into_iter().zip(1..).map(|(sender, seq)| text(ab, seq, sender, "hi"));
    insert(&bench, &bobs.collect::<Vec<_>>()).await;
    let notice = |seq| NewMessage { message_type: "member_joined".to_owned(), ..text(gc, seq, bob, "{}") };
    let image = NewMessage { message_type: "image".to_owned(), ..text(gc, 5, bob, "/i") };
    insert(&bench, &[text(gc, 1, bob, "a"), text(gc, 2, bob, "b"), notice(3), notice(4), image]).await;
    log(&bench, ac, carol, 150).await;
    set_head(&bench, ab, 5).await;
    set_head(&bench, gc, 5).await;
    mark(&bench, ab, alice, 1).await;
    mark(&bench, ab, bob, 4).await;
    let found = conversations::find(&mut read(&bench).await, ab).await.unwrap().unwrap();
    let newest = Conversation { updated_at: START.plus(Duration::from_secs(9)), ..found };
    conversations::advance(&mut write(&bench).await, &[newest]).await.unwrap();

    let listed = inbox::list_for(&mut read(&bench).await, alice).await.unwrap();
    assert_eq!(listed[0].conversation, newest, "the one written to last comes first");
    let line = |conversation| listed.iter().find(|line| line.conversation.id == conversation).unwrap();
    let (bobs, carols, groups) = (line(ab), line(ac), line(gc));
    assert_eq!((bobs.peer_id, bobs.group_id, bobs.joined_seq), (Some(bob), None, 1));
    assert_eq!((bobs.read_seq, bobs.peer_read_seq, bobs.unread), (1, 4, 2));
    assert_eq!((carols.peer_id, carols.unread), (Some(carol), inbox::UNREAD_MOST), "99+ and no further");
    assert_eq!((groups.peer_id, groups.group_id, groups.joined_seq), (None, Some(id), 3));
    assert_eq!(groups.unread, 1, "nothing from before the joining, and no notices");
    assert_eq!(groups.last.as_ref().unwrap().content, "/i");
    assert_eq!((carols.last.as_ref().unwrap().seq, bobs.last.as_ref().unwrap().seq), (150, 5));
    assert_eq!(listed.len(), 3, "and {ad}, where nothing was said, is not listed");
    let daves = inbox::list_for(&mut read(&bench).await, dave).await.unwrap();
    assert!(daves.is_empty());
}

async fn a_long_list_is_counted_line_by_line(bench: Bench) {
    let alice = bench.user("alice").await;
    let peers: Vec<UserId> = (1..=150).map(|n| UserId(alice.0 + n)).collect();
    let pairs: Vec<_> = peers.iter().map(|peer| (alice, *peer)).collect();
    conversations::ensure_pairs(&mut write(&bench).await, &pairs, START).await.unwrap();
    let found = conversations::find_pairs(&mut read(&bench).await, &pairs).await.unwrap();
    let mut entries = Vec::new();
    let mut moved = Vec::new();
    for conversation in found {
        let ConversationKey::Pair(_, peer) = conversation.key else { unreachable!() };
        let count = (peer.0 - alice.0) % 4 + 1;
        entries.extend((1..=count).map(|seq| text(conversation.id, seq, peer, "x")));
        moved.push(Conversation { last_seq: count, ..conversation });
    }
    insert(&bench, &entries).await;
    conversations::advance(&mut write(&bench).await, &moved).await.unwrap();
    let listed = inbox::list_for(&mut read(&bench).await, alice).await.unwrap();
    assert_eq!(listed.len(), 150);
    for line in listed {
        assert_eq!(line.unread, line.conversation.last_seq, "{line:?}");
        assert_eq!(line.last.unwrap().seq, line.conversation.last_seq);
    }
}

async fn accounts_stand_as_they_are(bench: Bench) {
    let [alice, bob, carol] = bench.users().await;
    bench.close_account(bob).await;
    let update = query("UPDATE users SET status = 'away' WHERE id = ?").bind(carol);
    update.execute(&mut write(&bench).await).await.unwrap();
    let users = [alice, bob, carol, NOBODY];
    let open = accounts::open_among(&mut read(&bench).await, &users).await.unwrap();
    assert_eq!(open, HashSet::from([alice, carol]));
    let found = accounts::standings(&mut read(&bench).await, &users).await.unwrap();
    let standing = |status, closed| accounts::Standing { status, closed };
    assert_eq!(found, HashMap::from([
        (alice, standing(Status::Online, false)),
        (bob, standing(Status::Online, true)),
        (carol, standing(Status::Away, false)),
    ]));
    let (live, ended) = (bench.session(alice).await, bench.session(bob).await);
    bench.end_session(ended).await;
    let found = accounts::live_sessions(&mut read(&bench).await, &[live, ended, SessionId(999_999)]).await.unwrap();
    assert_eq!(found, HashMap::from([(live, alice)]));
}

async fn sharing_is_having_talked_or_a_group(bench: Bench) {
    let [alice, talked, silent, member_too, left, closed, stranger] = bench.users().await;
    set_head(&bench, pair(&bench, alice, talked).await, 1).await;
    pair(&bench, alice, silent).await;
    set_head(&bench, pair(&bench, alice, closed).await, 1).await;
    bench.close_account(closed).await;
    let (id, _) = group(&bench, alice).await;
    for user in [alice, member_too, left] {
        seat(&bench, id, user, Role::Member, user.0).await;
    }
    members::delete(&mut write(&bench).await, &[(id, left)]).await.unwrap();
    let asked = [alice, talked, silent, member_too, left, closed, stranger, NOBODY];
    let mut conn = read(&bench).await;
    let found = accounts::sharing_with(&mut conn, alice, &asked).await.unwrap();
    let found: BTreeSet<_> = found.into_iter().map(|(user, _)| user).collect();
    assert_eq!(found, BTreeSet::from([alice, talked, member_too]));
    let back = accounts::sharing_with(&mut conn, talked, &[alice]).await.unwrap();
    assert_eq!(back, [(alice, Status::Online)], "from the other side as well");
}

on_both_engines!(
    text_columns_compare_by_bytes,
    values_come_back_as_they_were_put_in,
    a_pair_has_one_conversation_whoever_is_named_first,
    many_pairs_are_made_and_found_at_once,
    a_group_has_one_conversation,
    conversations_move_on_each_by_its_own,
    a_transaction_that_is_dropped_leaves_nothing,
    ids_are_those_of_the_rows_however_many_are_inserted,
    a_place_and_a_senders_id_are_each_taken_once,
    what_was_sent_is_found_by_its_sender_and_id,
    a_page_begins_where_it_is_told_and_says_whether_there_is_more,
    entries_are_found_by_place_and_by_range,
    groups_are_made_listed_handed_over_and_closed,
    members_come_go_and_change,
    many_members_go_at_once,
    heirs_are_the_oldest_admins_and_then_the_oldest_members,
    cursors_move_on_and_never_back,
    heads_sums_and_seats_are_each_users_own,
    the_list_says_what_is_unread_and_what_was_last,
    a_long_list_is_counted_line_by_line,
    accounts_stand_as_they_are,
    sharing_is_having_talked_or_a_group,
);

/// A lock is waited for, or passed over, and what is read after it is what the holder committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_conversation_is_waited_for_or_left_out() {
    let bench = Bench::mariadb().await;
    let [alice, bob, carol] = bench.users().await;
    let (ab, ac) = (pair(&bench, alice, bob).await, pair(&bench, alice, carol).await);
    let mut holder = bench.db.begin().await.unwrap();
    let held = conversations::lock(&mut holder, &[ab], Lock::Wait).await.unwrap();

    let mut other = bench.db.begin().await.unwrap();
    let found = conversations::lock(&mut other, &[ab, ac], Lock::Skip).await.unwrap();
    assert_eq!(found.iter().map(|c| c.id).collect::<Vec<_>>(), [ac]);
    drop(other);
    let mut other = bench.db.begin().await.unwrap();
    let waited = conversations::lock(&mut other, &[ac, ac, ac], Lock::Wait).await;
    assert!(waited.is_ok(), "a row that nobody holds is not waited for, however small the table is");
    let refused = conversations::lock(&mut other, &[ab], Lock::Wait).await.unwrap_err();
    assert_eq!(Trouble::of(&refused), Some(Trouble::LockWait));
    drop(other);

    let waiting = tokio::spawn({
        let db = bench.db.clone();
        async move {
            let mut tx = db.begin().await.unwrap();
            conversations::lock(&mut tx, &[ab], Lock::Wait).await.unwrap()
        }
    });
    conversations::advance(&mut holder, &[Conversation { last_seq: 7, ..held[0] }]).await.unwrap();
    holder.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap()[0].last_seq, 7);
}
