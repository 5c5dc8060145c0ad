//! `POST /api/messages/send`: the other door to ⑥, for whoever has no socket. Checked by the same code as the
//! socket's, and stored by the same append.

use super::{MessageView, ReadUpTo};
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::error::ApiError;
use crate::store::messages::StoredMessage;
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Writer};
use serde::{Deserialize, Serialize};
use shared::door::Stored;
use shared::draft::{Draft, Target};
use shared::event::SendFields;
use shared::ids::{GroupId, UserId};

/// A message to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "Send"))]
pub struct SendBody {
    /// To this user,
    receiver_id: Option<i64>,
    /// or to this group.
    group_id: Option<i64>,
    /// What is said.
    content: String,
    /// `text`, `image` or `file`; `text` when absent.
    message_type: Option<String>,
    /// A UUID. The same message with the same id, sent again, is stored once.
    client_message_id: Option<String>,
}

/// The stored message.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "MessageAnswer"))]
pub struct MessageAnswer {
    message: MessageView,
}

/// Sends a message. 200 means that it is stored.
#[endpoint]
pub async fn send_message(
    viewer: Viewer,
    body: Body<SendBody>,
    depot: &mut Depot,
) -> Result<Json<MessageAnswer>, ApiError> {
    let app = App::of(depot)?;
    let draft = Draft::check(viewer.user_id, body.0.into(), app.config.max_content)?;
    let stored = app.append.send(draft.clone()).await?;
    tracing::debug!(client_message_id = %draft.client_message_id, seq = stored.seq, "a message was sent over REST");
    let message = as_stored(draft, stored);
    let read = match message.receiver_id {
        // Stored it is, whatever becomes of this: a cursor that cannot be read is one that has not moved.
        Some(peer) => read_up_to(app, viewer.user_id, peer, stored).await,
        None => ReadUpTo::known(viewer.user_id, 0, None),
    };
    Ok(Json(MessageAnswer { message: MessageView::new(message, read) }))
}

async fn read_up_to(app: &App, viewer: UserId, peer: UserId, stored: Stored) -> ReadUpTo {
    let found =
        async { ReadUpTo::find(&mut app.db.read().await?, viewer, Some(peer), stored.conversation_id).await };
    let unread = ReadUpTo::known(viewer, 0, (peer != viewer).then_some(0));
    found.await.unwrap_or(unread)
}

fn as_stored(draft: Draft, stored: Stored) -> StoredMessage {
    let (receiver_id, group_id) = match draft.target {
        Target::User(user) => (Some(user), None),
        Target::Group(group) => (None, Some(group)),
    };
    StoredMessage {
        id: stored.message_id,
        conversation_id: stored.conversation_id,
        seq: stored.seq,
        sender_id: draft.sender_id,
        receiver_id,
        group_id,
        content: draft.content,
        message_type: draft.message_type.as_str().to_owned(),
        client_message_id: draft.client_message_id,
        created_at: stored.created_at,
    }
}

impl From<SendBody> for SendFields {
    fn from(body: SendBody) -> Self {
        Self {
            receiver_id: body.receiver_id.map(UserId),
            group_id: body.group_id.map(GroupId),
            content: body.content,
            message_type: body.message_type,
            client_message_id: body.client_message_id,
        }
    }
}
