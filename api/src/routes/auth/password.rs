//! `POST /api/auth/password`: another password. Every other session of the account ends with the old one.

use crate::app::App;
use crate::auth::controls::announce;
use crate::auth::passwords::check_new;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::edge::reply::NoContent;
use crate::error::ApiError;
use crate::store::{sessions, users};
use salvo::oapi::{ToSchema, endpoint};
use salvo::{Depot, Writer};
use serde::Deserialize;
use shared::error::Code;
use shared::event::Control;
use shared::metrics::AUTH_FAILURES;

/// The password that was, and the one that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "ChangePassword"))]
pub struct PasswordBody {
    /// The present password.
    old: String,
    /// At least 8 characters, at most 72 bytes.
    new: String,
}

/// Changes the password and ends all other sessions.
#[endpoint]
pub async fn change_password(
    viewer: Viewer,
    body: Body<PasswordBody>,
    depot: &mut Depot,
) -> Result<NoContent, ApiError> {
    let app = App::of(depot)?;
    let Body(body) = body;
    check_new(&body.new)?;
    let old_hash = confirmed_hash(app, viewer, &body.old).await?;
    let new_hash = app.passwords.hash(&body.new).await?;

    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !users::replace_password_hash(&mut tx, viewer.user_id, &old_hash, &new_hash, now).await? {
        // Changed by another session since it was checked: `old` is not the password any more.
        return Err(Code::WrongPassword.into());
    }
    sessions::end_all_but(&mut tx, viewer.user_id, Some(viewer.session_id), now).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", user_id = %viewer.user_id, "a password was changed");
    announce(app, viewer.user_id, Control::OtherSessionsEnded { kept: Some(viewer.session_id) }).await;
    Ok(NoContent)
}

/// The hash of the viewer's password, if `password` is it.
///
/// # Errors
/// `wrong_password`.
pub(super) async fn confirmed_hash(app: &App, viewer: Viewer, password: &str) -> Result<String, ApiError> {
    let hash = users::find_password_hash(&mut app.db.read().await?, viewer.user_id).await?;
    let hash = hash.ok_or(Code::Unauthorized)?;
    if app.passwords.verify(password, Some(&hash)).await? {
        return Ok(hash);
    }
    metrics::counter!(AUTH_FAILURES, "reason" => "wrong_password").increment(1);
    tracing::info!(target: "audit", user_id = %viewer.user_id, "a password was wrong");
    Err(Code::WrongPassword.into())
}
