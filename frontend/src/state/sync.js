// @ts-check
// What the server says, and where it goes: each kind of event to its room, each fetched page into its log, each stored
// draft out of the outbox. After it nothing is missing, and nothing is shown twice.

import { Emitter } from "../lib/emitter.js";
import { CatchUp } from "./catch_up.js";
import { History } from "./history.js";
import { Inbox, memberOf } from "./inbox.js";
import { Keeping } from "./keeping.js";
import { Outbox } from "./outbox.js";
import { Reads } from "./reads.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./keeping.js").Cache} Cache
 * @typedef {import("./people.js").People} People
 * @typedef {import("./typing.js").Typing} Typing
 * @typedef {import("./members.js").Members} Members
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Page} Page
 * @typedef {import("../net/wire.js").ServerEvent} ServerEvent
 * @typedef {import("../net/wire.js").AckEvent} AckEvent
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

/** The longest frame that a server takes. Control characters take six bytes each on the wire. */
const FRAME_MOST = 65_000;

/** Emits `moved` at once when a conversation did, later `log` with its key and `conversations`; and `other`: the connection is somebody else's. */
export class Sync extends Emitter {
  #parts;
  #catch_up;
  #history;
  #reads;
  #keeping;
  /** @type {string | null} */
  #epoch = null;
  /** The conversation that is shown. @type {Key | null} */
  shown = null;

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
        confirmed: (conversation, seq) => this.#reads.confirmed(conversation, seq),
      },
      this.#catch_up,
    );
    this.#history = new History({
      list,
      arrived,
      refused,
      cached: (id, before, limit) => cache.before(id, before, limit),
      changed: ({ key }) => this.later("log", key),
    });
    this.outbox = new Outbox({
      clock,
      uuid: parts.uuid,
      send: (draft) => this.#post(draft),
      store: parts.drafts,
    });
    this.#reads = new Reads({
      clock,
      tell: (conversation_id, seq) => say({ event_type: "read", conversation_id, seq }),
    });
    this.#keeping = new Keeping({ me, cache, clock, epoch: () => this.#epoch, people: () => people.all });
    this.inbox.on("change", (key) => this.#changed(key));
    this.inbox.on("dropped", (conversation) => this.#keeping.changed(conversation));
    this.inbox.on("met", () => people.rewatch());
    this.inbox.listing.on("change", () => {
      this.emit("moved");
      this.later("conversations");
    });
    this.outbox.on("change", (key) => this.#tell(key));
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
    if (this.shown) {
      this.later("log", this.shown);
    }
  }

  /** Writes what waits to be written. */
  flush() {
    return this.#keeping.flush();
  }

  async stop() {
    for (const room of [this.#catch_up, this.inbox.listing, this.#reads]) {
      room.stop();
    }
    this.outbox.stop();
    await this.#keeping.flush();
    this.#keeping.stop();
  }

  // --- What is looked at ----------------------------------------------------------------------------------------------

  /**
   * The conversation is shown, or to be tried again.
   *
   * @param {Key} key
   */
  load(key) {
    const conversation = this.inbox.get(key);
    conversation.older = conversation.older === "error" ? "idle" : conversation.older;
    this.#history.open(conversation);
    if (conversation.group?.muted_until) {
      // It may have been taken back.
      this.inbox.listing.refresh();
    }
    if (conversation.behind) {
      this.#catch_up.now(conversation, { first: true });
    }
    this.later("log", key);
  }

  /** @param {Key} key */
  older(key) {
    return this.#history.older(this.inbox.get(key));
  }

  /**
   * @param {Key} key
   * @param {number} before
   */
  fill(key, before) {
    return this.#history.fill(this.inbox.get(key), before);
  }

  /**
   * @param {Key} key
   * @param {number} seq
   */
  seen(key, seq) {
    if (this.#reads.seen(this.inbox.get(key), seq)) {
      this.#changed(key);
    }
  }

  /**
   * Deletes entries for oneself, on this device: their places stay, and what they said goes from the cache too.
   *
   * @param {Key} key
   * @param {number[]} seqs
   */
  deleteForMe(key, seqs) {
    const conversation = this.inbox.get(key);
    const gone = new Set(seqs.filter((seq) => !conversation.deleted.has(seq)));
    for (const seq of gone) {
      conversation.deleted.add(seq);
    }
    this.#keeping.fetched(
      conversation,
      conversation.log.entries.filter(({ seq }) => gone.has(seq)),
    );
    // At once: whoever deletes something and closes the page does not want to see it again.
    this.#keeping.flush();
    this.#tell(key);
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
        return this.#acked(event);
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
    const shown = this.shown && this.inbox.find(this.shown);
    if (shown && (shown.loading === "error" || shown.older === "error")) {
      this.load(shown.key);
    }
  }

  /** @param {Message} entry */
  #entry(entry) {
    const { me, typing, members } = this.#parts;
    if (entry.sender_id === me) {
      this.#settle(entry);
    }
    this.inbox.heard(entry);
    typing.over(entry.group_id === null ? `u:${entry.sender_id}` : `g:${entry.group_id}`, entry.sender_id);
    if (entry.group_id !== null && memberOf(entry) !== null) {
      members.changed(entry.group_id);
      this.#parts.people.rewatch();
    }
  }

  /** An ack is one's own entry, but for what the draft says. @param {AckEvent} ack */
  #acked(ack) {
    const draft = this.outbox.settle(ack.client_message_id);
    if (!draft) {
      return;
    }
    const { receiver_id = null, group_id = null } = this.inbox.get(draft.key).target;
    const { message_id: id, conversation_id, seq, client_message_id, created_at } = ack;
    const place = { id, conversation_id, seq, client_message_id, created_at, receiver_id, group_id };
    const said = { sender_id: this.#parts.me, content: draft.content, message_type: "text" };
    this.inbox.heard({ ...place, ...said });
    this.#land(draft, seq);
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

  /** One's own entry came, be it by its ack or not: it is stored. @param {Message} entry */
  #settle(entry) {
    const draft = this.outbox.settle(entry.client_message_id);
    if (draft) {
      this.#land(draft, entry.seq);
    }
  }

  /**
   * Until the entry has its place in the log, the draft's bubble stays where it is.
   *
   * @param {Draft} draft
   * @param {number} seq
   */
  #land(draft, seq) {
    const conversation = this.inbox.get(draft.key);
    if (seq > (conversation.log.have ?? 0)) {
      conversation.landing.set(seq, draft);
    }
    this.#tell(draft.key);
  }

  /**
   * Entries were taken in by a fetch.
   *
   * @param {Conversation} conversation
   * @param {Page | null} page  Null: they came from the cache.
   */
  #arrived(conversation, page) {
    for (const message of page?.messages ?? []) {
      if (message.sender_id === this.#parts.me) {
        this.#settle(message);
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

  /** @param {Draft} draft */
  #post({ key, client_message_id, content }) {
    const { target } = this.inbox.get(key);
    const event = { event_type: /** @type {const} */ ("message"), ...target, content, client_message_id };
    if (new TextEncoder().encode(JSON.stringify(event)).length > FRAME_MOST) {
      // Sent all the same, it would cost the connection, again and again.
      queueMicrotask(() => this.outbox.refuse(client_message_id, "content_too_long"));
      return true;
    }
    return this.#parts.say(event);
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
    if (this.shown) {
      this.load(this.shown);
    }
  }

  /** @param {Key} key */
  #changed(key) {
    const conversation = this.inbox.get(key);
    for (const seq of conversation.landing.keys()) {
      if (seq <= (conversation.log.have ?? 0)) {
        conversation.landing.delete(seq);
      }
    }
    this.#keeping.changed(conversation);
    this.#tell(key);
    // Another one took the place of what was shown: the group was left and joined again.
    if (key === this.shown && conversation.loading === "idle" && !conversation.gone) {
      this.load(key);
    }
  }

  /** @param {Key} key */
  #tell(key) {
    this.emit("moved");
    this.later("log", key);
    this.later("conversations");
  }
}
