//! `POST /api/auth/login`: a new session of an account. Whether the address or the password was wrong is not
//! told, neither in words nor in time.

use super::{SessionAnswer, SessionKind, address, answer, device};
use crate::app::App;
use crate::auth::names::key_of;
use crate::auth::sessions::begin;
use crate::edge::body::Body;
use crate::edge::limits::{account_key, take};
use crate::error::ApiError;
use crate::routes::users::UserView;
use crate::store::users::{self, Credentials};
use crate::tell::tell;
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Request, Response, Writer};
use serde::Deserialize;
use shared::error::Code;
use shared::event::ServerEvent;
use shared::metrics::AUTH_FAILURES;
use shared::rate;

/// Who logs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "LogIn"))]
pub struct LogInBody {
    /// The account's address, in any case.
    email: String,
    /// Its password.
    password: String,
    /// Where the refresh token goes; `token` when absent.
    session: Option<SessionKind>,
}

/// Logs in on one more device.
#[endpoint]
pub async fn log_in(
    body: Body<LogInBody>,
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
) -> Result<Json<SessionAnswer>, ApiError> {
    let app = App::of(depot)?;
    let Body(body) = body;
    let email_key = key_of(&body.email);
    take(app, rate::LOGIN_ACCOUNT, &account_key(&email_key)).await?;
    let found = users::find_credentials(&mut app.db.read().await?, &email_key).await?;
    let hash = found.as_ref().map(|found| found.password_hash.as_str());
    let right = app.passwords.verify(&body.password, hash).await?;
    let Some(found) = found.filter(|_| right) else { return Err(refused(req, app)) };
    let password_hash = renewed_hash(app, &found, &body.password).await?;

    let mut tx = app.db.begin().await?;
    // A password that was changed since it was checked begins no session.
    if !users::hold_with(&mut tx, found.user.id, &password_hash).await? {
        return Err(refused(req, app));
    }
    let device = device(req);
    let granted = begin(app, &mut tx, found.user.id, &device).await?;
    tx.commit().await?;
    let (session_id, created_at) = (granted.session_id, app.clock.now());
    tell(app, found.user.id, &ServerEvent::LoggedIn { session_id, device, created_at }).await;
    tracing::info!(target: "audit", user_id = %found.user.id, session_id = %granted.session_id,
        address = %address(req, app), "logged in");
    let user = UserView::own(found.user);
    Ok(Json(answer(req, res, app, (granted, body.session.unwrap_or_default()), user)?))
}

/// Hashes the password again when hashes have become dearer since; gives the hash that is the account's now.
async fn renewed_hash(app: &App, found: &Credentials, password: &str) -> Result<String, ApiError> {
    let old = &found.password_hash;
    if !app.passwords.is_cheap(old) {
        return Ok(old.clone());
    }
    // A full queue is no reason to refuse a log-in: the next one will see to it.
    let Ok(new) = app.passwords.hash(password).await else { return Ok(old.clone()) };
    let mut conn = app.db.write().await?;
    let replaced = users::replace_password_hash(&mut conn, found.user.id, old, &new, app.clock.now()).await?;
    Ok(if replaced { new } else { old.clone() })
}

fn refused(req: &Request, app: &App) -> ApiError {
    metrics::counter!(AUTH_FAILURES, "reason" => "wrong_credentials").increment(1);
    tracing::info!(target: "audit", address = %address(req, app), "a log-in was refused");
    Code::WrongCredentials.into()
}
