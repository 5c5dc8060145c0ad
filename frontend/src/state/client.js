// @ts-check
// The client of one log-in: joins link, inbox, outbox and the rest, and is the face that views see. Each kind of event is
// handled by one line here and by the room it belongs to.

import { Emitter } from "../lib/emitter.js";
import { Failure } from "../lib/failure.js";
import { CatchUp } from "./catch_up.js";
import { History } from "./history.js";
import { Inbox, memberOf } from "./inbox.js";
import { Keeping } from "./keeping.js";
import { Members } from "./members.js";
import { Outbox } from "./outbox.js";
import { People } from "./people.js";
import { Reads } from "./reads.js";
import { Typing } from "./typing.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").LogView} LogView
 * @typedef {import("./types.js").ConversationRow} ConversationRow
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./keeping.js").Cache} Cache
 * @typedef {import("./composers.js").Composers} Composers
 * @typedef {import("../net/wire.js").User} User
 * @typedef {import("../net/wire.js").Status} Status
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Page} Page
 * @typedef {import("../net/wire.js").ServerEvent} ServerEvent
 * @typedef {import("../net/wire.js").AckEvent} AckEvent
 * @typedef {import("../net/link.js").Link} Link
 * @typedef {import("../net/session.js").Session} Session
 * @typedef {import("../lib/clock.js").Clock} Clock
 *
 * @typedef {object} Parts
 * @property {User} me
 * @property {Session} session
 * @property {(sum: () => number | undefined) => Link} link
 * @property {Cache} cache
 * @property {Composers} composers
 * @property {Clock} clock
 * @property {() => string} uuid
 */

/** The longest content of a message, in bytes of UTF-8, that a server takes unless it was told otherwise. */
const CONTENT_MOST = 16_384;
/** The longest frame. Control characters take six bytes each on the wire. */
const FRAME_MOST = 65_000;
/** Entries that a conversation keeps in memory when it is left. */
const KEPT_IN_MEMORY = 200;

/**
 * Emits `me`, `link`, `conversations`, `log` and `typing` (with a key), `presence`, `people`, `members` (with a group's
 * id), `current`; and for the account: `stopped` with why.
 */
export class Client extends Emitter {
  #parts;
  /** @type {string | null} */
  #epoch = null;
  /** @type {Key | null} */
  #current = null;
  #me;
  #link;
  #people;
  #catch_up;
  #inbox;
  #history;
  #outbox;
  #reads;
  #typing;
  #members;
  #keeping;
  /** @type {(() => void)[]} */
  #offs;

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    const { clock, cache } = parts;
    this.#parts = parts;
    this.#me = parts.me;
    this.#link = parts.link(() => this.#inbox.sum);
    this.#people = new People({
      clock,
      find: async (id) => (await this.#call("GET", `/api/users/${id}`)).user,
      watch: (user_ids) => this.#link.send({ event_type: "watch", user_ids }),
    });
    const list = this.#list.bind(this);
    const refused = (/** @type {Conversation} */ conversation) => this.#inbox.lose(conversation);
    this.#catch_up = new CatchUp({ clock, list, refused, arrived: this.#arrived.bind(this) });
    this.#inbox = new Inbox(
      {
        me: parts.me.id,
        clock,
        list: () => this.#call("GET", "/api/conversations"),
        epoch: (epoch) => this.#meet_epoch(epoch),
        learn: (users) => this.#people.learn(users),
        confirmed: (conversation, seq) => this.#reads.confirmed(conversation, seq),
      },
      this.#catch_up,
    );
    this.#history = new History({
      list,
      refused,
      cached: (id, before, limit) => cache.before(id, before, limit),
      arrived: this.#arrived.bind(this),
      changed: ({ key }) => this.later("log", key),
    });
    this.#outbox = new Outbox({
      clock,
      uuid: parts.uuid,
      send: (draft) => this.#post(draft),
      store: { put: (draft) => cache.putDraft(draft), remove: (id) => cache.removeDraft(id) },
    });
    this.#reads = new Reads({
      clock,
      tell: (conversation_id, seq) => this.#link.send({ event_type: "read", conversation_id, seq }),
    });
    this.#typing = new Typing({
      clock,
      tell: (key) => this.#link.send({ event_type: "typing", ...this.#inbox.get(key).target }),
    });
    this.#members = new Members({
      list: async (id) => (await this.#call("GET", `/api/groups/${id}/members`)).members,
      learn: (users) => this.#people.learn(users),
    });
    this.#keeping = new Keeping({ cache, clock, people: () => this.#people.all });
    this.#offs = this.#listen();
  }

  #listen() {
    const { session } = this.#parts;
    return [
      this.#link.on("state", (state) => this.#linked(state)),
      this.#link.on("event", (event) => this.#heard(event)),
      this.#link.on("too_big", () => this.#outbox.refuse_flights("content_too_long")),
      this.#link.on("stopped", (why) => this.emit("stopped", why)),
      session.on("token", (token) => this.#link.renew(token)),
      session.on("user", (user) => this.#meet_me(user)),
      this.#inbox.on("change", (key) => this.#changed(key)),
      this.#inbox.on("list", () => this.later("conversations")),
      this.#outbox.on("change", (key) => this.#shown(key)),
      this.#people.on("people", () => this.later("people")),
      this.#people.on("presence", () => this.later("presence")),
      this.#typing.on("typing", (key) => this.later("typing", key)),
      this.#members.on("members", (id) => this.later("members", id)),
    ];
  }

  // --- Its life -----------------------------------------------------------------------------------------------------

  /** Shows what was kept, then connects. */
  async start() {
    const stored = await this.#parts.cache.load();
    this.#epoch = stored.epoch;
    this.#people.learn([...stored.people.map((user) => ({ ...user, status: null })), this.#me]);
    this.#inbox.restore(stored.conversations);
    this.#outbox.adopt(stored.drafts);
    if (stored.conversations.length === 0) {
      this.#inbox.refresh();
    }
    this.#link.start();
  }

  /** Ends everything that waits, and leaves the cache as it is. */
  async stop() {
    for (const off of this.#offs) {
      off();
    }
    this.#link.stop();
    for (const part of [this.#catch_up, this.#inbox, this.#people, this.#reads, this.#typing]) {
      part.stop();
    }
    await this.#keeping.flush();
    this.#keeping.stop();
    this.#parts.composers.flush();
    this.#parts.cache.close();
  }

  /** The page goes away, maybe for good: what waits to be written is written. */
  flush() {
    this.#parts.composers.flush();
    this.#keeping.flush();
  }

  /** Another tab was closed over drafts that it had not sent. */
  async adopt() {
    this.#outbox.adopt(await this.#parts.cache.drafts());
    this.later("conversations");
  }

  // --- The account and the connection -------------------------------------------------------------------------------

  get me() {
    return this.#me;
  }

  get link() {
    return this.#link.view;
  }

  retryNow() {
    this.#link.retry();
  }

  /** Somebody looks at the page again: is the line still there? */
  lookedAt() {
    this.#link.doubt();
  }

  /** @returns {Status | null} */
  get shownStatus() {
    return this.#link.online ? this.#me.status : null;
  }

  /** @param {Status} status */
  async setStatus(status) {
    const { user } = await this.#call("PATCH", "/api/users/me", { body: { status } });
    this.#meet_me(user);
  }

  // --- The list -----------------------------------------------------------------------------------------------------

  get conversations() {
    const { state, error } = this.#inbox;
    const rows = this.#inbox.all.filter((one) => this.#is_listed(one)).map((one) => this.#row(one));
    return { state, error, rows: rows.sort((a, b) => time_of(b) - time_of(a)) };
  }

  reloadConversations() {
    this.#inbox.refresh();
  }

  /** How much is unread in all. */
  get unread() {
    return this.#inbox.all.reduce((sum, one) => sum + one.unread(this.#me.id), 0);
  }

  // --- One conversation ---------------------------------------------------------------------------------------------

  get current() {
    return this.#current;
  }

  /** @param {Key} key */
  open(key) {
    if (this.#current === key) {
      return;
    }
    this.close();
    this.#current = key;
    this.later("current");
    this.#load(key);
  }

  close() {
    const left = this.#current ? this.#inbox.find(this.#current) : undefined;
    left?.log.trim(KEPT_IN_MEMORY);
    this.#current = null;
    this.later("current");
  }

  /** @param {Key} key */
  reload(key) {
    this.#load(key);
  }

  /**
   * @param {Key} key
   * @returns {LogView}
   */
  log(key) {
    const conversation = this.#inbox.get(key);
    const { log, loading, group, older } = conversation;
    const empty = log.entries.length === 0 && !log.from_start;
    const failed = loading === "error" || older === "error";
    const state = conversation.gone ? "gone" : !empty ? "ready" : failed ? "error" : "loading";
    return {
      ...this.#names(conversation),
      key,
      group,
      state,
      error: conversation.error,
      entries: log.entries,
      holes: log.holes,
      drafts: [...conversation.landing.values(), ...this.#outbox.drafts(key)],
      older: log.from_start ? "end" : older,
      have: log.have ?? 0,
      read_seq: conversation.read_seq,
      peer_read_seq: conversation.peer_read_seq,
      unread: conversation.unread(this.#me.id),
    };
  }

  /** @param {Key} key */
  loadOlder(key) {
    return this.#history.older(this.#inbox.get(key));
  }

  /**
   * @param {Key} key
   * @param {number} seq
   */
  fillHole(key, seq) {
    return this.#history.fill(this.#inbox.get(key), seq);
  }

  /**
   * @param {Key} key
   * @param {number} seq
   */
  seen(key, seq) {
    if (this.#reads.seen(this.#inbox.get(key), seq)) {
      this.#changed(key);
    }
  }

  // --- Saying something ---------------------------------------------------------------------------------------------

  /**
   * @param {Key} key
   * @param {string} text
   * @returns {Draft}
   * @throws {Failure} `content_empty`, `content_too_long`
   */
  send(key, text) {
    const content = text.trim();
    if (content === "") {
      throw new Failure("content_empty");
    }
    if (new TextEncoder().encode(content).length > CONTENT_MOST) {
      throw new Failure("content_too_long");
    }
    this.#typing.sent(key);
    return this.#outbox.add(key, content);
  }

  /** @param {string} id */
  retry(id) {
    this.#outbox.retry(id);
  }

  /** @param {string} id */
  discard(id) {
    this.#outbox.discard(id);
  }

  /** Whether something was written that is not known to be stored. */
  get unsent() {
    return this.#outbox.all.length;
  }

  /** @param {Key} key */
  draftText(key) {
    return this.#parts.composers.text(key);
  }

  /**
   * @param {Key} key
   * @param {string} text
   */
  setDraftText(key, text) {
    this.#parts.composers.write(key, text);
    this.later("conversations");
  }

  /** @param {Key} key */
  typing(key) {
    this.#typing.typing(key);
  }

  /** @param {Key} key */
  typists(key) {
    return this.#typing.typists(key).flatMap((id) => this.#people.user(id) ?? []);
  }

  // --- People and groups --------------------------------------------------------------------------------------------

  /** @param {number} id */
  user(id) {
    return id === this.#me.id ? this.#me : this.#people.user(id);
  }

  /** @param {number} id */
  status(id) {
    return id === this.#me.id ? this.shownStatus : this.#people.status(id);
  }

  /** @param {number[]} ids */
  showing(ids) {
    this.#people.show(ids.filter((id) => id !== this.#me.id));
  }

  /**
   * @param {User} user
   * @returns {Key}
   */
  keyOf(user) {
    return `u:${user.id}`;
  }

  /**
   * @param {string} username
   * @returns {Promise<User>}
   * @throws {Failure} `not_found`
   */
  async findUser(username) {
    const { user } = await this.#call("GET", "/api/users/find", { query: { username } });
    this.#people.learn([user]);
    return user;
  }

  /** @param {number} group_id */
  members(group_id) {
    return this.#members.of(group_id);
  }

  /** @param {number} group_id */
  reloadMembers(group_id) {
    this.#members.reload(group_id);
  }

  /**
   * @param {{ name: string, description?: string }} body
   * @returns {Promise<Key>}
   */
  async createGroup(body) {
    return this.#joined(await this.#call("POST", "/api/groups/create", { body }));
  }

  /**
   * @param {number} group_id
   * @returns {Promise<Key>}
   */
  async joinGroup(group_id) {
    return this.#joined(await this.#call("POST", "/api/groups/join", { body: { group_id } }));
  }

  /** @param {number} group_id */
  async leaveGroup(group_id) {
    await this.#call("POST", "/api/groups/leave", { body: { group_id } });
    this.#inbox.lose(this.#inbox.get(`g:${group_id}`));
  }

  // --- Within -------------------------------------------------------------------------------------------------------

  /** @type {Session["call"]} */
  #call(method, path, call) {
    return this.#parts.session.call(method, path, call);
  }

  /**
   * @param {Conversation} conversation
   * @param {Record<string, number>} cursor
   * @returns {Promise<Page>}
   */
  #list(conversation, cursor) {
    return this.#call("GET", "/api/messages/list", { query: { ...conversation.target, ...cursor } });
  }

  /** @param {string} state */
  #linked(state) {
    this.later("link");
    this.later("presence");
    if (state === "online") {
      return;
    }
    this.#outbox.pause();
    this.#people.pause();
  }

  /** @param {ServerEvent} event */
  #heard(event) {
    switch (event.event_type) {
      case "ready":
        return this.#ready(event);
      case "message":
        return this.#entry(event.entry);
      case "ack":
        return this.#acked(event);
      case "error":
        return event.client_message_id
          ? this.#outbox.refuse(event.client_message_id, event.code, event.retry_after_ms)
          : undefined;
      case "heads":
        return this.#inbox.compare(event.heads, { all: false });
      case "resync":
        return this.#inbox.resync(event.conversations);
      case "read":
        return this.#inbox.read(event.user_id, event.conversation_id, event.seq);
      case "presence":
        return this.#people.heard(event.user_id, event.status);
      case "typing":
        this.#people.user(event.user_id);
        return this.#typing.heard(
          event.group_id ? `g:${event.group_id}` : `u:${event.user_id}`,
          event.user_id,
        );
    }
  }

  /** @param {import("../net/wire.js").ReadyEvent} ready */
  #ready(ready) {
    if (ready.user_id !== this.#me.id) {
      return this.emit("stopped", "other");
    }
    this.#meet_epoch(ready.epoch);
    this.#inbox.compare(ready.heads, { all: true });
    this.#outbox.resume();
    this.#people.resume();
    const current = this.#current && this.#inbox.find(this.#current);
    if (current && (current.loading === "error" || current.older === "error")) {
      this.#load(current.key);
    }
    this.adopt();
  }

  /** @param {Message} entry */
  #entry(entry) {
    if (entry.sender_id === this.#me.id) {
      this.#settle(entry);
    }
    this.#inbox.heard(entry);
    const key = this.#inbox.get(entry.group_id === null ? `u:${entry.sender_id}` : `g:${entry.group_id}`).key;
    this.#typing.over(key, entry.sender_id);
    if (
      entry.group_id !== null &&
      memberOf(entry.content) !== null &&
      entry.message_type.startsWith("member_")
    ) {
      this.#members.changed(entry.group_id);
    }
  }

  /** An ack is one's own entry, but for what the draft says. @param {AckEvent} ack */
  #acked(ack) {
    const draft = this.#outbox.settle(ack.client_message_id);
    if (!draft) {
      return;
    }
    const { receiver_id = null, group_id = null } = this.#inbox.get(draft.key).target;
    const { message_id: id, conversation_id, seq, client_message_id, created_at } = ack;
    const place = { id, conversation_id, seq, client_message_id, created_at, receiver_id, group_id };
    this.#inbox.heard({ ...place, sender_id: this.#me.id, content: draft.content, message_type: "text" });
    this.#land(draft, seq);
  }

  /** One's own entry came by another way than its ack. @param {Message} entry */
  #settle(entry) {
    const draft = this.#outbox.settle(entry.client_message_id);
    if (draft) {
      this.#land(draft, entry.seq);
    }
  }

  /**
   * It is stored. Until its entry has its place in the log, the bubble stays where it is.
   *
   * @param {Draft} draft
   * @param {number} seq
   */
  #land(draft, seq) {
    const conversation = this.#inbox.get(draft.key);
    if (seq > (conversation.log.have ?? 0)) {
      conversation.landing.set(seq, draft);
    }
    this.#shown(draft.key);
  }

  /**
   * Entries were taken in by a fetch.
   *
   * @param {Conversation} conversation
   * @param {Page | null} page  Null: they came from the cache.
   */
  #arrived(conversation, page) {
    if (page) {
      for (const message of page.messages) {
        if (message.sender_id === this.#me.id) {
          this.#settle(message);
        }
      }
      this.#keeping.fetched(conversation, page.messages);
      this.#meet_epoch(page.epoch);
    }
    this.#changed(conversation.key);
  }

  /** @param {Draft} draft */
  #post({ key, client_message_id, content }) {
    const { target } = this.#inbox.get(key);
    const event = { event_type: /** @type {const} */ ("message"), ...target, content, client_message_id };
    if (new TextEncoder().encode(JSON.stringify(event)).length > FRAME_MOST) {
      // Sent all the same, it would cost the connection, again and again.
      queueMicrotask(() => this.#outbox.refuse(client_message_id, "content_too_long"));
      return true;
    }
    return this.#link.send(event);
  }

  /** @param {{ group: import("../net/wire.js").Group }} answer */
  #joined({ group }) {
    this.#inbox.joined(group);
    return /** @type {Key} */ (`g:${group.id}`);
  }

  /** @param {Key} key */
  #load(key) {
    const conversation = this.#inbox.get(key);
    conversation.older = conversation.older === "error" ? "idle" : conversation.older;
    this.#history.open(conversation);
    if (conversation.behind) {
      this.#catch_up.now(conversation, { first: true });
    }
    this.later("log", key);
  }

  /** @param {User} user */
  #meet_me(user) {
    if (user.id !== this.#me.id) {
      return this.emit("stopped", "other");
    }
    this.#me = user;
    this.later("me");
    this.later("presence");
  }

  /** @param {string} epoch */
  #meet_epoch(epoch) {
    if (this.#epoch === epoch) {
      return;
    }
    const known = this.#epoch;
    this.#epoch = epoch;
    this.#parts.cache.begin(epoch);
    if (known === null) {
      return;
    }
    // The database is another one: what was held is of no use, what was written is.
    this.#inbox.forget();
    this.#members.forget();
    this.#inbox.refresh();
    if (this.#current) {
      this.#load(this.#current);
    }
  }

  /** @param {Key} key */
  #changed(key) {
    const conversation = this.#inbox.get(key);
    for (const seq of conversation.landing.keys()) {
      if (seq <= (conversation.log.have ?? 0)) {
        conversation.landing.delete(seq);
      }
    }
    this.#keeping.changed(conversation);
    this.#shown(key);
  }

  /** @param {Key} key */
  #shown(key) {
    this.later("log", key);
    this.later("conversations");
  }

  /** Somebody was looked at, and nothing was said: no row. @param {Conversation} conversation */
  #is_listed({ key, id, group_id }) {
    const said = id !== null || this.#outbox.drafts(key).length > 0;
    return said || group_id !== null || this.#parts.composers.text(key) !== "";
  }

  /**
   * @param {Conversation} conversation
   * @returns {ConversationRow}
   */
  #row(conversation) {
    const { key, group } = conversation;
    const drafts = this.#outbox.drafts(key);
    return {
      ...this.#names(conversation),
      key,
      group,
      last: drafts.at(-1) ?? conversation.last,
      unread: conversation.unread(this.#me.id),
      draft: this.#parts.composers.text(key),
      failed: drafts.filter(({ state }) => state === "failed").length,
    };
  }

  /** @param {Conversation} conversation */
  #names({ peer_id }) {
    return { peer: peer_id === null ? null : this.user(peer_id), is_notes: peer_id === this.#me.id };
  }
}

/** @param {ConversationRow} row */
function time_of({ last, group }) {
  if (last && "written_at" in last) {
    return last.written_at;
  }
  return Date.parse(last?.created_at ?? group?.created_at ?? "") || 0;
}
