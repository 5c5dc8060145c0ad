//! `PATCH /api/users/me`: another name, picture or status; what is not named stays.

use super::{UserAnswer, UserView};
use crate::app::App;
use crate::auth::controls::announce;
use crate::auth::names;
use crate::auth::viewer::Viewer;
use crate::edge::body::Body;
use crate::error::ApiError;
use crate::store::Trouble;
use crate::store::users::{self, Profile, User};
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

/// Changes one's own account.
#[endpoint]
pub async fn change_me(
    viewer: Viewer,
    body: Body<ChangeBody>,
    depot: &mut Depot,
) -> Result<Json<UserAnswer>, ApiError> {
    let app = App::of(depot)?;
    let mut tx = app.db.begin().await?;
    let user = users::find(&mut tx, viewer.user_id).await?.ok_or(Code::Unauthorized)?;
    let profile = changed(&user, body.0)?;
    users::set_profile(&mut tx, user.id, &profile, app.clock.now()).await.map_err(|error| {
        // The name is all of it that is kept apart from others'.
        let taken = Trouble::of(&error) == Some(Trouble::Duplicate);
        if taken { Code::UsernameTaken.into() } else { ApiError::from(error) }
    })?;
    tx.commit().await?;
    if profile.status != user.status {
        announce(app, user.id, Control::StatusChosen { status: profile.status }).await;
    }
    let Profile { username, avatar, status, .. } = profile;
    Ok(Json(UserAnswer { user: UserView::own(User { username, avatar, status, ..user }) }))
}

fn changed(user: &User, body: ChangeBody) -> Result<Profile, Code> {
    let name = names::username(body.username.as_deref().unwrap_or(&user.username))?;
    let avatar = body.avatar.unwrap_or_else(|| user.avatar.clone());
    if !is_avatar(&avatar) {
        return Err(Code::BadAvatar);
    }
    let status = match body.status {
        Some(word) => Status::parse(&word).ok_or(Code::BadStatus)?,
        None => user.status,
    };
    Ok(Profile { username: name.text, username_key: name.key, avatar, status })
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
