//! Accounts, sessions and groups as rows, written straight into a database of our own: thousands of them by REST would
//! take minutes of hashing passwords. What is there afterwards is what the api would have made of one joining by all.

use super::people::{Cast, People, Place, Signer};
use anyhow::Result;
use shared::time::Clock;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, SqliteConnection};
use std::path::Path;
use uuid::Uuid;

/// Rows of one statement.
const ROWS: usize = 500;

/// A database of either kind; what is written in both is the same but for the time.
enum Database {
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

/// Into MariaDB.
pub(super) async fn in_mysql(url: &str, secret: &str, cast: &Cast) -> Result<People> {
    write(Database::MySql(MySqlConnection::connect(url).await?), "UTC_TIMESTAMP(3)", secret, cast).await
}

/// Into the file of an all-in-one.
pub(super) async fn in_sqlite(file: &Path, secret: &str, cast: &Cast) -> Result<People> {
    let options = SqliteConnectOptions::new().filename(file);
    let now = Clock::system().now().0.to_string();
    write(Database::Sqlite(SqliteConnection::connect_with(&options).await?), &now, secret, cast).await
}

/// How many statements a MariaDB has run.
pub(super) async fn questions(url: &str) -> Result<u64> {
    let mut connection = MySqlConnection::connect(url).await?;
    let (_, value): (String, String) =
        sqlx::query_as("SHOW GLOBAL STATUS LIKE 'Questions'").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(value.parse()?)
}

async fn write(mut database: Database, now: &str, secret: &str, cast: &Cast) -> Result<People> {
    let signer = Signer::new(secret);
    let first = |highest: i64| highest + 1;
    let user = first(database.highest("users").await?);
    let session = first(database.highest("sessions").await?);
    let group = first(database.highest("groups_table").await?);
    let conversation = first(database.highest("conversations").await?);
    let id = |nth: usize| user + nth as i64;
    let users = (0..cast.users).map(|nth| {
        let name = format!("'load-{}'", id(nth));
        let email = format!("'load-{}@example.org'", id(nth));
        format!("({}, {name}, {name}, {email}, {email}, '-', '', 'online', {now}, {now})", id(nth))
    });
    let columns = "users (id, username, username_key, email, email_key, password_hash, avatar, status, created_at, updated_at)";
    database.insert(columns, users).await?;
    let seed = "0".repeat(64);
    let sessions = (0..cast.users).map(|nth| {
        format!("({}, {}, X'{seed}', 0, 'imtt-load', {now}, {now})", session + nth as i64, id(nth))
    });
    database
        .insert("sessions (id, user_id, seed, generation, device, created_at, rotated_at)", sessions)
        .await?;

    let owners = cast.groups.iter().map(|members| id(members.first().copied().unwrap_or(0)));
    let numbered = || owners.clone().enumerate().map(|(nth, owner)| (nth as i64, owner));
    let groups = numbered()
        .map(|(nth, owner)| format!("({}, 'load', '', '', {owner}, 'open', {now}, {now})", group + nth));
    let columns =
        "groups_table (id, name, description, avatar, owner_id, join_policy, created_at, updated_at)";
    database.insert(columns, groups).await?;
    let conversations =
        numbered().map(|(nth, _)| format!("({}, 'group', {}, 1, 1, {now})", conversation + nth, group + nth));
    let columns = "conversations (id, kind, group_id, last_seq, members_version, updated_at)";
    database.insert(columns, conversations).await?;
    let joinings = numbered().map(|(nth, owner)| {
        let (place, group, entry) = (conversation + nth, group + nth, Uuid::now_v7().simple());
        format!(
            "({place}, 1, {owner}, {group}, '{{\"user_id\":{owner}}}', 'member_joined', X'{entry}', {now})"
        )
    });
    let columns = "messages (conversation_id, seq, sender_id, group_id, content, message_type, client_message_id, created_at)";
    database.insert(columns, joinings).await?;
    let members = cast.groups.iter().zip(group..).flat_map(|(members, group)| {
        members.iter().enumerate().map(move |(place, member)| {
            let role = if place == 0 { "owner" } else { "member" };
            format!("({group}, {}, '{role}', {now}, 1)", id(*member))
        })
    });
    database.insert("group_members (group_id, user_id, role, joined_at, joined_seq)", members).await?;
    database.close().await?;
    let place = |(nth, _): (usize, &Vec<usize>)| Place {
        group: group + nth as i64,
        conversation: conversation + nth as i64,
    };
    Ok(People {
        persons: (0..cast.users)
            .map(|nth| signer.sign(id(nth), session + nth as i64))
            .collect::<Result<_>>()?,
        groups: cast.groups.iter().enumerate().map(place).collect(),
    })
}

impl Database {
    async fn highest(&mut self, table: &str) -> Result<i64> {
        let text = AssertSqlSafe(format!("SELECT COALESCE(MAX(id), 0) FROM {table}"));
        Ok(match self {
            Self::MySql(connection) => sqlx::query_scalar(text).fetch_one(connection).await?,
            Self::Sqlite(connection) => sqlx::query_scalar(text).fetch_one(connection).await?,
        })
    }

    /// The rows hold numbers and words of ours: nothing in them needs quoting.
    async fn insert(&mut self, columns: &str, rows: impl Iterator<Item = String>) -> Result<()> {
        let rows: Vec<String> = rows.collect();
        for piece in rows.chunks(ROWS) {
            let text = AssertSqlSafe(format!("INSERT INTO {columns} VALUES {}", piece.join(", ")));
            match self {
                Self::MySql(connection) => connection.execute(text).await?.rows_affected(),
                Self::Sqlite(connection) => connection.execute(text).await?.rows_affected(),
            };
        }
        Ok(())
    }

    async fn close(self) -> Result<()> {
        match self {
            Self::MySql(connection) => Ok(connection.close().await?),
            Self::Sqlite(connection) => Ok(connection.close().await?),
        }
    }
}
