//! `PATCH /api/conversations/{id}`: pinned, muted, hidden, marked unread; what is not named stays. Asking twice is
//! asking once.

use super::ViewView;
use crate::access::line_for;
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::edge::query::path_id;
use crate::error::ApiError;
use crate::store::views::{self, ViewChange};
use crate::tell::tell;
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Request, Writer};
use serde::{Deserialize, Serialize};
use shared::error::Code;
use shared::event::ServerEvent;
use shared::ids::{ConversationId, Seq};

/// What is to be different; at least one of the four.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "ChangeView"))]
pub struct ChangeBody {
    /// On top, or not.
    pinned: Option<bool>,
    /// Counted quietly, or not.
    muted: Option<bool>,
    /// Out of the list until something new is written, or back in it.
    hidden: Option<bool>,
    /// With `hidden`: the newest entry that one knew of. What was written after it brings the conversation back at once.
    #[salvo(schema(value_type = Option<i64>))]
    seq: Option<Seq>,
    /// With a dot until it is read, or without.
    marked_unread: Option<bool>,
}

/// How it is now.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "ViewAnswer"))]
pub struct ViewAnswer {
    /// After the change.
    view: ViewView,
}

impl ChangeBody {
    /// What it asks for of a conversation that has come to `head`.
    fn check(&self, head: Seq) -> Result<ViewChange, Code> {
        let Self { pinned, muted, hidden, seq, marked_unread } = *self;
        let named = [pinned, muted, hidden, marked_unread].iter().any(Option::is_some);
        // A place without a wish to hide is a mistake, and a place before the first entry none at all.
        if !named || seq.is_some_and(|seq| seq < 1 || hidden != Some(true)) {
            return Err(Code::BadRequest);
        }
        let hidden_seq = hidden.map(|hide| if hide { seq.unwrap_or(head).min(head) } else { 0 });
        Ok(ViewChange { pinned, muted, hidden_seq, marked_unread })
    }
}

/// Changes how one keeps a conversation on one's list.
#[endpoint(parameters(("id" = i64, Path, description = "The conversation.")))]
pub async fn change_view(
    viewer: Viewer,
    req: &mut Request,
    body: Body<ChangeBody>,
    depot: &mut Depot,
) -> Result<Json<ViewAnswer>, ApiError> {
    let app = App::of(depot)?;
    let conversation_id = ConversationId(path_id(req)?);
    let Body(body) = body;
    // What is no request at all is said before anything is looked up.
    body.check(Seq::MAX)?;
    let line = line_for(&mut app.db.read().await?, viewer.user_id, conversation_id).await?;
    let change = body.check(line.conversation.last_seq)?;
    let mut tx = app.db.begin().await?;
    let (before, view) = views::change(&mut tx, conversation_id, viewer.user_id, change).await?;
    tx.commit().await?;
    if view != before {
        tell(app, viewer.user_id, &ServerEvent::View { conversation_id, view }).await;
    }
    Ok(Json(ViewAnswer { view: view.into() }))
}
