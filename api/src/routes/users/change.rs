//! `PATCH /api/users/me`: another name, picture or status; what is not named stays.

use super::{UserAnswer, UserView};
use crate::app::App;
use crate::auth::controls::announce;
use crate::auth::names::{self, Name, key_of};
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::error::ApiError;
use crate::store::Trouble;
use crate::store::users::{self, User};
use salvo::oapi::{ToSchema, endpoint};
use salvo::writing::Json;
use salvo::{Depot, Writer};
use serde::Deserialize;
use shared::error::Code;
use shared::event::{Control, Status};

/// The longest address of a picture, in characters.
const MAX_AVATAR: usize = 255;

/// What is to be different.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[salvo(schema(name = "ChangeUser"))]
pub struct ChangeBody {
    /// 1 to 50 characters; nobody else's in any case or width.
    username: Option<String>,
    /// An https address, a path of this server, or nothing.
    avatar: Option<String>,
    /// `online`, `away` or `offline`, which is invisible.
    status: Option<String>,
}

/// What is to be different, checked.
struct Change {
    username: Option<Name>,
    avatar: Option<String>,
    status: Option<Status>,
}

/// Changes one's own account.
#[endpoint]
pub async fn change_me(
    viewer: Viewer,
    body: Body<ChangeBody>,
    depot: &mut Depot,
) -> Result<Json<UserAnswer>, ApiError> {
    let app = App::of(depot)?;
    let change = Change::check(body.0)?;
    let mut tx = app.db.begin().await?;
    // Held, so that of two changes at once neither writes back what the other one changed.
    if !users::hold(&mut tx, viewer.user_id).await? {
        return Err(Code::Unauthorized.into());
    }
    let before = users::find(&mut tx, viewer.user_id).await?.ok_or(Code::Unauthorized)?;
    let after = change.apply(before.clone());
    let key = key_of(&after.username);
    users::set_profile(&mut tx, &after, &key, app.clock.now()).await.map_err(|error| {
        // The name is all of it that is kept apart from others'.
        let taken = Trouble::of(&error) == Some(Trouble::Duplicate);
        if taken { Code::UsernameTaken.into() } else { ApiError::from(error) }
    })?;
    tx.commit().await?;
    if after.status != before.status {
        announce(app, after.id, Control::StatusChosen { status: after.status }).await;
    }
    Ok(Json(UserAnswer { user: UserView::own(after) }))
}

impl Change {
    fn check(body: ChangeBody) -> Result<Self, Code> {
        if body.avatar.as_deref().is_some_and(|avatar| !is_avatar(avatar)) {
            return Err(Code::BadAvatar);
        }
        Ok(Self {
            username: body.username.map(|name| names::username(&name)).transpose()?,
            avatar: body.avatar,
            status: body.status.map(|word| Status::parse(&word).ok_or(Code::BadStatus)).transpose()?,
        })
    }

    fn apply(self, user: User) -> User {
        User {
            username: self.username.map_or(user.username, |name| name.text),
            avatar: self.avatar.unwrap_or(user.avatar),
            status: self.status.unwrap_or(user.status),
            ..user
        }
    }
}

/// Nothing, a path of this server, or an https address: never a scheme that runs something, and never one
/// that tells a third party in clear who is looked at.
fn is_avatar(text: &str) -> bool {
    let is_path = text.starts_with('/') && !text.starts_with("//");
    let is_address =
        text.strip_prefix("https://").is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"'<>\\`".contains(c);
    text.is_empty()
        || ((is_path || is_address) && text.chars().count() <= MAX_AVATAR && text.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_from_this_server_or_over_https() {
        for good in ["", "/b/1/face.png", "https://pictures.example/1.png?s=2"] {
            assert!(is_avatar(good), "{good}");
        }
        let long = format!("/{}", "x".repeat(255));
        for bad in [
            "x",
            "//evil.example",
            "http://a.example",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "/a b",
        ] {
            assert!(!is_avatar(bad), "{bad}");
        }
        assert!(
            !is_avatar(&long) && !is_avatar("/\\evil.example") && !is_avatar("data:image/svg+xml,<svg/>")
        );
    }
}
