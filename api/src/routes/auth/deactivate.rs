//! `POST /api/auth/deactivate`: the end of an account. It leaves its groups, ends all its sessions, and is not
//! found by name any more; what it wrote stays where it was written.

use super::password::confirmed_hash;
use crate::app::App;
use crate::auth::controls::announce;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::edge::reply::NoContent;
use crate::error::ApiError;
use crate::store::{groups, sessions, users};
use salvo::oapi::{ToSchema, endpoint};
use salvo::{Depot, Writer};
use serde::Deserialize;
use shared::error::Code;
use shared::event::Control;
use shared::ids::UserId;

/// The account's password, once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "Deactivate"))]
pub struct DeactivateBody {
    /// The present password.
    password: String,
}

/// Closes the account, for good.
#[endpoint]
pub async fn close_account(
    viewer: Viewer,
    body: Body<DeactivateBody>,
    depot: &mut Depot,
) -> Result<NoContent, ApiError> {
    let app = App::of(depot)?;
    let hash = confirmed_hash(app, viewer, &body.0.password).await?;
    // Before the account closes: if this fails in the middle, its owner can come back and finish.
    leave_groups(app, viewer.user_id).await?;

    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !users::hold_with(&mut tx, viewer.user_id, &hash).await? {
        return Err(Code::WrongPassword.into());
    }
    users::close(&mut tx, viewer.user_id, now).await?;
    sessions::end_all_but(&mut tx, viewer.user_id, None, now).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", user_id = %viewer.user_id, "an account was closed");
    announce(app, viewer.user_id, Control::AccountClosed).await;
    // A group that was joined in between. The account is closed by now, so no further one follows.
    if let Err(refusal) = leave_groups(app, viewer.user_id).await {
        tracing::warn!(user_id = %viewer.user_id, code = %refusal.code(), "a closed account is left in a group");
    }
    Ok(NoContent)
}

async fn leave_groups(app: &App, user_id: UserId) -> Result<(), ApiError> {
    let joined = groups::list_for(&mut app.db.read().await?, user_id).await?;
    for group in joined {
        match app.append.leave(user_id, group.id).await {
            // `not_found`: somebody removed the user meanwhile.
            Ok(()) => {}
            Err(refusal) if refusal.code == Code::NotFound => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(())
}
