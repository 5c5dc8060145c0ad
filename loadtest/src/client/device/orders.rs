//! What the client is told to do.

use super::{Done, Said, State};
use crate::client::outbox::Draft;
use crate::client::rest::{name_target, peer};
use crate::client::{CANARY, Order};
use crate::history::{Change, Key, What};
use rand::Rng;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// What a client may have unsaid: past it it falls silent until the nodes take something again.
const UNSAID: usize = 64;
/// How many of the acked messages are looked for in the history.
const LOOKED_FOR: f64 = 0.03;

impl State {
    pub(super) fn obey(&mut self, order: Order) {
        let now = Instant::now();
        match order {
            Order::Say { key, length, repeats } if self.outbox.unsaid() < UNSAID => {
                let cmid = Uuid::now_v7();
                self.outbox.say(cmid, key, content(cmid, length), repeats, now);
            }
            Order::Burst { key, count } if self.outbox.unsaid() < UNSAID => {
                let burst = self.world.recorder.number();
                for _ in 0..count {
                    let cmid = Uuid::now_v7();
                    self.outbox.burst(cmid, key, content(cmid, 20), burst, now);
                }
            }
            Order::Say { .. } | Order::Burst { .. } => {}
            Order::Probe(number) => {
                let cmid = Uuid::now_v7();
                self.probe = Some((number, cmid, false, false));
                // Behind nothing: what waits for another conversation is not what is probed.
                let key = Key::pair(self.user(), self.user());
                self.outbox.burst(cmid, key, content(cmid, 10), self.world.recorder.number(), now);
            }
            Order::Type { key } => {
                let mut event = json!({ "event_type": "typing" });
                name_target(&mut event, key, self.user());
                self.write(&event);
            }
            Order::Read => self.read(),
            Order::Join { group } => self.change(Change::Join, group, self.user()),
            Order::Leave { group } => self.change(Change::Leave, group, self.user()),
            Order::Kick { group, user } => self.change(Change::Kick, group, user),
            Order::Away(time) => {
                self.away_until = now + time;
                self.cut(None);
            }
            Order::Pause(time) => {
                if self.attached.is_some() && self.paused_until.is_none() {
                    self.note(What::Paused { client: self.me.client });
                    self.paused_until = Some(now + time);
                }
            }
            Order::LogOut => self.log_out(),
            Order::Refresh => self.refresh_at = now,
            Order::Expire => {
                self.expires_soon = true;
                self.cut(None);
                self.dial_at = now;
            }
        }
        self.turn(now);
    }

    fn read(&mut self) {
        let have: Vec<(i64, i64)> =
            self.logs.iter().filter(|(_, log)| log.theirs).map(|(conv, log)| (*conv, log.have)).collect();
        for (conv, seq) in have {
            if seq > self.reads.get(&conv).copied().unwrap_or(0)
                && self.write(&json!({ "event_type": "read", "conversation_id": conv, "seq": seq }))
            {
                self.reads.insert(conv, seq);
                self.note(What::ReadSent { client: self.me.client, conv, seq });
            }
        }
    }

    fn change(&mut self, change: Change, group: i64, subject: i64) {
        let (op, actor) = (self.world.recorder.number(), self.user());
        self.note(What::MemberInvoke { op, change, group, actor, subject });
        let (world, token) = (self.world.clone(), self.me.tokens.token.clone());
        let api = world.any_api(&mut self.rng);
        let (path, body) = match change {
            Change::Join => ("/api/groups/join", json!({ "group_id": group })),
            Change::Leave => ("/api/groups/leave", json!({ "group_id": group })),
            Change::Kick => ("/api/groups/kick", json!({ "group_id": group, "user_id": subject })),
        };
        self.spawn(async move {
            let answer = world.post(api, path, &token, body).await;
            Done::Changed { op, answer, joined: change == Change::Join }
        });
    }

    /// Ends the session, tries its token everywhere, and begins another one.
    fn log_out(&mut self) {
        let Some(session) = self.session.take() else { return };
        let client = self.me.client;
        self.note(What::EndInvoke { client, session });
        let (world, token) = (self.world.clone(), self.me.tokens.token.clone());
        let mut api = world.any_api(&mut self.rng);
        self.spawn(async move {
            loop {
                let answer = world.post(api, "/api/auth/logout", &token, json!({})).await;
                // 401: it was ended by a try that was not answered.
                if answer.is_some_and(|answer| answer.status == 204 || answer.status == 401) {
                    break;
                }
                api = (api + 1) % world.apis.len();
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            world.recorder.note(What::EndOk { client, session });
            for api in 0..world.apis.len() {
                let asked = world.recorder.now();
                if let Some(answer) = world.get(api, "/api/users/me", &token).await {
                    world.recorder.note(What::EndedProbe { client, session, asked, status: answer.status });
                }
            }
            Done::SessionEnded
        });
    }

    pub(super) fn log_in_again(&mut self) {
        let (world, name) = (self.world.clone(), self.me.name.clone());
        let mut api = world.any_api(&mut self.rng);
        self.spawn(async move {
            loop {
                if let Some(tokens) = world.log_in(api, &name).await {
                    return Done::LoggedIn(tokens);
                }
                api = (api + 1) % world.apis.len();
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
    }

    /// The client was taken out of a group: it asks for what is not its business any more, and repeats what it once
    /// said there, which must have its old place for ever.
    pub(super) fn thrown_out(&mut self, group: i64) {
        let (world, token, client) = (self.world.clone(), self.me.tokens.token.clone(), self.me.client);
        let api = world.any_api(&mut self.rng);
        if self.members_asked.insert(group) || self.rng.random_bool(0.5) {
            tokio::spawn(async move {
                let asked = world.recorder.now();
                if let Some(answer) = world.get(api, &format!("/api/groups/{group}/members"), &token).await {
                    world.recorder.note(What::MembersAsked { client, group, asked, status: answer.status });
                }
            });
        }
        if let Some(said) = self.said.remove(&Key::Group(group)) {
            self.outbox.repeat(said.cmid, said.key, said.content, said.tries, Instant::now());
        }
    }

    pub(super) fn remember(&mut self, cmid: Uuid, draft: &Draft) {
        if draft.repeats == 0 {
            let said = Said { cmid, key: draft.key, content: draft.content.clone(), tries: draft.tries };
            self.said.insert(draft.key, said);
        }
    }

    /// Some of what is acked is looked for in the history of some api node, at once.
    pub(super) fn look_for_own(&mut self, key: Key, conv: i64, seq: i64) {
        if !self.rng.random_bool(LOOKED_FOR) {
            return;
        }
        let (world, token, client, me) =
            (self.world.clone(), self.me.tokens.token.clone(), self.me.client, self.user());
        let api = world.any_api(&mut self.rng);
        tokio::spawn(async move {
            let cursor = format!("before_seq={}&limit=1", seq + 1);
            let Ok(page) = world.page(api, &token, key, me, &cursor).await else { return };
            // Out of the group and in again meanwhile: the page is empty, and rightly.
            let found = page.entries.last().is_some_and(|seen| seen.seq == seq);
            if found || peer(key, me).is_some() {
                world.recorder.note(What::OwnRead { client, conv, seq, api: api as u32, found });
            }
        });
    }
}

fn content(cmid: Uuid, length: usize) -> String {
    let mut content = format!("{CANARY} {cmid} ");
    content.extend(std::iter::repeat_n('x', length));
    content
}
