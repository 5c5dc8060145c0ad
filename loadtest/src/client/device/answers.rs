//! What REST answers, and what it does to what the client has.

use super::{Done, State};
use crate::client::rest::{Answer, Page, Tokens, seen};
use crate::history::{Key, Via, What};
use rand::Rng;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

impl State {
    pub(super) fn take_answer(&mut self, done: Done) {
        match done {
            Done::Dialled(dialled) => self.dialled(dialled),
            Done::Sent { cmid, answer } => self.sent(cmid, answer),
            Done::Page { key, conv, asked, page } => self.page(key, conv, asked, page),
            Done::Listed { began, listed } => self.listed(began, listed),
            Done::Changed { op, answer, joined } => self.changed(op, answer, joined),
            Done::SessionEnded => {
                self.faces.change(self.me.client, |face| face.log_outs += 1);
                self.log_in_again();
            }
            Done::LoggedIn(tokens) => self.logged_in(tokens),
            Done::Refreshed(tokens) => self.refreshed(tokens),
        }
        self.turn(Instant::now());
    }

    fn sent(&mut self, cmid: Uuid, answer: Option<Answer>) {
        let now = Instant::now();
        let pause = Duration::from_millis(self.rng.random_range(100..400));
        match answer {
            Some(answer) if answer.is_ok() => match seen(&answer.body["message"]) {
                Some(seen) => self.placed(cmid, (seen.conv, seen.seq, seen.id), Via::Rest),
                None => self.failed(cmid, (false, "no_place"), pause, now),
            },
            Some(answer) => self.failed(cmid, (answer.is_definite(), answer.code()), pause, now),
            None => self.failed(cmid, (false, "no_answer"), pause, now),
        }
    }

    fn page(&mut self, key: Key, conv: i64, asked: u64, page: Result<Page, Option<u16>>) {
        let (client, now) = (self.me.client, Instant::now());
        let page = match page {
            Ok(page) => page,
            Err(status) => {
                let log = self.logs.entry(conv).or_default();
                log.no_page(now);
                if status == Some(404) {
                    log.lost();
                }
                return self.show_face(conv);
            }
        };
        for seen in &page.entries {
            self.note(What::Recv { client, connection: 0, seen: *seen, via: Via::Rest, asked });
        }
        self.keys.insert(conv, key);
        let seqs: Vec<i64> = page.entries.iter().map(|seen| seen.seq).collect();
        let shown = self.logs.entry(conv).or_default().page(&seqs, page.through, page.more, now);
        self.show(conv, &shown);
        page.entries.iter().for_each(|seen| self.came_back(seen.cmid));
    }

    /// Which conversations there are. One that is not listed is not the user's any more, unless they joined meanwhile.
    fn listed(&mut self, began: Instant, listed: Option<Vec<(i64, Key)>>) {
        self.listing = false;
        let Some(listed) = listed else {
            self.list_again = true;
            return;
        };
        self.keys.extend(listed.iter().copied());
        let known: Vec<i64> = self.logs.keys().copied().collect();
        for conv in known.into_iter().filter(|conv| listed.iter().all(|(listed, _)| listed != conv)) {
            self.logs.entry(conv).or_default().unlisted(began);
            self.show_face(conv);
        }
    }

    fn changed(&mut self, op: u32, answer: Option<Answer>, joined: bool) {
        match answer {
            Some(answer) if answer.is_ok() => {
                self.note(What::MemberOk { op });
                let group = &answer.body["group"];
                if let (true, Some(conv), Some(id)) =
                    (joined, group["conversation_id"].as_i64(), group["id"].as_i64())
                {
                    self.keys.insert(conv, Key::Group(id));
                }
            }
            Some(answer) => {
                // Who joined and was removed again before the answer was made is told that there is no such group.
                let may_have_been = joined && answer.status == 404;
                self.note(What::MemberFail {
                    op,
                    definite: answer.is_definite() && !may_have_been,
                    code: answer.code().into(),
                });
            }
            None => {
                self.note(What::MemberFail { op, definite: false, code: "no_answer".into() });
            }
        }
    }

    fn logged_in(&mut self, tokens: Tokens) {
        let (client, session) = (self.me.client, self.world.recorder.number());
        self.note(What::Session { client, session });
        self.me.tokens = tokens;
        self.session = Some(session);
        let now = Instant::now();
        self.refresh_at = now + Duration::from_secs(self.rng.random_range(500..800));
        self.dial_at = now;
    }

    fn refreshed(&mut self, tokens: Result<Option<Tokens>, ()>) {
        self.refreshing = false;
        let now = Instant::now();
        match tokens {
            Ok(Some(tokens)) => {
                self.me.tokens = tokens;
                self.faces.change(self.me.client, |face| face.renewals += 1);
                self.refresh_at = now + Duration::from_secs(self.rng.random_range(500..800));
                let auth = json!({ "event_type": "auth", "token": self.me.tokens.token });
                if self.write(&auth) {
                    self.note(What::Prolonged { client: self.me.client, connection: self.connection() });
                }
            }
            // The same refresh token is good for a while: the answer may merely have been lost.
            Ok(None) => self.refresh_at = now + Duration::from_millis(300),
            Err(()) => {
                if self.session.take().is_some() {
                    self.cut(None);
                    self.log_in_again();
                }
            }
        }
    }
}
