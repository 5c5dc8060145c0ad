//! `POST /api/auth/register`: an account, and its first session.

use super::{SessionAnswer, SessionKind, address, answer, device};
use crate::app::App;
use crate::auth::names::{self, Name};
use crate::auth::passwords::check_new;
use crate::auth::sessions::begin;
use crate::edge::body::Body;
use crate::edge::reply::Created;
use crate::error::ApiError;
use crate::routes::users::UserView;
use crate::store::users::{self, NewUser};
use crate::store::{Conn, Trouble};
use salvo::oapi::{ToSchema, endpoint};
use salvo::{Depot, Request, Response, Writer};
use serde::Deserialize;
use shared::error::Code;
use shared::ids::UserId;

/// Who wants an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "Register"))]
pub struct RegisterBody {
    /// 1 to 50 characters; nobody else's in any case or width.
    username: String,
    /// To log in with.
    email: String,
    /// At least 8 characters, at most 72 bytes.
    password: String,
    /// Where the refresh token goes; `token` when absent.
    session: Option<SessionKind>,
}

/// Makes an account and logs it in.
#[endpoint]
pub async fn register_account(
    body: Body<RegisterBody>,
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
) -> Result<Created<SessionAnswer>, ApiError> {
    let app = App::of(depot)?;
    let Body(body) = body;
    let (username, email) = (names::username(&body.username)?, names::email(&body.email)?);
    check_new(&body.password)?;
    // Looked at first, so that a taken name costs no hash. The unique keys decide all the same.
    if let Some(taken) = find_taken(&mut app.db.read().await?, &username, &email).await? {
        return Err(taken.into());
    }
    let password_hash = app.passwords.hash(&body.password).await?;
    let new = NewUser {
        username: &username.text,
        username_key: &username.key,
        email: &email.text,
        email_key: &email.key,
        password_hash: &password_hash,
    };
    let mut tx = app.db.begin().await?;
    let user_id = match users::insert(&mut tx, new, app.clock.now()).await {
        Ok(user_id) => user_id,
        Err(error) => {
            drop(tx);
            return Err(lost_race(app, error, &username, &email).await);
        }
    };
    let granted = begin(app, &mut tx, user_id, &device(req)).await?;
    let user = find_new(&mut tx, user_id).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", %user_id, address = %address(req, app), "an account was made");
    Ok(Created(answer(req, res, app, (granted, body.session.unwrap_or_default()), user)?))
}

async fn find_taken(conn: &mut Conn, username: &Name, email: &Name) -> Result<Option<Code>, sqlx::Error> {
    if users::is_username_taken(conn, &username.key).await? {
        return Ok(Some(Code::UsernameTaken));
    }
    Ok(users::is_email_taken(conn, &email.key).await?.then_some(Code::EmailTaken))
}

/// Somebody else took the name or the address between our look and our insert.
async fn lost_race(app: &App, error: sqlx::Error, username: &Name, email: &Name) -> ApiError {
    if Trouble::of(&error) != Some(Trouble::Duplicate) {
        return error.into();
    }
    let found = async { find_taken(&mut app.db.read().await?, username, email).await };
    match found.await {
        Ok(Some(taken)) => taken.into(),
        // Taken, and free again since: the next try will tell.
        Ok(None) => Code::Unavailable.into(),
        Err(error) => error.into(),
    }
}

async fn find_new(conn: &mut Conn, user_id: UserId) -> Result<UserView, ApiError> {
    let user =
        users::find(conn, user_id).await?.ok_or_else(|| ApiError::bug("a new account is not there"))?;
    Ok(UserView::own(user))
}
