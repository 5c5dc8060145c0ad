// @ts-check
// What the server says, and where it goes: each kind of event to its room, each fetched page into its log. After it
// nothing is missing, and nothing is shown twice.

import { Emitter } from "../lib/emitter.js";
import { memberOf } from "../net/wire.js";
import { CatchUp } from "./catch_up.js";
import { Inbox } from "./inbox.js";
import { Keeping } from "./keeping.js";
import { Looking } from "./looking.js";
import { Sending } from "./sending.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./keeping.js").Cache} Cache
 * @typedef {import("./people.js").People} People
 * @typedef {import("./typing.js").Typing} Typing
 * @typedef {import("./members.js").Members} Members
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Page} Page
 * @typedef {import("../net/wire.js").ServerEvent} ServerEvent
 * @typedef {import("../net/wire.js").ClientEvent} ClientEvent
 * @typedef {import("../net/session.js").Session} Session
 * @typedef {import("../lib/clock.js").Clock} Clock
 *
 * @typedef {object} Parts
 * @property {number} me
 * @property {Clock} clock
 * @property {() => string} uuid
 * @property {Session["call"]} call
 * @property {(event: ClientEvent) => boolean} say
 * @property {Cache} cache
 * @property {import("./outbox.js").DraftStore} drafts
 * @property {People} people
 * @property {Typing} typing
 * @property {Members} members
 */

/** Emits `moved` at once when a conversation did, later `log` with its key and `conversations`; and `other`: the connection is somebody else's. */
export class Sync extends Emitter {
  #parts;
  #catch_up;
  #keeping;
  #sending;
  /** @type {string | null} */
  #epoch = null;

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    const { me, clock, call, cache, people, say } = parts;
    this.#parts = parts;
    const list = this.#list.bind(this);
    const arrived = this.#arrived.bind(this);
    const refused = (/** @type {Conversation} */ conversation) => this.inbox.lose(conversation);
    this.#catch_up = new CatchUp({ clock, list, arrived, refused });
    this.inbox = new Inbox(
      {
        me,
        clock,
        list: () => call("GET", "/api/conversations"),
        epoch: (epoch) => this.#meet_epoch(epoch),
        learn: (users) => people.learn(users),
        confirmed: (conversation, seq) => this.looking.confirmed(conversation, seq),
      },
      this.#catch_up,
    );
    this.#keeping = new Keeping({ me, cache, clock, epoch: () => this.#epoch, people: () => people.all });
    this.looking = new Looking({
      me,
      clock,
      inbox: this.inbox,
      catch_up: this.#catch_up,
      keeping: this.#keeping,
      pages: { list, arrived, refused, cached: (id, before, limit) => cache.before(id, before, limit) },
      read: (conversation_id, seq) => say({ event_type: "read", conversation_id, seq }),
      tell: (key) => this.#tell(key),
      moved: (key) => this.later("log", key),
      changed: (key) => this.#changed(key),
    });
    this.#sending = new Sending({ ...parts, inbox: this.inbox, tell: (key) => this.#tell(key) });
    this.inbox.on("change", (key) => this.#changed(key));
    this.inbox.on("dropped", (conversation) => this.#keeping.changed(conversation));
    this.inbox.on("met", () => people.rewatch());
    this.inbox.listing.on("change", () => {
      this.emit("moved");
      this.later("conversations");
    });
  }

  get outbox() {
    return this.#sending.outbox;
  }

  /** Takes up what was kept. */
  async restore() {
    const stored = await this.#parts.cache.load();
    this.#epoch = stored.epoch;
    this.#parts.people.learn(stored.people.map((user) => ({ ...user, status: null })));
    this.inbox.restore(stored.conversations);
    this.outbox.adopt();
    if (stored.conversations.length === 0) {
      this.inbox.listing.refresh();
    }
  }

  /** Takes over drafts that a tab left behind that was closed. */
  adopt() {
    this.outbox.adopt();
    this.later("conversations");
    if (this.looking.at) {
      this.later("log", this.looking.at);
    }
  }

  /** Writes what waits to be written. */
  flush() {
    return this.#keeping.flush();
  }

  async stop() {
    for (const room of [this.#catch_up, this.inbox.listing, this.looking]) {
      room.stop();
    }
    this.outbox.stop();
    await this.#keeping.flush();
    this.#keeping.stop();
  }

  // --- What the server says -------------------------------------------------------------------------------------------

  /** @param {ServerEvent} event */
  heard(event) {
    const { people, typing } = this.#parts;
    switch (event.event_type) {
      case "ready":
        return this.#ready(event);
      case "message":
        return this.#entry(event.entry);
      case "ack":
        return this.#sending.acked(event);
      case "error":
        return this.#refused(event);
      case "heads":
        return this.inbox.compare(event.heads, { all: false });
      case "resync":
        return this.inbox.resync(event.conversations);
      case "read":
        return this.inbox.read(event.user_id, event.conversation_id, event.seq);
      case "view":
        return this.inbox.viewed(event.conversation_id, event.view);
      case "logged_in":
        return this.emit("logged_in", event);
      case "presence":
        return people.heard(event.user_id, event.status);
      case "typing":
        people.user(event.user_id);
        return typing.heard(event.group_id ? `g:${event.group_id}` : `u:${event.user_id}`, event.user_id);
    }
  }

  /** @param {import("../net/wire.js").ReadyEvent} ready */
  #ready(ready) {
    if (ready.user_id !== this.#parts.me) {
      return this.emit("other");
    }
    this.#meet_epoch(ready.epoch);
    this.inbox.compare(ready.heads, { all: true });
    if (ready.views !== undefined && ready.views !== this.inbox.views) {
      // Something was pinned, hidden or the like while this device was away.
      this.inbox.listing.refresh();
    }
    this.adopt();
    this.outbox.resume();
    this.#parts.people.resume();
    this.#parts.members.resume();
    this.looking.retry();
  }

  /** @param {Message} entry */
  #entry(entry) {
    const { me, typing, members } = this.#parts;
    if (entry.sender_id === me) {
      this.#sending.settle(entry);
    }
    this.inbox.heard(entry);
    typing.over(entry.group_id === null ? `u:${entry.sender_id}` : `g:${entry.group_id}`, entry.sender_id);
    if (entry.group_id !== null && memberOf(entry) !== null) {
      members.changed(entry.group_id);
      this.#parts.people.rewatch();
    }
  }

  /** @param {import("../net/wire.js").ErrorEvent} event */
  #refused({ client_message_id, code, retry_after_ms }) {
    if (client_message_id) {
      this.outbox.refuse(client_message_id, code, retry_after_ms);
    }
    if (code === "muted") {
      // Until when, the list tells.
      this.inbox.listing.refresh();
    }
  }

  // --- Within ---------------------------------------------------------------------------------------------------------

  /**
   * Entries were taken in by a fetch.
   *
   * @param {Conversation} conversation
   * @param {Page | null} page  Null: they came from the cache.
   */
  #arrived(conversation, page) {
    for (const message of page?.messages ?? []) {
      if (message.sender_id === this.#parts.me) {
        this.#sending.settle(message);
      }
    }
    if (page) {
      if (conversation.group_id !== null && page.messages.some((entry) => memberOf(entry) !== null)) {
        this.#parts.members.changed(conversation.group_id);
      }
      this.inbox.touch(conversation);
      this.#keeping.fetched(conversation, page.messages);
      this.#meet_epoch(page.epoch);
    }
    if (!conversation.countable) {
      this.inbox.listing.refresh();
    }
    this.#changed(conversation.key);
  }

  /**
   * @param {Conversation} conversation
   * @param {Record<string, number>} cursor
   * @returns {Promise<Page>}
   */
  #list(conversation, cursor) {
    return this.#parts.call("GET", "/api/messages/list", { query: { ...conversation.target, ...cursor } });
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
    this.inbox.forget();
    this.#keeping.forget();
    this.#parts.members.forget();
    this.inbox.listing.refresh();
    if (this.looking.at) {
      this.looking.load(this.looking.at);
    }
  }

  /** @param {Key} key */
  #changed(key) {
    const conversation = this.inbox.get(key);
    this.#sending.landed(conversation);
    this.#keeping.changed(conversation);
    this.#tell(key);
    // Another one took the place of what was shown: the group was left and joined again.
    if (key === this.looking.at && conversation.loading === "idle" && !conversation.gone) {
      this.looking.load(key);
    }
  }

  /** @param {Key} key */
  #tell(key) {
    this.emit("moved");
    this.later("log", key);
    this.later("conversations");
  }
}
