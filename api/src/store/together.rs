//! Statements that go to the server together. Each round trip wakes two processes and holds the rows of a batch for as long
//! as it takes, so a batch begins with what it locks and reads, and commits with the last of what it writes (ADR 8).

use super::conn::{Conn, Inner, Tx, in_time};
use super::db::Engine;
use super::row::Row;
use super::sql::Query;
use super::timing::Running;
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Either, MySqlConnection};

impl Tx {
    pub(super) async fn begin_with(
        conn: Conn,
        queries: Vec<Query>,
    ) -> Result<(Self, Vec<Vec<Row>>), sqlx::Error> {
        let (mut tx, begin) = Self::beginning(conn);
        match together(&mut tx, Some(begin), queries, None).await {
            Ok(answers) => Ok((tx, answers)),
            Err(error) => Err(tx.given_up(error).await),
        }
    }

    /// Does the last of it and makes it durable, or nothing of it: what fails keeps the COMMIT from being reached. After an
    /// error that is not the database's it is not known whether it is durable: repeat with the same ids.
    ///
    /// # Errors
    /// The driver's; what the database refused is undone.
    pub async fn commit_with(mut self, queries: Vec<Query>) -> Result<(), sqlx::Error> {
        match together(&mut self, None, queries, Some("COMMIT")).await {
            Ok(_) => {
                self.ended();
                Ok(())
            }
            Err(error) => Err(self.given_up(error).await),
        }
    }

    /// What the database refused leaves the transaction open, and its locks held; anything else has cost the connection.
    async fn given_up(self, error: sqlx::Error) -> sqlx::Error {
        if let sqlx::Error::Database(_) = error {
            // If it fails, that costs the connection as well.
            let _ = self.rollback().await;
        }
        error
    }
}

/// The rows of each query, in order, with a word of a transaction before or after them. What fails ends it.
async fn together(
    conn: &mut Conn,
    before: Option<&'static str>,
    queries: Vec<Query>,
    after: Option<&'static str>,
) -> Result<Vec<Vec<Row>>, sqlx::Error> {
    if conn.engine() == Engine::MySql {
        let words = before.is_some();
        let spelled = queries.into_iter().map(Query::spelled).collect::<Result<Vec<_>, _>>()?;
        let _running = spelled.first().map(|first| Running::of(first));
        let texts: Vec<&str> =
            before.into_iter().chain(spelled.iter().map(String::as_str)).chain(after).collect();
        let Inner::MySql(driver) = conn.inner() else { unreachable!("the engine was asked") };
        let came = in_time(answers(driver, texts.join("; "))).await;
        let mut answers = conn.answered(came)?;
        answers.drain(..usize::from(words));
        answers.truncate(spelled.len());
        return Ok(answers);
    }
    // A file is not far away: one after the other.
    if let Some(word) = before {
        conn.say(word).await?;
    }
    let mut answers = Vec::with_capacity(queries.len());
    for query in queries {
        answers.push(query.fetch_all(conn).await?);
    }
    if let Some(word) = after {
        conn.say(word).await?;
    }
    Ok(answers)
}

/// What a server answers to several statements, one list for each.
async fn answers(driver: &mut MySqlConnection, text: String) -> Result<Vec<Vec<Row>>, sqlx::Error> {
    let mut coming = sqlx::raw_sql(AssertSqlSafe(text)).fetch_many(driver);
    let (mut answers, mut rows) = (Vec::new(), Vec::new());
    while let Some(part) = coming.try_next().await? {
        match part {
            Either::Right(row) => rows.push(Row::MySql(row)),
            Either::Left(_end) => answers.push(std::mem::take(&mut rows)),
        }
    }
    Ok(answers)
}
