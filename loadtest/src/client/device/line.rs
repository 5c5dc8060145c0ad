//! The line to a gateway: dialling any of them, keeping it alive, losing it, and coming back a little later each time.

use super::{Done, State};
use crate::client::expiring::{LIFE, expiring};
use crate::client::link::{Line, NoLine, dial};
use crate::history::{ConnectionId, SessionNo, What};
use rand::Rng;
use serde_json::{Value, json};
use shared::event::Heads;
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

const FIRST_PAUSE_MS: u64 = 100;
const LONGEST_PAUSE_MS: u64 = 2_000;
/// A line that is silent for so long after a ping is dead.
const SILENCE: Duration = Duration::from_secs(10);

/// What dialling came to.
pub(super) struct Dialled {
    session: SessionNo,
    asked: u64,
    /// When the token runs out that it was made with, if that is soon.
    expires: Option<u64>,
    line: Result<Box<Line>, NoLine>,
}

/// The line, while there is one.
pub(super) struct Attached {
    pub line: Line,
    pub connection: ConnectionId,
    pub session: SessionNo,
    pub ping_at: Instant,
    pub heartbeat: Duration,
    /// The oldest ping that nothing was heard after.
    pub unanswered: Option<Instant>,
    /// A drain said to come back then.
    pub leave_at: Option<Instant>,
}

impl State {
    /// Dials, if it is time to.
    pub(super) fn dial(&mut self, now: Instant) {
        let Some(session) = self.session else { return };
        if self.attached.is_some() || self.dialling || now < self.dial_at.max(self.away_until) {
            return;
        }
        self.dialling = true;
        let first = self.rng.random_range(0..self.world.gateways.len());
        let (world, mut token) = (self.world.clone(), self.me.tokens.token.clone());
        let (asked, small) = (self.world.recorder.now(), self.me.small_buffers);
        let mut expires = None;
        if std::mem::take(&mut self.expires_soon)
            && let Some(expiring) = expiring(&token, &self.world.jwt_secret)
        {
            token = expiring;
            expires = Some(asked + LIFE * 1_000_000);
        }
        self.spawn(async move {
            let line = dial(&world.gateways, first, &token, small).await.map(Box::new);
            Done::Dialled(Dialled { session, asked, expires, line })
        });
    }

    pub(super) fn dialled(&mut self, dialled: Dialled) {
        let Dialled { session, asked, expires, line } = dialled;
        self.dialling = false;
        let line = match line {
            Ok(line) => *line,
            Err(NoLine(code)) => return self.come_back(code),
        };
        let connection = self.world.recorder.number();
        let (client, gateway) = (self.me.client, line.gateway as u32);
        let heads = line.ready.heads.iter().map(|(id, head)| (id.0, *head)).collect();
        self.note(What::Ready { client, connection, session, gateway, asked, heads });
        if let Some(at) = expires {
            self.note(What::Expires { client, connection, at });
        }
        let now = Instant::now();
        let heartbeat = Duration::from_millis(line.ready.heartbeat_ms.clamp(1_000, 60_000));
        self.tries = 0;
        let heads = line.ready.heads.clone();
        self.attached = Some(Attached {
            line,
            connection,
            session,
            ping_at: now + heartbeat,
            heartbeat,
            unanswered: None,
            leave_at: None,
        });
        if self.session != Some(session) || now < self.away_until {
            // The session ended, or the person went away, while the line was made.
            return self.cut(None);
        }
        self.all_heads(&heads, now);
        self.faces.change(client, |face| (face.attached, face.gateway) = (true, gateway));
        let watch = json!({ "event_type": "watch", "user_ids": self.me.watch });
        self.write(&watch);
    }

    /// What `ready` does not list is not the user's any more.
    fn all_heads(&mut self, heads: &Heads, now: Instant) {
        let is_listed = |conv: i64| heads.contains_key(&shared::ids::ConversationId(conv));
        let gone: Vec<i64> = self.logs.keys().copied().filter(|conv| !is_listed(*conv)).collect();
        for conv in gone {
            self.logs.entry(conv).or_default().lost();
            self.show_face(conv);
        }
        self.take_heads(heads, now);
    }

    /// Sends an event, if there is a line that takes it.
    pub(super) fn write(&mut self, event: &Value) -> bool {
        let Some(attached) = &self.attached else { return false };
        let sent = attached.line.outgoing.try_send(Message::text(event.to_string())).is_ok();
        if !sent {
            self.cut(None);
            self.come_back(None);
        }
        sent
    }

    /// Pings when it is time, and leaves a line that is dead, or whose gateway goes.
    pub(super) fn keep_alive(&mut self, now: Instant) {
        let paused = self.paused_until.is_some();
        let Some(attached) = &mut self.attached else { return };
        let dead = attached.unanswered.is_some_and(|since| since + SILENCE <= now) && !paused;
        if dead || attached.leave_at.is_some_and(|at| at <= now) {
            self.cut(None);
            self.dial_at = now;
            return;
        }
        if attached.ping_at > now {
            return;
        }
        attached.ping_at = now + attached.heartbeat;
        attached.unanswered.get_or_insert(now);
        let mut ping = json!({ "event_type": "ping" });
        if self.sum_at <= now {
            self.sum_at = now + Duration::from_millis(self.rng.random_range(45_000..60_000));
            let theirs = self.logs.values().filter(|log| log.theirs);
            ping["sum"] = json!(theirs.map(|log| log.have).sum::<i64>());
        }
        self.write(&ping);
    }

    /// The line is gone, or is left.
    pub(super) fn cut(&mut self, code: Option<u16>) {
        let Some(attached) = self.attached.take() else { return };
        let client = self.me.client;
        self.note(What::Close { client, connection: attached.connection, code });
        self.faces.change(client, |face| {
            face.attached = false;
            face.cuts += 1;
        });
        self.outbox.line_lost(Instant::now());
    }

    /// When to dial again, by the code of the close.
    pub(super) fn come_back(&mut self, code: Option<u16>) {
        let now = Instant::now();
        match code {
            Some(4401) => {
                self.refresh_at = now;
                self.faces.change(self.me.client, |face| face.expiries += 1);
            }
            // Ours to end, or not: whoever is sent away logs in again.
            Some(4501..=4503) if self.session.take().is_some() => self.log_in_again(),
            // Seen by who stopped reading on purpose, once it reads again.
            Some(4408) => self.faces.change(self.me.client, |face| face.slow_closes += 1),
            _ => {}
        }
        let most = (FIRST_PAUSE_MS << self.tries.min(10)).min(LONGEST_PAUSE_MS);
        self.tries += 1;
        self.dial_at = now + Duration::from_millis(self.rng.random_range(most / 2..=most));
    }
}
