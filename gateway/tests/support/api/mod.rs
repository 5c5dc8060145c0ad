//! The api behind the gateway's door, with its tables in memory. It numbers, dedupes, authorises and publishes
//! as the real one does; what a test does here by hand is what others do there over REST.

mod door;
mod store;

use super::bus::TestBus;
use super::gate::Gate;
use bytes::Bytes;
use shared::bus::Bus;
use shared::door::{Outcome, Roster, Stored};
use shared::draft::{Draft, MessageType, Target};
use shared::envelope::{Change, Envelope, Header, Kind};
use shared::event::{Control, Status};
use shared::ids::{ConversationId, GroupId, Seq, SessionId, UserId};
use shared::time::Clock;
use shared::topic::Topic;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use store::Store;
use uuid::Uuid;

/// What a gateway may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Append,
    Attach,
    Rosters,
    Entries,
    Sums,
    Read,
    Watchable,
    MayType,
    Announce,
}

/// A gate for each.
#[derive(Default)]
struct Gates([Gate; 9]);

impl Gates {
    fn of(&self, call: Call) -> &Gate {
        &self.0[call as usize]
    }
}

/// The api.
pub struct FakeApi {
    store: Mutex<Store>,
    bus: Arc<TestBus>,
    clock: Clock,
    gates: Gates,
    gone: tokio::sync::Notify,
    /// Answers about members that are given instead of true ones, and how often still.
    stale: Mutex<HashMap<GroupId, (Roster, usize)>>,
}

impl FakeApi {
    pub fn new(bus: Arc<TestBus>, clock: Clock) -> Self {
        let (store, gates, stale) = (Mutex::default(), Gates::default(), Mutex::default());
        Self { store, bus, clock, gates, gone: tokio::sync::Notify::new(), stale }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap()
    }

    /// From now on these calls are answered by what is true when they come, but not before [`Self::in_time`].
    pub fn late(&self, call: Call) {
        self.late_after(call, 0);
    }

    /// The same from the call after the next `through` ones on.
    pub fn late_after(&self, call: Call, through: usize) {
        self.gates.of(call).close_after(through);
    }

    pub fn in_time(&self, call: Call) {
        self.gates.of(call).open();
    }

    /// Waits until a late call has read its answer and waits to give it.
    pub async fn is_waited_for(&self, call: Call) {
        self.gates.of(call).is_waited_at().await;
    }

    /// Refuses these calls as unavailable from now on, or no longer.
    pub fn refuse(&self, call: Call, refuses: bool) {
        self.gates.of(call).refuse(refuses);
    }

    /// One of the nodes that answer for it dies.
    pub fn lose_a_node(&self) {
        self.gone.notify_one();
    }

    /// How often this was called.
    pub fn calls(&self, call: Call) -> usize {
        self.gates.of(call).calls()
    }

    /// The next `times` answers about a group's members are as of now, whatever happens meanwhile.
    pub fn be_behind(&self, group: GroupId, times: usize) {
        let roster = self.store().group(group).roster(None);
        self.stale.lock().unwrap().insert(group, (roster, times));
    }

    /// Makes an account.
    pub fn register(&self) -> UserId {
        self.store().register()
    }

    /// Begins a session.
    pub fn log_in(&self, user: UserId) -> SessionId {
        self.store().log_in(user)
    }

    /// Makes a group with its owner in it.
    pub async fn create_group(&self, owner: UserId) -> GroupId {
        let group = self.store().create_group();
        self.join(group, owner).await;
        group
    }

    pub async fn join(&self, group: GroupId, user: UserId) -> Seq {
        self.change(group, user, Change::Joined).await
    }

    pub async fn leave(&self, group: GroupId, user: UserId) -> Seq {
        self.change(group, user, Change::Left).await
    }

    async fn change(&self, group: GroupId, user: UserId, change: Change) -> Seq {
        let (seq, out) = self.store().change(group, user, change, self.clock.now());
        self.publish(&out).await;
        seq
    }

    /// Sends a text, as `POST /api/messages/send` does.
    pub async fn send(&self, sender_id: UserId, target: Target, content: &str) -> Stored {
        let content = content.to_owned();
        let (message_type, client_message_id) = (MessageType::Text, Uuid::now_v7());
        let draft = Draft { sender_id, target, content, message_type, client_message_id };
        let outcomes = self.store_and_publish(vec![draft]).await;
        outcomes[0].expect("the draft is stored")
    }

    async fn store_and_publish(&self, drafts: Vec<Draft>) -> Vec<Outcome> {
        let mut out = Vec::new();
        let outcomes = {
            let mut store = self.store();
            drafts.into_iter().map(|draft| store.append(draft, self.clock.now(), &mut out)).collect()
        };
        self.publish(&out).await;
        outcomes
    }

    /// Announces how far a group's log has come, as after a failed publish.
    pub async fn announce_head(&self, group: GroupId) {
        let head = self.store().group(group).head(self.clock.now());
        self.publish(&[(Topic::Group(group), head.encode())]).await;
    }

    /// The same for a direct conversation of theirs.
    pub async fn announce_direct_head(&self, user: UserId, peer: UserId) {
        let head = self.store().pair(user, peer).head(self.clock.now());
        self.publish(&[(Topic::User(user), head.encode()), (Topic::User(peer), head.encode())]).await;
    }

    /// Ends one session.
    pub async fn log_out(&self, user: UserId, session_id: SessionId) {
        self.store().sessions.remove(&session_id);
        self.control(user, &Control::SessionEnded { session_id }).await;
    }

    /// Ends one session, and tells nobody: the control was lost.
    pub fn log_out_unheard(&self, session_id: SessionId) {
        self.store().sessions.remove(&session_id);
    }

    /// Ends the sessions of a user but this one.
    pub async fn log_out_others(&self, user: UserId, kept: SessionId) {
        self.store().sessions.retain(|session, of| *of != user || *session == kept);
        self.control(user, &Control::OtherSessionsEnded { kept: Some(kept) }).await;
    }

    pub async fn close_account(&self, user: UserId) {
        self.store().closed.insert(user);
        self.control(user, &Control::AccountClosed).await;
    }

    pub async fn choose(&self, user: UserId, status: Status) {
        self.store().users.insert(user, status);
        self.control(user, &Control::StatusChosen { status }).await;
    }

    async fn control(&self, user: UserId, control: &Control) {
        let header = Header {
            kind: Kind::Control,
            change: Change::None,
            members_version: 0,
            seq: 0,
            conversation_id: ConversationId(0),
            at: self.clock.now(),
            subject_id: user,
        };
        let body = Bytes::from(serde_json::to_vec(control).unwrap());
        self.publish(&[(Topic::User(user), Envelope { header, body }.encode())]).await;
    }

    async fn publish(&self, out: &[(Topic, Bytes)]) {
        self.bus.publish(out).await.expect("the bus for tests loses in silence");
    }

    /// A user's conversation in a group.
    pub fn conversation_of(&self, group: GroupId) -> ConversationId {
        self.store().group(group).id
    }

    /// What was said in a group, in order, without joins and leaves.
    pub fn texts_of(&self, group: GroupId) -> Vec<String> {
        let store = self.store();
        let texts = store.group(group).log.iter().filter(|row| row.change == Change::None);
        texts.map(|row| row.event.content.clone()).collect()
    }

    /// How far the log of a group has come.
    pub fn last_seq(&self, group: GroupId) -> Seq {
        self.store().group(group).last_seq()
    }

    /// How far a user's read cursor has come in a group.
    pub fn read_seq(&self, group: GroupId, user: UserId) -> Seq {
        self.store().group(group).reads.get(&user).copied().unwrap_or(0)
    }

    /// The sum that the `ping` of a client carries that has everything.
    pub fn sum_of(&self, user: UserId) -> i64 {
        self.store().heads_of(user).values().map(|[last_seq, ..]| last_seq).sum()
    }
}
