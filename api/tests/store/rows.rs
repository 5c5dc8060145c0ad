//! Rows for the store's tests: as few words as possible for what a test is not about.

use crate::support::{Bench, START};
use api::store::conversations::Conversation;
use api::store::members::{Member, Role};
use api::store::messages::NewMessage;
use api::store::{Conn, conversations, groups, members, messages, reads};
use shared::door::ReadMark;
use shared::ids::{ConversationId, GroupId, MessageId, Seq, UserId};
use uuid::Uuid;

pub const NOBODY: UserId = UserId(999_999);
pub const NOWHERE: ConversationId = ConversationId(999_999);
pub const NO_GROUP: GroupId = GroupId(999_999);

pub async fn read(bench: &Bench) -> Conn {
    bench.db.read().await.unwrap()
}

pub async fn write(bench: &Bench) -> Conn {
    bench.db.write().await.unwrap()
}

pub async fn pair(bench: &Bench, a: UserId, b: UserId) -> ConversationId {
    let place = (a.min(b), a.max(b));
    conversations::ensure_pairs(&mut write(bench).await, &[place], START).await.unwrap();
    conversations::find_pair(&mut read(bench).await, a, b).await.unwrap().unwrap().id
}

pub async fn group(bench: &Bench, owner: UserId) -> (GroupId, ConversationId) {
    let mut conn = write(bench).await;
    let group = groups::insert(&mut conn, owner, "book club", "", START).await.unwrap();
    (group, conversations::make_group(&mut conn, group, START).await.unwrap())
}

pub fn text(conversation: ConversationId, seq: Seq, sender: UserId, content: &str) -> NewMessage {
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

pub async fn insert(bench: &Bench, entries: &[NewMessage]) -> Vec<MessageId> {
    messages::insert(&bench.db, &mut write(bench).await, entries).await.unwrap()
}

/// A log of that many texts, and the head to go with it.
pub async fn log(bench: &Bench, conversation: ConversationId, sender: UserId, count: Seq) {
    let entries: Vec<_> = (1..=count).map(|seq| text(conversation, seq, sender, "x")).collect();
    insert(bench, &entries).await;
    set_head(bench, conversation, count).await;
}

pub async fn set_head(bench: &Bench, id: ConversationId, last_seq: Seq) {
    let found = conversations::find(&mut read(bench).await, id).await.unwrap().unwrap();
    advance(&mut write(bench).await, &[Conversation { last_seq, ..found }]).await;
}

/// Moves conversations on, outside of any batch.
pub async fn advance(conn: &mut Conn, changed: &[Conversation]) {
    for query in conversations::advancing(conn.engine(), changed) {
        query.execute(conn).await.unwrap();
    }
}

pub fn member(group_id: GroupId, user_id: UserId, role: Role, joined_seq: Seq) -> Member {
    Member { group_id, user_id, role, joined_at: START, joined_seq, muted_until: None }
}

pub async fn seat(bench: &Bench, group: GroupId, user: UserId, role: Role, joined_seq: Seq) {
    let seat = member(group, user, role, joined_seq);
    members::insert(&mut write(bench).await, &[seat]).await.unwrap();
}

pub async fn mark(bench: &Bench, conversation_id: ConversationId, user_id: UserId, seq: Seq) {
    let mark = ReadMark { conversation_id, user_id, seq };
    reads::raise(&mut write(bench).await, &[mark]).await.unwrap();
}
