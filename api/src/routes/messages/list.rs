//! `GET /api/messages/list`: a page of history, and up to where nothing readable is missing from it.

use super::{MessageView, ReadUpTo};
use crate::access::{Readable, conversation_for};
use crate::app::App;
use crate::auth::viewer::Viewer;
use crate::edge::query::Query;
use crate::error::ApiError;
use crate::store::Conn;
use crate::store::messages::{self, Cursor, Page};
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Request, Writer};
use serde::Serialize;
use shared::draft::Target;
use shared::error::Code;
use shared::ids::{GroupId, Seq, UserId};

const KNOWN: [&str; 5] = ["receiver_id", "group_id", "before_seq", "after_seq", "limit"];
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

/// A page of history.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "MessagePage"))]
pub struct ListAnswer {
    /// Ascending by `seq`.
    messages: Vec<MessageView>,
    /// Whether there are more in the direction of the cursor; without one, older ones.
    has_more: bool,
    /// With `after_seq`, nothing readable between it and here is missing from the page; otherwise nothing
    /// between the page's first entry and here. The client's next `after_seq`.
    #[salvo(schema(value_type = i64))]
    through_seq: Seq,
    /// The database's. Who knows another one drops what it cached.
    epoch: String,
}

/// Lists a conversation, by default its newest page.
#[endpoint(parameters(
    ("receiver_id" = Option<i64>, Query, description = "The conversation with this user,"),
    ("group_id" = Option<i64>, Query, description = "or of this group."),
    ("before_seq" = Option<i64>, Query, description = "Only what stands before this place."),
    ("after_seq" = Option<i64>, Query, description = "Only what stands after this place."),
    ("limit" = Option<i64>, Query, description = "1 to 200 entries; 50 when absent."),
))]
pub async fn list_messages(
    viewer: Viewer,
    req: &mut Request,
    depot: &mut Depot,
) -> Result<Json<ListAnswer>, ApiError> {
    let app = App::of(depot)?;
    let asked = Asked::read(req)?;
    let mut conn = app.db.read().await?;
    let readable = conversation_for(&mut conn, viewer.user_id, asked.target).await?;
    let page = read_page(&mut conn, readable, &asked).await?;
    let through_seq = through(asked.cursor, readable.head(), &page);
    let peers = match asked.target {
        Target::User(peer) if peer != viewer.user_id => Some(readable.peer_read_seq),
        Target::User(_) | Target::Group(_) => None,
    };
    let read = ReadUpTo::known(viewer.user_id, readable.read_seq, peers);
    Ok(Json(ListAnswer {
        messages: page.messages.into_iter().map(|message| MessageView::new(message, read)).collect(),
        has_more: page.has_more,
        through_seq,
        epoch: app.epoch.clone(),
    }))
}

struct Asked {
    target: Target,
    cursor: Cursor,
    limit: i64,
}

impl Asked {
    fn read(req: &Request) -> Result<Self, ApiError> {
        let query = Query::of(req, &KNOWN)?;
        let receiver_id = query.number("receiver_id", Code::BadId)?.map(UserId);
        let group_id = query.number("group_id", Code::BadId)?.map(GroupId);
        let target = Target::one_of(receiver_id, group_id)?;
        let place = |name| match query.number(name, Code::BadCursor) {
            Ok(Some(seq)) if seq < 0 => Err(Code::BadCursor.into()),
            read => read,
        };
        let cursor = match (place("before_seq")?, place("after_seq")?) {
            (None, None) => Cursor::Newest,
            (Some(seq), None) => Cursor::Before(seq),
            (None, Some(seq)) => Cursor::After(seq),
            (Some(_), Some(_)) => return Err(Code::BadCursor.into()),
        };
        let limit = query.number("limit", Code::BadCursor)?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Code::BadCursor.into());
        }
        Ok(Self { target, cursor, limit })
    }
}

async fn read_page(conn: &mut Conn, readable: Readable, asked: &Asked) -> Result<Page, sqlx::Error> {
    match readable.conversation {
        Some(conversation) => {
            messages::page(conn, conversation.id, readable.places(), asked.cursor, asked.limit).await
        }
        None => Ok(Page { messages: Vec::new(), has_more: false }),
    }
}

/// Up to where nothing readable is missing.
fn through(cursor: Cursor, head: Seq, page: &Page) -> Seq {
    match cursor {
        Cursor::After(_) if page.has_more => page.messages.last().map_or(head, |message| message.seq),
        Cursor::After(_) | Cursor::Newest => head,
        Cursor::Before(seq) => head.min(seq.saturating_sub(1).max(0)),
    }
}
