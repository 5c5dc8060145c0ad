//! Sessions: how one begins, goes on and ends. A refresh token is good once; the one before it is good for a
//! minute more and gives the same successor (a lost answer, two tabs). An older one was copied: whoever
//! brings it, the session ends for both.

use crate::app::App;
use crate::auth::controls::announce;
use crate::auth::refresh_token::Presented;
use crate::error::ApiError;
use crate::store::Conn;
use crate::store::sessions::{self, NewSession, Session};
use shared::error::Code;
use shared::event::Control;
use shared::ids::{SessionId, UserId};
use shared::metrics::AUTH_FAILURES;
use std::sync::Arc;
use std::time::Duration;

/// A session that was not refreshed for so long is over.
pub const IDLE: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long the token before the last one is good, after the last one was given out.
pub const GRACE: Duration = Duration::from_secs(60);

/// How many random bytes a session's tokens are derived from.
const SEED_BYTES: usize = 32;

/// A session and the refresh token that it goes on with.
pub struct Granted {
    /// Whose.
    pub user_id: UserId,
    /// Which.
    pub session_id: SessionId,
    /// The token for the next refresh.
    pub refresh_token: String,
}

/// Begins a session, in the caller's transaction.
///
/// # Errors
/// The database's.
pub async fn begin(app: &App, conn: &mut Conn, user_id: UserId, device: &str) -> Result<Granted, ApiError> {
    let seed: [u8; SEED_BYTES] = rand::random();
    let session_id =
        sessions::insert(conn, NewSession { user_id, seed: &seed, device }, app.clock.now()).await?;
    Ok(Granted { user_id, session_id, refresh_token: app.refresh.issue(session_id, 0, &seed) })
}

/// Trades a refresh token in for the next one.
///
/// # Errors
/// `unauthorized`: it is none of ours, its session is over, or it was used before. The last ends the session.
pub async fn renew(app: &Arc<App>, token: &str) -> Result<Granted, ApiError> {
    // Who loses a race against another refresh looks again, and then finds the winner's generation.
    for _ in 0..2 {
        let (presented, session) = find(app, token).await?;
        let now = app.clock.now();
        let granted = |generation| Granted {
            user_id: session.user_id,
            session_id: session.id,
            refresh_token: app.refresh.issue(session.id, generation, &session.seed),
        };
        match session.generation - presented.generation {
            0 => {
                if sessions::rotate(&mut app.db.write().await?, session.id, session.generation, now).await? {
                    return Ok(granted(session.generation + 1));
                }
            }
            1 if now.since(session.rotated_at) < GRACE => return Ok(granted(session.generation)),
            behind if behind > 0 => {
                end(app, session.user_id, session.id, "refresh_reused").await?;
                return Err(refused("reused_refresh_token"));
            }
            // From the future: the database was restored from a copy. Nobody stole anything; log in again.
            _ => break,
        }
    }
    Err(refused("bad_refresh_token"))
}

/// The live session of a refresh token, whichever of its tokens that is.
///
/// # Errors
/// `unauthorized`: it is none of ours, or its session is over.
pub async fn find(app: &App, token: &str) -> Result<(Presented, Session), ApiError> {
    let presented = Presented::parse(token).ok_or_else(|| refused("bad_refresh_token"))?;
    let session = sessions::find(&mut app.db.read().await?, presented.session_id).await?;
    let session = session
        .filter(|session| app.refresh.is_authentic(&presented, &session.seed))
        .ok_or_else(|| refused("bad_refresh_token"))?;
    if session.ended || app.clock.now().since(session.rotated_at) >= IDLE {
        return Err(refused("ended_session"));
    }
    Ok((presented, session))
}

/// Ends a session and closes its connections; `false` when it is not a live one of that user.
///
/// # Errors
/// The database's.
pub async fn end(
    app: &Arc<App>,
    user_id: UserId,
    session_id: SessionId,
    why: &'static str,
) -> Result<bool, ApiError> {
    let ended = sessions::end(&mut app.db.write().await?, user_id, session_id, app.clock.now()).await?;
    if ended {
        tracing::info!(target: "audit", %user_id, %session_id, why, "a session ended");
        announce(app, user_id, Control::SessionEnded { session_id }).await;
    }
    Ok(ended)
}

/// Ends all sessions of a user but one, and closes their connections. Announced even when there was none: whoever asks
/// again may do so because the first answer, and with it the announcement, was lost.
///
/// # Errors
/// The database's.
pub async fn end_others(app: &Arc<App>, user_id: UserId, kept: SessionId) -> Result<(), ApiError> {
    let ended =
        sessions::end_all_but(&mut app.db.write().await?, user_id, Some(kept), app.clock.now()).await?;
    tracing::info!(target: "audit", %user_id, %kept, ended, "all other sessions ended");
    announce(app, user_id, Control::OtherSessionsEnded { kept: Some(kept) }).await;
    Ok(())
}

fn refused(reason: &'static str) -> ApiError {
    metrics::counter!(AUTH_FAILURES, "reason" => reason).increment(1);
    Code::Unauthorized.into()
}
