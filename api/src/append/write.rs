//! Writing down what a batch has become: the new entries, then what they did to members and groups, each in one statement
//! for all of them. The conversations' new heads go with the COMMIT.

use super::picture::Picture;
use crate::store::members::{Member, Role};
use crate::store::messages::{NewMessage, StoredMessage};
use crate::store::{Conn, Db, groups, members, messages, reads};
use shared::door::ReadMark;
use shared::envelope::Change;
use shared::ids::{GroupId, Seq, UserId};

/// How many entries a canary's conversation keeps: what a gateway may still be asking about, and no more. It is the one log
/// that loses its beginning, and nobody reads it.
const CANARIES_KEPT: Seq = 16;

/// Writes it, and gives the entries as they are stored, in order.
pub(super) async fn write(
    db: &Db,
    conn: &mut Conn,
    picture: &Picture,
) -> Result<Vec<StoredMessage>, sqlx::Error> {
    let new: Vec<NewMessage> = picture.entries.iter().map(|entry| entry.message.clone()).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let ids = messages::insert(db, conn, &new).await?;
    if !picture.touched.is_empty() {
        write_members(conn, picture).await?;
    }
    for canary in new.iter().filter(|message| message.sender_id.is_canary()) {
        messages::trim(conn, canary.conversation_id, canary.seq - CANARIES_KEPT).await?;
    }
    Ok(new.into_iter().zip(ids).map(|(message, id)| message.stored(id)).collect())
}

async fn write_members(conn: &mut Conn, picture: &Picture) -> Result<(), sqlx::Error> {
    let moves = Moves::of(picture);
    members::delete(conn, &moves.out).await?;
    members::insert(conn, &moves.into).await?;
    for (place, role) in &moves.roles {
        members::set_role(conn, place.0, place.1, *role).await?;
    }
    reads::raise(conn, &cursors(picture)).await?;
    for id in &picture.regrouped {
        let Some(group) = picture.groups.get(id) else { continue };
        if group.closed {
            groups::close(conn, *id, picture.now).await?;
        } else {
            groups::set_owner(conn, *id, group.owner_id, picture.now).await?;
        }
    }
    Ok(())
}

/// What the batch comes to for each member, however often they came and went in it.
#[derive(Default)]
struct Moves {
    out: Vec<(GroupId, UserId)>,
    into: Vec<Member>,
    roles: Vec<((GroupId, UserId), Role)>,
}

impl Moves {
    fn of(picture: &Picture) -> Self {
        let mut moves = Self::default();
        for (place, before) in &picture.touched {
            match (before, picture.members.get(place)) {
                (Some(before), Some(after)) if before.joined_seq == after.joined_seq => {
                    if before.role != after.role {
                        moves.roles.push((*place, after.role));
                    }
                }
                (before, after) => {
                    moves.out.extend(before.map(|_| *place));
                    moves.into.extend(after.copied());
                }
            }
        }
        moves
    }
}

/// Whoever joins has seen what was there before.
fn cursors(picture: &Picture) -> Vec<ReadMark> {
    let joined = picture.entries.iter().filter(|entry| entry.change == Change::Joined);
    joined
        .map(|entry| ReadMark {
            // Only joining makes such an entry, and only a user joins for themselves.
            user_id: entry.message.sender_id,
            conversation_id: entry.message.conversation_id,
            seq: entry.message.seq,
        })
        .collect()
}
