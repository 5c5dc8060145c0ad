// @ts-check
// The face of one log-in that views see: what there is to show, and what can be done. It joins the rooms and does little
// itself; what happens behind it is Sync's.

import { Emitter } from "../lib/emitter.js";
import { Failure } from "../lib/failure.js";
import { Members } from "./members.js";
import { People } from "./people.js";
import { activityOf, rowOf, viewOf } from "./shown.js";
import { Sync } from "./sync.js";
import { Typing } from "./typing.js";
import { Views } from "./views.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").ConversationRow} ConversationRow
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("./keeping.js").Cache} Cache
 * @typedef {import("./composers.js").Composers} Composers
 * @typedef {import("../net/wire.js").User} User
 * @typedef {import("../net/wire.js").Group} Group
 * @typedef {import("../net/wire.js").Status} Status
 * @typedef {import("../net/link.js").Link} Link
 * @typedef {import("../net/session.js").Session} Session
 * @typedef {import("../lib/clock.js").Clock} Clock
 *
 * @typedef {object} Parts
 * @property {User} me
 * @property {Session} session
 * @property {(sum: () => number | undefined) => Link} link
 * @property {Cache} cache
 * @property {import("./outbox.js").DraftStore} drafts
 * @property {Composers} composers
 * @property {Clock} clock
 * @property {() => string} uuid
 */

/** The longest content of a message, in bytes of UTF-8, that a server takes unless it was told otherwise. */
const CONTENT_MOST = 16_384;
/** Entries that a conversation keeps in memory when it is left. */
const KEPT_IN_MEMORY = 200;

/**
 * Emits `me`, `link`, `conversations`, `log` and `typing` (with a key), `presence`, `people`, `members` (with a group's
 * id), `current`, `composer` (with a key) when another tab wrote there; and for the account `deleted` with what one
 * deleted for oneself, and `stopped` with why: `expired`, `closed`, `replaced`, or `other`.
 */
export class Client extends Emitter {
  #session;
  #cache;
  #composers;
  /** @type {Link} */
  #link;
  #me;
  #people;
  #typing;
  #members;
  #views;
  #sync;
  /** @type {{ state: "loading" | "ready" | "error", error: string | null, settled: boolean, rows: ConversationRow[] } | null} */
  #listed = null;
  /** @type {(() => void)[]} */
  #offs;

  /** @param {Parts} parts */
  constructor({ me, session, link, cache, drafts, composers, clock, uuid }) {
    super();
    this.#me = me;
    this.#session = session;
    this.#cache = cache;
    this.#composers = composers;
    this.#link = link(() => this.#sync.inbox.sum);
    const call = session.call.bind(session);
    const say = this.#link.send.bind(this.#link);
    this.#people = new People({
      clock,
      find: async (id) => (await call("GET", `/api/users/${id}`)).user,
      watch: (user_ids) => say({ event_type: "watch", user_ids }),
    });
    this.#typing = new Typing({
      clock,
      tell: (key) => say({ event_type: "typing", ...this.#conversation(key).target }),
    });
    this.#members = new Members({
      list: async (id) => (await call("GET", `/api/groups/${id}/members`)).members,
      learn: (users) => this.#people.learn(users),
    });
    const rooms = { people: this.#people, typing: this.#typing, members: this.#members };
    this.#sync = new Sync({ me: me.id, clock, uuid, call, say, cache, drafts, ...rooms });
    this.#views = new Views({
      patch: (id, body) => call("PATCH", `/api/conversations/${id}`, { body }),
      changed: ({ key }) => this.#sync.inbox.emit("change", key),
    });
    this.#offs = this.#listen();
  }

  #listen() {
    const sync = this.#sync;
    const pass = (/** @type {Emitter} */ from, /** @type {string} */ topic) =>
      from.on(topic, (detail) => this.later(topic, detail));
    return [
      this.#link.on("state", (state) => this.#linked(state)),
      this.#link.on("event", (event) => sync.heard(event)),
      this.#link.on("too_big", () => sync.outbox.refuse_flights("content_too_long")),
      this.#link.on("stopped", (why) => this.emit("stopped", why)),
      sync.outbox.on("unanswered", () => this.#link.doubt()),
      this.#composers.on("change", (key) => {
        this.#edited();
        this.later("composer", key);
      }),
      sync.on("moved", () => this.#moved()),
      sync.on("other", () => this.emit("stopped", "other")),
      this.#session.on("token", (token) => this.#link.renew(token)),
      this.#session.on("user", (user) => this.#meet(user)),
      sync.on("logged_in", (event) => this.emit("logged_in", event)),
      pass(sync, "log"),
      pass(sync, "conversations"),
      pass(this.#people, "people"),
      pass(this.#people, "presence"),
      pass(this.#typing, "typing"),
      pass(this.#members, "members"),
    ];
  }

  // --- Its life -------------------------------------------------------------------------------------------------------

  /** Shows what was kept, then connects. */
  async start() {
    await this.#sync.restore();
    this.#link.start();
  }

  /** Ends everything that waits, and leaves the cache as it is. */
  async stop() {
    for (const off of this.#offs) {
      off();
    }
    this.#link.stop();
    this.#people.stop();
    this.#typing.stop();
    this.#composers.stop();
    await this.#sync.stop();
    this.#cache.close();
  }

  /** The page goes away, maybe for good: what waits to be written is written. */
  flush() {
    this.#composers.flush();
    this.#sync.flush();
  }

  /** Another tab was closed over drafts that it had not sent. */
  adopt() {
    this.#sync.adopt();
  }

  // --- The account and the connection ---------------------------------------------------------------------------------

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

  /** One's own status as others see it now. @returns {Status | null} */
  get shownStatus() {
    return this.#link.online ? this.#me.status : null;
  }

  /** @param {Status} status */
  async setStatus(status) {
    const { user } = await this.#session.call("PATCH", "/api/users/me", { body: { status } });
    this.#meet(user);
  }

  // --- The list -------------------------------------------------------------------------------------------------------

  /** Made once for all views that are told of the same change. */
  get conversations() {
    if (!this.#listed) {
      const { all, listing } = this.#sync.inbox;
      const rows = all.filter((one) => this.#is_listed(one)).map((one) => this.#row(one));
      rows.sort((a, b) => Number(b.pinned) - Number(a.pinned) || activityOf(b) - activityOf(a));
      this.#listed = { state: listing.state, error: listing.error, settled: listing.asked, rows };
      queueMicrotask(() => this.#moved());
    }
    return this.#listed;
  }

  /**
   * Shown at once, and taken back if it fails.
   *
   * @param {Key} key
   * @param {import("./views.js").Change} change
   * @throws {Failure}
   */
  changeView(key, change) {
    return this.#views.change(this.#conversation(key), change);
  }

  /** @param {Key} key @throws {Failure} */
  async markRead(key) {
    const conversation = this.#conversation(key);
    const marked = conversation.markedUnread;
    this.#sync.seen(key, Math.max(conversation.head, conversation.log.have ?? 0));
    if (marked) {
      await this.changeView(key, { marked_unread: false });
    }
  }

  /** @throws {Failure} */
  async markAllRead() {
    await this.#session.call("POST", "/api/conversations/read");
    this.reloadConversations();
  }

  /** Where one is logged in. @returns {Promise<import("../net/wire.js").Device[]>} @throws {Failure} */
  async devices() {
    return (await this.#session.call("GET", "/api/auth/sessions")).sessions;
  }

  /** @param {number} id  A log-in of one's own. @throws {Failure} */
  async endDevice(id) {
    await this.#session.call("DELETE", `/api/auth/sessions/${id}`);
  }

  /** @throws {Failure} */
  async endOtherDevices() {
    await this.#session.call("DELETE", "/api/auth/sessions");
  }

  reloadConversations() {
    this.#sync.inbox.listing.refresh();
  }

  // --- One conversation -----------------------------------------------------------------------------------------------

  get current() {
    return this.#sync.shown;
  }

  /** @param {Key} key */
  open(key) {
    if (this.current !== key) {
      this.close();
      this.#sync.shown = key;
    }
    this.#sync.load(key);
    if (this.#conversation(key).markedUnread) {
      // Opened is read. If it fails, the dot comes back, and with it the next try.
      this.changeView(key, { marked_unread: false }).catch(() => {});
    }
  }

  close() {
    const { shown } = this.#sync;
    if (shown) {
      const conversation = this.#conversation(shown);
      conversation.recount(this.#me.id);
      conversation.log.trim(KEPT_IN_MEMORY);
    }
    this.#sync.shown = null;
    this.later("current");
  }

  /** @param {Key} key */
  reload(key) {
    this.#sync.load(key);
  }

  /** @param {Key} key */
  log(key) {
    return viewOf(this.#conversation(key), this.#around(key));
  }

  /** @param {Key} key */
  loadOlder(key) {
    return this.#sync.older(key);
  }

  /**
   * @param {Key} key
   * @param {number} before  The entry before which something is missing.
   */
  fillHole(key, before) {
    return this.#sync.fill(key, before);
  }

  /**
   * Everything up to `seq` was really seen.
   *
   * @param {Key} key
   * @param {number} seq
   */
  seen(key, seq) {
    this.#sync.seen(key, seq);
  }

  /**
   * Deletes entries for oneself: on this device, until one logs out. Others keep them.
   *
   * @param {Key} key
   * @param {number[]} seqs
   */
  deleteForMe(key, seqs) {
    this.#sync.deleteForMe(key, seqs);
    this.emit("deleted", { key, conversation_id: this.#conversation(key).id, seqs });
  }

  /** Another tab deleted for oneself. @param {import("./account.js").Deleted} what */
  deletedElsewhere({ key, conversation_id, seqs }) {
    // A group that was left and joined again is another conversation.
    if (this.#conversation(key).id === conversation_id) {
      this.#sync.deleteForMe(key, seqs);
    }
  }

  // --- Saying something -----------------------------------------------------------------------------------------------

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
    return this.#sync.outbox.add(key, content);
  }

  /** @param {string} id */
  retry(id) {
    this.#sync.outbox.retry(id);
  }

  /** @param {string} id */
  discard(id) {
    this.#sync.outbox.discard(id);
  }

  /** How much was written that is not known to be stored. */
  get unsent() {
    return this.#sync.outbox.all.length;
  }

  /** @param {Key} key */
  draftText(key) {
    return this.#composers.text(key);
  }

  /**
   * @param {Key} key
   * @param {string} text
   */
  setDraftText(key, text) {
    this.#composers.write(key, text);
    this.#edited();
  }

  /** Oneself types there. @param {Key} key */
  typing(key) {
    this.#typing.typing(key);
  }

  /** @param {Key} key */
  typists(key) {
    return this.#typing.typists(key).flatMap((id) => this.#people.user(id) ?? []);
  }

  // --- People and groups ----------------------------------------------------------------------------------------------

  /** Everybody who is known here. */
  get people() {
    return this.#people.all;
  }

  /** @param {number} id */
  user(id) {
    return id === this.#me.id ? this.#me : this.#people.user(id);
  }

  /** @param {number} id */
  status(id) {
    return id === this.#me.id ? this.shownStatus : this.#people.status(id);
  }

  /** Whose presence is on the screen now. @param {number[]} ids */
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
    const { user } = await this.#session.call("GET", "/api/users/find", { query: { username } });
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

  /** @param {{ name: string, description?: string }} body */
  async createGroup(body) {
    return this.#joined(await this.#session.call("POST", "/api/groups/create", { body }));
  }

  /** @param {number} group_id */
  async joinGroup(group_id) {
    return this.#joined(await this.#session.call("POST", "/api/groups/join", { body: { group_id } }));
  }

  /** @param {number} group_id */
  async leaveGroup(group_id) {
    await this.#session.call("POST", "/api/groups/leave", { body: { group_id } });
    this.#sync.inbox.lose(this.#conversation(`g:${group_id}`));
  }

  // --- Within ---------------------------------------------------------------------------------------------------------

  /** @param {Key} key */
  #conversation(key) {
    return this.#sync.inbox.get(key);
  }

  /** @param {string} state */
  #linked(state) {
    this.later("link");
    this.later("presence");
    if (state !== "online") {
      this.#sync.outbox.pause();
      this.#people.pause();
    }
  }

  /** The account as the server has it now. @param {User} user */
  #meet(user) {
    if (user.id !== this.#me.id) {
      return this.emit("stopped", "other");
    }
    this.#me = user;
    this.later("me");
    this.later("presence");
  }

  /**
   * @param {{ group: Group }} answer
   * @returns {Key}
   */
  #joined({ group }) {
    return this.#sync.inbox.joined(group).key;
  }

  #moved() {
    this.#listed = null;
  }

  /** What stands in composers is on the list too. */
  #edited() {
    this.#moved();
    this.later("conversations");
  }

  /** Somebody was looked at, and nothing was said: no row. @param {Conversation} conversation */
  #is_listed({ key, id, group, hidden }) {
    if (hidden && key !== this.current && this.#sync.outbox.drafts(key).length === 0) {
      return false;
    }
    const said = id !== null || this.#sync.outbox.drafts(key).length > 0;
    return said || group !== null || this.#composers.text(key) !== "";
  }

  /** @param {Conversation} conversation */
  #row(conversation) {
    const { key } = conversation;
    return rowOf(conversation, { ...this.#around(key), draft: this.#composers.text(key) });
  }

  /** @param {Key} key */
  #around(key) {
    const user = (/** @type {number} */ id) => this.user(id);
    return { me: this.#me.id, user, drafts: this.#sync.outbox.drafts(key) };
  }
}
