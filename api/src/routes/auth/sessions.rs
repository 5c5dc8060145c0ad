//! `/api/auth/sessions`: where somebody is logged in, and the end of one of these log-ins or of all others.

use crate::app::App;
use crate::auth::sessions::{IDLE, end, end_others};
use crate::auth::viewer::Viewer;
use crate::edge::query::path_id;
use crate::edge::reply::NoContent;
use crate::error::ApiError;
use crate::store::sessions;
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Request, Writer};
use serde::Serialize;
use shared::error::Code;
use shared::ids::SessionId;
use shared::time::Timestamp;

/// One log-in on one device.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Device"))]
pub struct SessionView {
    /// Its id.
    #[salvo(schema(value_type = i64))]
    id: SessionId,
    /// What the device called itself when it logged in.
    device: String,
    /// When it logged in.
    #[salvo(schema(value_type = String, format = DateTime))]
    created_at: Timestamp,
    /// When it last refreshed its tokens.
    #[salvo(schema(value_type = String, format = DateTime))]
    refreshed_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

/// Where somebody is logged in.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Devices"))]
pub struct SessionsAnswer {
    /// The newest first.
    sessions: Vec<SessionView>,
}

/// Lists one's own sessions.
#[endpoint]
pub async fn list_sessions(viewer: Viewer, depot: &mut Depot) -> Result<Json<SessionsAnswer>, ApiError> {
    let app = App::of(depot)?;
    let idle_since =
        Timestamp(app.clock.now().0.saturating_sub(i64::try_from(IDLE.as_millis()).unwrap_or(i64::MAX)));
    let live = sessions::list_live(&mut app.db.read().await?, viewer.user_id, idle_since).await?;
    let views = live.into_iter().map(|session| SessionView {
        id: session.id,
        device: session.device,
        created_at: session.created_at,
        refreshed_at: session.rotated_at,
        current: session.id == viewer.session_id,
    });
    Ok(Json(SessionsAnswer { sessions: views.collect() }))
}

/// Ends one of one's own sessions, wherever it is.
#[endpoint(parameters(("id" = i64, Path, description = "The session.")))]
pub async fn end_session(
    viewer: Viewer,
    req: &mut Request,
    depot: &mut Depot,
) -> Result<NoContent, ApiError> {
    let session_id = SessionId(path_id(req)?);
    if end(App::of(depot)?, viewer.user_id, session_id, "ended_by_owner").await? {
        return Ok(NoContent);
    }
    Err(Code::NotFound.into())
}

/// Ends all of one's own sessions but the one that asks.
#[endpoint]
pub async fn end_other_sessions(viewer: Viewer, depot: &mut Depot) -> Result<NoContent, ApiError> {
    end_others(App::of(depot)?, viewer.user_id, viewer.session_id).await?;
    Ok(NoContent)
}
