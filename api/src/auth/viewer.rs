//! Who makes a request. A token says who by which session, and nothing else; whether the session still
//! speaks for its user is read from the database each time, so one that was ended is refused at once.

use crate::app::App;
use crate::edge::limits::{address_key, take};
use crate::error::ApiError;
use crate::store::sessions;
use salvo::extract::Metadata;
use salvo::http::header::AUTHORIZATION;
use salvo::oapi::{Components, EndpointArgRegister, Operation};
use salvo::{Depot, Extractible, FlowCtrl, Request, Response, Writer, handler};
use shared::error::Code;
use shared::ids::{SessionId, UserId};
use shared::metrics::AUTH_FAILURES;
use shared::rate;
use shared::serve::address::client_address;
use shared::token::BadToken;

/// The user and session that a request speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub user_id: UserId,
    /// By which log-in.
    pub session_id: SessionId,
}

impl Viewer {
    /// The viewer whom [`require`] found.
    ///
    /// # Errors
    /// A bug: the route lets everybody in.
    pub fn of(depot: &Depot) -> Result<Self, ApiError> {
        depot
            .get_typed::<Self>()
            .copied()
            .map_err(|_| ApiError::bug("a route asks for a viewer and requires none"))
    }
}

/// Lets only live sessions pass. Missing, wrong, expired and ended are refused alike.
#[handler]
pub async fn require(req: &mut Request, depot: &mut Depot, res: &mut Response, ctrl: &mut FlowCtrl) {
    match find(req, depot).await {
        Ok(viewer) => {
            depot.insert_typed(viewer);
        }
        Err(refusal) => {
            ctrl.skip_rest();
            refusal.write(req, depot, res).await;
        }
    }
}

async fn find(req: &Request, depot: &Depot) -> Result<Viewer, ApiError> {
    let app = App::of(depot)?;
    match bearer(req, app).await? {
        Ok(viewer) => Ok(viewer),
        Err(reason) => {
            metrics::counter!(AUTH_FAILURES, "reason" => reason).increment(1);
            // Whoever has no session has no account to count for: guesses count for their address.
            take(app, rate::REQUEST, &address_key(client_address(req, &app.config.trusted_proxies))).await?;
            Err(Code::Unauthorized.into())
        }
    }
}

/// The viewer of the request's bearer token, or in a word for the metrics why there is none.
///
/// # Errors
/// The database's.
pub async fn bearer(req: &Request, app: &App) -> Result<Result<Viewer, &'static str>, ApiError> {
    let Some(token) = bearer_token(req) else { return Ok(Err("no_token")) };
    let claims = match app.tokens.verify(token) {
        Ok(claims) => claims,
        Err(BadToken::Expired) => return Ok(Err("expired_token")),
        Err(BadToken::Invalid) => return Ok(Err("bad_token")),
    };
    let standing = sessions::find_standing(&mut app.db.read().await?, claims.session_id).await?;
    let speaks = standing.is_some_and(|session| session.live && session.user_id == claims.user_id);
    let viewer = Viewer { user_id: claims.user_id, session_id: claims.session_id };
    Ok(if speaks { Ok(viewer) } else { Err("ended_session") })
}

fn bearer_token(req: &Request) -> Option<&str> {
    let (scheme, token) = req.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl<'ex> Extractible<'ex> for Viewer {
    fn metadata() -> &'static Metadata {
        static METADATA: Metadata = Metadata::new("Viewer");
        &METADATA
    }

    #[allow(refining_impl_trait)]
    async fn extract(_: &'ex mut Request, depot: &'ex mut Depot) -> Result<Self, ApiError> {
        Self::of(depot)
    }
}

impl EndpointArgRegister for Viewer {
    fn register(_: &mut Components, _: &mut Operation, _: &str) {}
}
