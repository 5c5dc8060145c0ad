//! The end of a campaign: the tables, and what every api node says of them to everybody.

use crate::client::World;
use crate::client::rest::{Tokens, listed_key};
use crate::history::{
    ConversationRow, Ending, Key, Kind, Listed, MemberRow, MessageRow, ReadRow, Seen, UserHistory, hash_of,
};
use crate::workload::People;
use anyhow::{Context, Result, anyhow};
use futures_util::{StreamExt, stream};
use sqlx::{Connection, MySqlConnection, Row};
use uuid::Uuid;

/// So many people look at once.
const AT_ONCE: usize = 6;
/// Entries of the newest page.
const PAGE: usize = 200;

/// What one person is told.
#[derive(Default)]
struct Told {
    lists: Vec<Listed>,
    histories: Vec<UserHistory>,
}

/// Takes it; every `nth` person is asked what they are told.
///
/// # Errors
/// The database or an api node does not answer, with all faults over.
pub async fn take(database: &str, world: &World, people: &People, nth: usize) -> Result<Ending> {
    let mut ending = tables(database).await.context("reading the tables")?;
    let asked = people.persons.iter().step_by(nth).enumerate().map(|(nth, person)| async move {
        let tokens = world.log_in(0, &person.name).await.context("logging in at the end")?;
        let mut told = Told::default();
        for api in 0..world.apis.len() {
            told.ask(world, &tokens, api, api == nth % world.apis.len()).await?;
        }
        Ok::<_, anyhow::Error>(told)
    });
    let mut answers = stream::iter(asked).buffer_unordered(AT_ONCE);
    while let Some(told) = answers.next().await {
        let told = told?;
        ending.lists.extend(told.lists);
        ending.histories.extend(told.histories);
    }
    Ok(ending)
}

async fn tables(database: &str) -> Result<Ending> {
    let mut connection = MySqlConnection::connect(database).await?;
    let mut ending = Ending::default();
    let rows = sqlx::query("SELECT id, user_low, user_high, group_id, last_seq FROM conversations");
    for row in rows.fetch_all(&mut connection).await? {
        let key = match row.try_get::<Option<i64>, _>("group_id")? {
            Some(group) => Key::Group(group),
            None => Key::Pair(row.try_get("user_low")?, row.try_get("user_high")?),
        };
        ending.conversations.push(ConversationRow {
            conv: row.try_get("id")?,
            key,
            last_seq: row.try_get("last_seq")?,
        });
    }
    let rows = sqlx::query(
        "SELECT id, conversation_id, seq, sender_id, content, message_type, client_message_id,
                CAST(UNIX_TIMESTAMP(created_at) * 1000 AS SIGNED) AS created_ms
         FROM messages
         ORDER BY conversation_id, seq, id",
    );
    for row in rows.fetch_all(&mut connection).await? {
        let (content, word): (String, String) = (row.try_get("content")?, row.try_get("message_type")?);
        let cmid: Vec<u8> = row.try_get("client_message_id")?;
        let seen = Seen {
            conv: row.try_get("conversation_id")?,
            seq: row.try_get("seq")?,
            id: row.try_get("id")?,
            sender: row.try_get("sender_id")?,
            cmid: Uuid::from_slice(&cmid)?,
            hash: hash_of(&content),
            kind: Kind::of(&word, &content),
        };
        ending.messages.push(MessageRow { seen, created_ms: row.try_get("created_ms")? });
    }
    let rows = sqlx::query("SELECT group_id, user_id, joined_seq FROM group_members");
    for row in rows.fetch_all(&mut connection).await? {
        let (group, user) = (row.try_get("group_id")?, row.try_get("user_id")?);
        ending.members.push(MemberRow { group, user, joined_seq: row.try_get("joined_seq")? });
    }
    let rows = sqlx::query("SELECT conversation_id, user_id, read_seq FROM conversation_reads");
    for row in rows.fetch_all(&mut connection).await? {
        let (conv, user) = (row.try_get("conversation_id")?, row.try_get("user_id")?);
        ending.reads.push(ReadRow { conv, user, read_seq: row.try_get("read_seq")? });
    }
    connection.close().await?;
    Ok(ending)
}

impl Told {
    /// The list from one api node, and of each line of it the history: all of it, or the newest page.
    async fn ask(&mut self, world: &World, tokens: &Tokens, api: usize, whole: bool) -> Result<()> {
        let user = tokens.user;
        let answer =
            world.get(api, "/api/conversations", &tokens.token).await.context("listing conversations")?;
        let lines =
            answer.body["conversations"].as_array().ok_or_else(|| anyhow!("no conversations: {answer:?}"))?;
        for line in lines {
            let (conv, key) =
                listed_key(line, user).ok_or_else(|| anyhow!("a conversation with nobody: {line}"))?;
            let number = |name: &str| line[name].as_i64().ok_or_else(|| anyhow!("no {name}: {line}"));
            let (last_seq, read_seq, unread) = (number("last_seq")?, number("read_seq")?, number("unread")?);
            self.lists.push(Listed { user, api: api as u32, conv, last_seq, read_seq, unread });
            let entries = match whole {
                true => world.whole_history(api, &tokens.token, key, user).await,
                false => {
                    let page = world.page(api, &tokens.token, key, user, &format!("limit={PAGE}")).await;
                    page.map(|page| page.entries)
                }
            };
            let entries = entries
                .map_err(|status| anyhow!("history of {key:?} for {user} from api {api}: {status:?}"))?;
            let entries = entries.iter().map(|seen| (seen.seq, seen.id, seen.hash)).collect();
            self.histories.push(UserHistory { user, api: api as u32, conv, whole, entries });
        }
        Ok(())
    }
}
