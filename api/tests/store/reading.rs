//! What users are told of their conversations: cursors, heads, the list, and whom they share one with.

use crate::rows::{NOBODY, advance, group, insert, log, mark, pair, read, seat, set_head, text, write};
use crate::support::{Bench, START};
use api::store::conversations::Conversation;
use api::store::members::Role;
use api::store::messages::NewMessage;
use api::store::sql::query;
use api::store::{accounts, conversations, heads, inbox, members, reads};
use shared::door::{ReadMark, Seat};
use shared::draft::ConversationKey;
use shared::event::Status;
use shared::ids::{ConversationId, SessionId, UserId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

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
    let expected =
        HashMap::from([((id, alice), 8), ((id, bob), 9), ((ConversationId(id.0 + 600), bob), 600)]);
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
    let alices = Seat { group_id: id, conversation_id: gc, joined_seq: 4, members_version: 0, last_seq: 7 };
    assert_eq!(
        seats,
        HashMap::from([(alice, vec![alices]), (carol, vec![Seat { joined_seq: 1, ..alices }])])
    );
}

async fn the_list_says_what_is_unread_and_what_was_last(bench: Bench) {
    let [alice, bob, carol, dave] = bench.users().await;
    let (ab, ac, ad) =
        (pair(&bench, alice, bob).await, pair(&bench, carol, alice).await, pair(&bench, alice, dave).await);
    let (id, gc) = group(&bench, bob).await;
    seat(&bench, id, alice, Role::Member, 3).await;
    // Of bob's five alice wrote two; of carol's 150 none; in the group one joined, and one wrote.
    let bobs =
        [bob, alice, bob, bob, alice].into_iter().zip(1..).map(|(sender, seq)| text(ab, seq, sender, "hi"));
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
    advance(&mut write(&bench).await, &[newest]).await;

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
    advance(&mut write(&bench).await, &moved).await;
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
    assert_eq!(
        found,
        HashMap::from([
            (alice, standing(Status::Online, false)),
            (bob, standing(Status::Online, true)),
            (carol, standing(Status::Away, false)),
        ])
    );
    let (live, ended) = (bench.session(alice).await, bench.session(bob).await);
    bench.end_session(ended).await;
    let found =
        accounts::live_sessions(&mut read(&bench).await, &[live, ended, SessionId(999_999)]).await.unwrap();
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
    cursors_move_on_and_never_back,
    heads_sums_and_seats_are_each_users_own,
    the_list_says_what_is_unread_and_what_was_last,
    a_long_list_is_counted_line_by_line,
    accounts_stand_as_they_are,
    sharing_is_having_talked_or_a_group,
);
