//! `/api/users`: people, as they see themselves and as others see them.

mod me;
mod change;
mod show;
mod find;

pub use change::change_me;
pub use find::find_user;
pub use me::show_me;
pub use show::show_user;

use crate::app::App;
use crate::store::users::User;
use salvo::oapi::ToSchema;
use serde::Serialize;
use shared::event::Status;
use shared::ids::UserId;
use shared::time::Timestamp;
use std::time::Duration;

/// How long an answer waits to learn who is connected.
const PRESENCE_ANSWERS_IN: Duration = Duration::from_secs(1);

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[salvo(schema(name = "User"))]
pub struct UserView {
    /// The account's id.
    #[salvo(schema(value_type = i64))]
    pub id: UserId,
    /// The name.
    pub username: String,
    /// The address; in one's own view only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// An address of a picture, or nothing.
    pub avatar: String,
    /// `online`, `away` or `offline`. To oneself: one's own choice. To others: that choice while connected,
    /// `offline` otherwise, and `null` while it cannot be known.
    pub status: Option<&'static str>,
    /// When the account was made.
    #[salvo(schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
}

/// One person.
#[derive(Debug, Serialize, ToSchema)]
#[salvo(schema(name = "UserAnswer"))]
pub struct UserAnswer {
    /// Who.
    pub user: UserView,
}

impl UserView {
    /// As the account's owner sees it.
    #[must_use]
    pub fn own(user: User) -> Self {
        let status = Some(user.status.as_str());
        let User { id, username, email, avatar, created_at, .. } = user;
        Self { id, username, email: Some(email), avatar, status, created_at }
    }

    fn shown(user: User, status: Option<Status>) -> Self {
        let User { id, username, avatar, created_at, .. } = user;
        Self { id, username, email: None, avatar, status: status.map(Status::as_str), created_at }
    }
}

/// The people as others see them, in the same order.
pub async fn as_others_see(app: &App, users: Vec<User>) -> Vec<UserView> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let asked = tokio::time::timeout(PRESENCE_ANSWERS_IN, app.presence.online(&ids)).await;
    let connected = asked.ok().and_then(Result::ok).filter(|connected| connected.len() == users.len());
    let views = users.into_iter().enumerate().map(|(place, user)| {
        let is_connected = connected.as_ref().map(|connected| connected[place]);
        let status = is_connected.map(|connected| user.status.shown(connected && !user.closed));
        UserView::shown(user, status)
    });
    views.collect()
}

/// One person as others see them.
pub async fn as_other_sees(app: &App, user: User) -> Option<UserView> {
    as_others_see(app, vec![user]).await.pop()
}
