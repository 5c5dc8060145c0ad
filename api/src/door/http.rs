//! ⑤ → ⑥ The door over HTTP, for the gateways of a cluster: append and the look-ups as calls on the internal
//! port. Who asks shows the secret of the nodes first; what is asked is for nodes and never for clients.

use crate::app::App;
use crate::door::DoorError;
use crate::error::ApiError;
use bytes::Bytes;
use salvo::affix_state;
use salvo::http::ParseError;
use salvo::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use salvo::writing::Json;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Scribe, Writer, async_trait, handler};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use shared::config::Secret;
use shared::door::{AnnounceQuestion, Call, Outcome, PREFIX, TypingQuestion, to_frames};
use shared::draft::Draft;
use shared::error::Code;
use shared::event::{Heads, Status};
use shared::ids::UserId;
use shared::lane::MAX_BATCH;
use shared::serve::refuse::REQUEST_ID;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// How a call answers that is answered in JSON.
type Answer<T> = Result<Json<T>, ApiError>;

/// The calls, for the internal port; all of them under one prefix.
#[must_use]
pub fn router(app: Arc<App>, secret: Secret) -> Router {
    let proof = Proof::of(secret.expose());
    let calls = Router::with_path(PREFIX).hoop(proof).hoop(affix_state::inject(app));
    Call::ALL.into_iter().fold(calls, |calls, call| {
        let here = Router::with_path(call.name());
        calls.push(match call {
            Call::Append => here.post(append),
            Call::Attach => here.post(attach),
            Call::Rosters => here.post(rosters),
            Call::Entries => here.post(entries),
            Call::Sums => here.post(sums),
            Call::Read => here.post(read),
            Call::Watchable => here.post(watchable),
            Call::MayType => here.post(may_type),
            Call::Announce => here.post(announce),
        })
    })
}

/// What who asks must show. Kept as a hash: two hashes are as long as each other, whatever was shown, so the
/// time that comparing takes says nothing of the secret.
struct Proof([u8; 32]);

impl Proof {
    fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    fn is_shown_by(&self, req: &Request) -> bool {
        let header = req.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let shown = header.and_then(|header| header.strip_prefix(b"Bearer ")).unwrap_or_default();
        Self::of(shown).0.ct_eq(&self.0).into()
    }
}

#[async_trait]
impl Handler for Proof {
    /// Before the body is read, and before anything is done.
    async fn handle(&self, req: &mut Request, depot: &mut Depot, res: &mut Response, ctrl: &mut FlowCtrl) {
        if !self.is_shown_by(req) {
            ctrl.skip_rest();
            return ApiError::from(Code::Unauthorized).write(req, depot, res).await;
        }
        // A node may say what it calls its question: so one send is found in the logs of both.
        if let Some(id) = req.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
            tracing::Span::current().record("door_id", id);
        }
    }
}

/// The drafts are not checked again: each gateway did that at ④, in the code that this crate uses too, and
/// who has the secret of the nodes could write anything anyway. A receiver who is not there is refused by
/// the append like any other.
#[handler]
async fn append(req: &mut Request, depot: &mut Depot) -> Answer<Vec<Outcome>> {
    let drafts: Vec<Draft> = body(req, depot).await?;
    let ids: Vec<_> = drafts.iter().map(|draft| draft.client_message_id).collect();
    let outcomes = App::of(depot)?.append.append(drafts).await;
    for (client_message_id, outcome) in ids.iter().zip(&outcomes) {
        let seq = outcome.as_ref().ok().map(|stored| stored.seq);
        let code = outcome.as_ref().err().map(|refusal| refusal.code.as_str());
        tracing::debug!(%client_message_id, seq, code, "a draft came through the door");
    }
    Ok(Json(outcomes))
}

#[handler]
async fn attach(req: &mut Request, depot: &mut Depot) -> Answer<Vec<shared::door::AttachAnswer>> {
    let questions = body(req, depot).await?;
    Ok(Json(App::of(depot)?.door.attach(questions).await?))
}

#[handler]
async fn rosters(req: &mut Request, depot: &mut Depot) -> Answer<Vec<Option<shared::door::Roster>>> {
    let questions = body(req, depot).await?;
    Ok(Json(App::of(depot)?.door.rosters(questions).await?))
}

#[handler]
async fn entries(req: &mut Request, depot: &mut Depot) -> Result<Frames, ApiError> {
    let question = body(req, depot).await?;
    Ok(Frames(App::of(depot)?.door.entries(question).await?))
}

#[handler]
async fn sums(req: &mut Request, depot: &mut Depot) -> Answer<Vec<Option<Heads>>> {
    let questions = body(req, depot).await?;
    Ok(Json(App::of(depot)?.door.sums(questions).await?))
}

#[handler]
async fn read(req: &mut Request, depot: &mut Depot) -> Answer<()> {
    let marks = body(req, depot).await?;
    Ok(Json(App::of(depot)?.door.read(marks).await?))
}

#[handler]
async fn watchable(req: &mut Request, depot: &mut Depot) -> Answer<Vec<(UserId, Status)>> {
    let question = body(req, depot).await?;
    Ok(Json(App::of(depot)?.door.watchable(question).await?))
}

#[handler]
async fn may_type(req: &mut Request, depot: &mut Depot) -> Answer<bool> {
    let TypingQuestion { user_id, peer_id } = body(req, depot).await?;
    Ok(Json(App::of(depot)?.door.may_type(user_id, peer_id).await?))
}

#[handler]
async fn announce(req: &mut Request, depot: &mut Depot) -> Answer<()> {
    let AnnounceQuestion { conversation_ids } = body(req, depot).await?;
    App::of(depot)?.append.announce(&conversation_ids);
    Ok(Json(()))
}

/// The question. Fields that are not known are passed over: a newer gateway may ask.
async fn body<T: DeserializeOwned>(req: &mut Request, depot: &Depot) -> Result<T, ApiError> {
    let limit = longest_body(App::of(depot)?.config.max_content);
    match req.payload_with_max_size(limit).await {
        Ok(bytes) => serde_json::from_slice(bytes).map_err(|error| {
            tracing::warn!(%error, "a gateway asked what this node cannot read");
            Code::BadJson.into()
        }),
        Err(ParseError::PayloadTooLarge) => Err(Code::BodyTooLarge.into()),
        // The gateway broke off.
        Err(_) => Err(Code::BadRequest.into()),
    }
}

/// The longest body that a gateway sends: a full batch of the longest drafts, of which JSON writes each byte
/// as six at most, or a full batch of rosters of large groups.
fn longest_body(max_content: usize) -> usize {
    /// What a draft has beside its content.
    const DRAFT: usize = 512;
    /// The users of one group on one gateway, of twenty digits each: a group has fewer.
    const ROSTER: usize = 10_000 * 20;
    MAX_BATCH * (max_content * 6 + DRAFT).max(ROSTER)
}

/// Encoded envelopes, each behind its length.
struct Frames(Vec<Bytes>);

impl Scribe for Frames {
    fn render(self, res: &mut Response) {
        res.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        // An answer has no body before this.
        let _ = res.write_body(to_frames(&self.0));
    }
}

impl From<DoorError> for ApiError {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Database(error) => error.into(),
            // Cursors move on: the gateway asks again, and a mark that is lost costs a badge.
            DoorError::Reads(_) => Code::Unavailable.into(),
        }
    }
}
