// @ts-check
// The face of one log-in that views see: what there is to show, and what can be done. It does little itself; rooms.js has
// what is behind it. What asks the server may fail with a Failure.

import { Emitter } from "../lib/emitter.js";
import { Devices } from "./devices.js";
import { Groups } from "./groups.js";
import { Rooms } from "./rooms.js";
import { Search } from "./search.js";
import { sendable } from "./sending.js";
import { Shown } from "./shown.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("../net/wire.js").User} User
 * @typedef {import("../net/wire.js").Status} Status
 */

/**
 * Emits `me`, `link`, `conversations`, `log` and `typing` (with a key), `presence`, `people`, `members` (with a group's
 * id), `current`, `composer` (with a key) when another tab wrote there; and for the account `deleted` with what one
 * deleted for oneself, and `stopped` with why: `expired`, `closed`, `replaced`, or `other`.
 */
export class Client extends Emitter {
  #rooms;
  #shown;

  /** @param {import("./rooms.js").Parts} parts */
  constructor(parts) {
    super();
    this.#rooms = new Rooms(parts, this);
    const { call, members, sync } = this.#rooms;
    this.devices = new Devices(call);
    this.groups = new Groups({ call, members, inbox: sync.inbox });
    this.search = new Search({ inbox: sync.inbox, cache: parts.cache });
    this.#shown = new Shown({
      inbox: sync.inbox,
      outbox: sync.outbox,
      composers: parts.composers,
      me: this.me.id,
      user: (id) => this.user(id),
      current: () => this.current,
    });
    sync.on("moved", () => this.#shown.forget());
    parts.composers.on("change", (key) => {
      this.#edited();
      this.later("composer", key);
    });
  }

  // --- Its life -------------------------------------------------------------------------------------------------------

  /** Shows what was kept, then connects. */
  start() {
    return this.#rooms.start();
  }

  /** Ends everything that waits, and leaves the cache as it is. */
  stop() {
    return this.#rooms.stop();
  }

  /** The page goes away, maybe for good: what waits to be written is written. */
  flush() {
    this.#rooms.flush();
  }

  /** Another tab was closed over drafts that it had not sent. */
  adopt() {
    this.#sync.adopt();
  }

  // --- The account and the connection ---------------------------------------------------------------------------------

  get me() {
    return this.#rooms.me;
  }

  get link() {
    return this.#rooms.link.view;
  }

  retryNow() {
    this.#rooms.link.retry();
  }

  /** Somebody looks at the page again: is the line still there? */
  lookedAt() {
    this.#rooms.link.doubt();
  }

  /** One's own status as others see it now. @returns {Status | null} */
  get shownStatus() {
    return this.#rooms.link.online ? this.me.status : null;
  }

  /** @param {Status} status */
  async setStatus(status) {
    const { user } = await this.#rooms.call("PATCH", "/api/users/me", { body: { status } });
    this.#rooms.meet(user);
  }

  // --- The list -------------------------------------------------------------------------------------------------------

  get conversations() {
    return this.#shown.conversations;
  }

  /** Shown at once, and taken back if it fails. @param {Key} key @param {import("./views.js").Change} change */
  changeView(key, change) {
    return this.#rooms.views.change(this.#conversation(key), change);
  }

  /** @param {Key} key */
  async markRead(key) {
    const conversation = this.#conversation(key);
    const marked = conversation.markedUnread;
    this.#sync.looking.seen(key, Math.max(conversation.head, conversation.log.have ?? 0));
    if (marked) {
      await this.changeView(key, { marked_unread: false });
    }
  }

  async markAllRead() {
    await this.#rooms.call("POST", "/api/conversations/read");
    this.reloadConversations();
  }

  reloadConversations() {
    this.#sync.inbox.listing.refresh();
  }

  // --- One conversation -----------------------------------------------------------------------------------------------

  get current() {
    return this.#sync.looking.at;
  }

  /** @param {Key} key */
  open(key) {
    if (this.current !== key) {
      this.close();
    }
    this.#sync.looking.open(key);
    if (this.#conversation(key).markedUnread) {
      // Opened is read. If it fails, the dot comes back, and with it the next try.
      this.changeView(key, { marked_unread: false }).catch(() => {});
    }
  }

  close() {
    this.#sync.looking.close();
    this.later("current");
  }

  /** @param {Key} key */
  reload(key) {
    this.#sync.looking.load(key);
  }

  /** @param {Key} key */
  log(key) {
    return this.#shown.log(key);
  }

  /** @param {Key} key */
  loadOlder(key) {
    return this.#sync.looking.older(key);
  }

  /** @param {Key} key @param {number} before  The entry before which something is missing. */
  fillHole(key, before) {
    return this.#sync.looking.fill(key, before);
  }

  /** Everything up to `seq` was really seen. @param {Key} key @param {number} seq */
  seen(key, seq) {
    this.#sync.looking.seen(key, seq);
  }

  /**
   * Deletes entries for oneself: on this device, until one logs out. Others keep them.
   *
   * @param {Key} key
   * @param {number[]} seqs
   */
  deleteForMe(key, seqs) {
    this.#sync.looking.deleteForMe(key, seqs);
    this.emit("deleted", { key, conversation_id: this.#conversation(key).id, seqs });
  }

  /** Another tab deleted for oneself. @param {import("./account.js").Deleted} what */
  deletedElsewhere({ key, conversation_id, seqs }) {
    // A group that was left and joined again is another conversation.
    if (this.#conversation(key).id === conversation_id) {
      this.#sync.looking.deleteForMe(key, seqs);
    }
  }

  // --- Saying something -----------------------------------------------------------------------------------------------

  /**
   * @param {Key} key
   * @param {string} text
   * @returns {import("./types.js").Draft}
   * @throws {import("../lib/failure.js").Failure} `content_empty`, `content_too_long`
   */
  send(key, text) {
    const content = sendable(text);
    this.#rooms.typing.sent(key);
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
    return this.#rooms.composers.text(key);
  }

  /** @param {Key} key @param {string} text */
  setDraftText(key, text) {
    this.#rooms.composers.write(key, text);
    this.#edited();
  }

  /** Oneself types there. @param {Key} key */
  typing(key) {
    this.#rooms.typing.typing(key);
  }

  /** @param {Key} key */
  typists(key) {
    return this.#rooms.typing.typists(key).flatMap((id) => this.#rooms.people.user(id) ?? []);
  }

  // --- People ------------------------------------------------------------------------------------------------------------

  /** Everybody who is known here. */
  get people() {
    return this.#rooms.people.all;
  }

  /** @param {number} id */
  user(id) {
    return id === this.me.id ? this.me : this.#rooms.people.user(id);
  }

  /** @param {number} id */
  status(id) {
    return id === this.me.id ? this.shownStatus : this.#rooms.people.status(id);
  }

  /** Whose presence is on the screen now. @param {number[]} ids */
  showing(ids) {
    this.#rooms.people.show(ids.filter((id) => id !== this.me.id));
  }

  /** @param {User} user @returns {Key} */
  keyOf(user) {
    return `u:${user.id}`;
  }

  /** @param {string} username @returns {Promise<User>} Or it fails with `not_found`. */
  async findUser(username) {
    const { user } = await this.#rooms.call("GET", "/api/users/find", { query: { username } });
    this.#rooms.people.learn([user]);
    return user;
  }

  // --- Within ---------------------------------------------------------------------------------------------------------

  get #sync() {
    return this.#rooms.sync;
  }

  /** @param {Key} key */
  #conversation(key) {
    return this.#sync.inbox.get(key);
  }

  /** What stands in composers is on the list too. */
  #edited() {
    this.#shown.forget();
    this.later("conversations");
  }
}
