//! `GET /api/conversations`: everything that one is in, the one written to last first.

use super::ViewView;
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::error::ApiError;
use crate::routes::groups::{GroupView, views_for};
use crate::routes::messages::{MessageView, ReadUpTo};
use crate::routes::users::{UserView, as_others_see};
use crate::store::inbox::{self, Listed};
use crate::store::{groups, users};
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Writer};
use serde::Serialize;
use shared::ids::{ConversationId, GroupId, Seq, UserId};
use std::collections::HashMap;

/// A conversation, as one of those in it sees it.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Conversation"))]
pub struct ConversationView {
    /// Its id.
    #[salvo(schema(value_type = i64))]
    id: ConversationId,
    /// With whom, oneself for notes; `null` in a group.
    peer: Option<UserView>,
    /// Of which group; `null` in a direct conversation.
    group: Option<GroupView>,
    /// The place of the newest entry.
    #[salvo(schema(value_type = i64))]
    last_seq: Seq,
    /// How far one has read.
    #[salvo(schema(value_type = i64))]
    read_seq: Seq,
    /// How far the peer has read; 0 in groups.
    #[salvo(schema(value_type = i64))]
    peer_read_seq: Seq,
    /// Messages by others after `read_seq`; 100 stands for more than 99.
    unread: i64,
    /// How one keeps it on the list.
    view: ViewView,
    /// The newest entry; `null` while there is none.
    last_message: Option<MessageView>,
}

/// One's conversations.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "Conversations"))]
pub struct ConversationsAnswer {
    /// The one written to last first.
    conversations: Vec<ConversationView>,
    /// The database's. Who knows another one drops what it cached.
    epoch: String,
}

/// Lists one's conversations.
#[endpoint]
pub async fn list_conversations(
    viewer: Viewer,
    depot: &mut Depot,
) -> Result<Json<ConversationsAnswer>, ApiError> {
    let app = App::of(depot)?;
    let mut conn = app.db.read().await?;
    let listed = inbox::list_for(&mut conn, viewer.user_id).await?;
    let group_ids: Vec<GroupId> = listed.iter().filter_map(|line| line.group_id).collect();
    let joined = groups::find_many(&mut conn, &group_ids).await?;
    let joined = views_for(&mut conn, viewer.user_id, joined, app.clock.now()).await?;
    let peer_ids: Vec<UserId> = listed.iter().filter_map(|line| line.peer_id).collect();
    let people = users::list(&mut conn, &peer_ids).await?;
    drop(conn);
    let mut faces = Faces {
        people: as_others_see(app, people).await.into_iter().map(|user| (user.id, user)).collect(),
        groups: joined.into_iter().map(|group| (group.id(), group)).collect(),
    };
    let lines = listed.into_iter().filter_map(|line| faces.view(viewer.user_id, line));
    Ok(Json(ConversationsAnswer { conversations: lines.collect(), epoch: app.epoch.clone() }))
}

/// Who or what each conversation is with.
struct Faces {
    people: HashMap<UserId, UserView>,
    groups: HashMap<GroupId, GroupView>,
}

impl Faces {
    /// `None` for a group that the viewer was removed from while the list was read.
    fn view(&mut self, viewer: UserId, line: Listed) -> Option<ConversationView> {
        let group = match line.group_id {
            Some(id) => Some(self.groups.remove(&id)?),
            None => None,
        };
        let peer = line.peer_id.and_then(|id| self.people.remove(&id));
        let others = line.peer_id.filter(|id| *id != viewer).map(|_| line.peer_read_seq);
        let read = ReadUpTo::known(viewer, line.read_seq, others);
        Some(ConversationView {
            id: line.conversation.id,
            peer,
            group,
            last_seq: line.conversation.last_seq,
            read_seq: line.read_seq,
            peer_read_seq: line.peer_read_seq,
            unread: line.unread,
            view: line.view.into(),
            last_message: line.last.map(|message| MessageView::new(message, read)),
        })
    }
}
