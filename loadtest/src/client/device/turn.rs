//! What has become due: drafts to be sent, pages to be fetched, tokens to be renewed, a line to be made or left.

use super::{Done, State};
use crate::client::rest::{Answer, listed_key, name_target};
use crate::history::{Key, Via, What, hash_of};
use rand::Rng;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How many of the tries go over REST.
const OVER_REST: f64 = 0.12;
/// Entries a page.
const PAGE: u32 = 200;
/// A line of a session that was ended by its owner and is still open after this is left by the client.
const TOO_LONG_OPEN: Duration = Duration::from_secs(20);

impl State {
    pub(super) fn turn(&mut self, now: Instant) {
        self.resume(now);
        self.leave_ended(now);
        self.keep_alive(now);
        self.dial(now);
        self.refresh(now);
        self.list();
        for cmid in self.outbox.due(now) {
            self.send(cmid, now);
        }
        self.fetch(now);
        let (unsaid, wants) = (self.outbox.unsaid(), now >= self.away_until && self.session.is_some());
        let paused = self.paused_until.is_some();
        self.faces.change(self.me.client, |face| {
            (face.unsaid, face.wants, face.paused) = (unsaid, wants, paused);
        });
    }

    fn resume(&mut self, now: Instant) {
        if self.paused_until.is_some_and(|until| until <= now) {
            self.paused_until = None;
            self.note(What::Resumed { client: self.me.client });
            if let Some(attached) = &mut self.attached {
                // What was not read was not silence.
                attached.unanswered = None;
            }
        }
    }

    /// The server closes a line whose session ended. If it does not, the history says so, and life goes on.
    fn leave_ended(&mut self, now: Instant) {
        let Some(attached) = &self.attached else { return };
        if self.session.is_some_and(|session| session != attached.session)
            && self.dial_at + TOO_LONG_OPEN <= now
        {
            self.cut(None);
        }
    }

    fn refresh(&mut self, now: Instant) {
        if self.refreshing || now < self.refresh_at || self.session.is_none() {
            return;
        }
        self.refreshing = true;
        let (world, refresh) = (self.world.clone(), self.me.tokens.refresh.clone());
        let api = world.any_api(&mut self.rng);
        self.spawn(async move { Done::Refreshed(world.refresh(api, &refresh).await) });
    }

    /// Heads came of conversations that the client does not know the other side of.
    fn list(&mut self) {
        if self.listing || !std::mem::take(&mut self.list_again) {
            return;
        }
        self.listing = true;
        let began = Instant::now();
        let (world, token, me) = (self.world.clone(), self.me.tokens.token.clone(), self.user());
        let api = world.any_api(&mut self.rng);
        self.spawn(async move {
            let answer = world.get(api, "/api/conversations", &token).await.filter(Answer::is_ok);
            if answer.is_none() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            let lines = answer.and_then(|answer| answer.body["conversations"].as_array().cloned());
            let listed = lines.map(|lines| lines.iter().filter_map(|line| listed_key(line, me)).collect());
            Done::Listed { began, listed }
        });
    }

    fn send(&mut self, cmid: Uuid, now: Instant) {
        let burst = self.outbox.is_burst(cmid);
        let via = if !burst && self.rng.random_bool(OVER_REST) { Via::Rest } else { Via::Live };
        let usable = self.attached.as_ref().is_some_and(|attached| Some(attached.session) == self.session);
        if self.session.is_none() || (via == Via::Live && !usable) {
            return;
        }
        let connection = self.connection();
        let Some(draft) = self.outbox.flies(cmid, via, now) else { return };
        let (key, burst, nth) = (draft.key, draft.burst, draft.tries);
        let (hash, mut body) =
            (hash_of(&draft.content), json!({ "content": draft.content, "client_message_id": cmid }));
        name_target(&mut body, key, self.me.tokens.user);
        let client = self.me.client;
        self.world.tried();
        self.note(What::SendInvoke { client, connection, key, cmid, hash, nth, burst, via });
        match via {
            Via::Live => {
                body["event_type"] = Value::from("message");
                self.write(&body);
            }
            Via::Rest => {
                let (world, token) = (self.world.clone(), self.me.tokens.token.clone());
                let api = world.any_api(&mut self.rng);
                self.spawn(async move {
                    Done::Sent { cmid, answer: world.post(api, "/api/messages/send", &token, body).await }
                });
            }
        }
    }

    fn fetch(&mut self, now: Instant) {
        if self.session.is_none() {
            return;
        }
        let due: Vec<(i64, Key, i64)> = self
            .logs
            .iter_mut()
            .filter_map(|(conv, log)| {
                let key = self.keys.get(conv)?;
                log.begin_fetch(now).then_some((*conv, *key, log.have))
            })
            .collect();
        for (conv, key, have) in due {
            let (world, token, me) = (self.world.clone(), self.me.tokens.token.clone(), self.user());
            let (api, asked) = (world.any_api(&mut self.rng), world.recorder.now());
            self.spawn(async move {
                let cursor = format!("after_seq={have}&limit={PAGE}");
                let page = world.page(api, &token, key, me, &cursor).await;
                Done::Page { key, conv, asked, page }
            });
        }
    }
}
