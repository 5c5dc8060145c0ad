//! The database's epoch: a random name, made with the database and changed when it is restored from a copy.
//! A client that meets another one drops what it cached, since numbers after the copy were given out twice.

use super::conn::Conn;
use super::dialect;
use super::sql::{Sql, query};
use uuid::Uuid;

/// Makes it when there is none. Two nodes that start together agree on one.
///
/// # Errors
/// The driver's.
pub async fn ensure(conn: &mut Conn) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO incarnation (id, epoch) VALUES (1, ?)";
    query(Sql::Built(format!("{insert}{}", dialect::unless_there(conn.engine()))))
        .bind(Uuid::new_v4().simple().to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// The epoch.
///
/// # Errors
/// The driver's.
pub async fn epoch(conn: &mut Conn) -> Result<String, sqlx::Error> {
    query("SELECT epoch FROM incarnation WHERE id = 1").fetch_one(conn).await?.get("epoch")
}
