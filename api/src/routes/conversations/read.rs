//! `POST /api/conversations/read`: everything on the list is read, and no mark is left.

use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::reply::NoContent;
use crate::error::ApiError;
use crate::store::inbox;
use crate::store::views::{self, ViewChange};
use crate::tell::tell;
use salvo::oapi::endpoint;
use salvo::{Depot, Writer};
use shared::door::ReadMark;
use shared::event::ServerEvent;

/// Marks all of one's conversations as read, as far as each has come.
#[endpoint]
pub async fn read_all(viewer: Viewer, depot: &mut Depot) -> Result<NoContent, ApiError> {
    let app = App::of(depot)?;
    let user_id = viewer.user_id;
    let lines = inbox::places_for(&mut app.db.read().await?, user_id).await?;
    let behind = lines.iter().filter(|line| line.read_seq < line.conversation.last_seq);
    let marks: Vec<ReadMark> = behind
        .map(|line| ReadMark {
            conversation_id: line.conversation.id,
            user_id,
            seq: line.conversation.last_seq,
        })
        .collect();
    app.reads.write(&marks).await?;
    // A mark that the cursor has passed is over by itself; few stand at the very end of a log.
    let marked = lines.iter().filter(|line| line.view.unread_seq > line.conversation.last_seq);
    let change = ViewChange { marked_unread: Some(false), ..ViewChange::default() };
    for line in marked {
        let conversation_id = line.conversation.id;
        let mut tx = app.db.begin().await?;
        let (before, view) = views::change(&mut tx, conversation_id, user_id, change).await?;
        tx.commit().await?;
        if view != before {
            tell(app, user_id, &ServerEvent::View { conversation_id, view }).await;
        }
    }
    Ok(NoContent)
}
