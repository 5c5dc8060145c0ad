// @ts-check
// The rooms of one log-in, made and joined: people, typing, members, the views of conversations, the connection, and Sync
// between them and the server. What is news in any of them, the face tells.

import { Members } from "./members.js";
import { People } from "./people.js";
import { Sync } from "./sync.js";
import { Typing } from "./typing.js";
import { Views } from "./views.js";

/**
 * @typedef {import("../lib/emitter.js").Emitter} Emitter
 * @typedef {import("../net/wire.js").User} User
 * @typedef {import("../net/link.js").Link} Link
 *
 * @typedef {object} Parts
 * @property {User} me
 * @property {import("../net/session.js").Session} session
 * @property {(sum: () => number | undefined) => Link} link
 * @property {import("./keeping.js").Cache} cache
 * @property {import("./outbox.js").DraftStore} drafts
 * @property {import("./composers.js").Composers} composers
 * @property {import("../lib/clock.js").Clock} clock
 * @property {() => string} uuid
 */

export class Rooms {
  #session;
  #cache;
  #face;
  /** @type {(() => void)[]} */
  #offs;

  /**
   * @param {Parts} parts
   * @param {Emitter} face
   */
  constructor({ me, session, link, cache, drafts, composers, clock, uuid }, face) {
    this.#session = session;
    this.#cache = cache;
    this.#face = face;
    /** The account as the server has it. */
    this.me = me;
    this.composers = composers;
    this.call = session.call.bind(session);
    /** @type {Link} */
    this.link = link(() => this.sync.inbox.sum);
    const { call } = this;
    const say = this.link.send.bind(this.link);
    this.people = new People({
      clock,
      find: async (id) => (await call("GET", `/api/users/${id}`)).user,
      watch: (user_ids) => say({ event_type: "watch", user_ids }),
    });
    this.typing = new Typing({
      clock,
      tell: (key) => say({ event_type: "typing", ...this.sync.inbox.get(key).target }),
    });
    this.members = new Members({
      list: async (id) => (await call("GET", `/api/groups/${id}/members`)).members,
      learn: (users) => this.people.learn(users),
    });
    const { people, typing, members } = this;
    this.sync = new Sync({ me: me.id, clock, uuid, call, say, cache, drafts, people, typing, members });
    this.views = new Views({
      patch: (id, body) => call("PATCH", `/api/conversations/${id}`, { body }),
      changed: ({ key }) => this.sync.inbox.emit("change", key),
    });
    this.#offs = this.#listen();
  }

  #listen() {
    const { sync, link } = this;
    const face = this.#face;
    const pass = (/** @type {Emitter} */ from, /** @type {string} */ topic) =>
      from.on(topic, (detail) => face.later(topic, detail));
    return [
      link.on("state", () => this.#linked()),
      link.on("event", (event) => sync.heard(event)),
      link.on("too_big", () => sync.outbox.refuse_flights("content_too_long")),
      link.on("stopped", (why) => face.emit("stopped", why)),
      sync.outbox.on("unanswered", () => link.doubt()),
      sync.on("other", () => face.emit("stopped", "other")),
      sync.on("logged_in", (event) => face.emit("logged_in", event)),
      this.#session.on("token", (token) => link.renew(token)),
      this.#session.on("user", (user) => this.meet(user)),
      pass(sync, "log"),
      pass(sync, "conversations"),
      pass(this.people, "people"),
      pass(this.people, "presence"),
      pass(this.typing, "typing"),
      pass(this.members, "members"),
    ];
  }

  async start() {
    await this.sync.restore();
    this.link.start();
  }

  async stop() {
    for (const off of this.#offs) {
      off();
    }
    this.link.stop();
    this.people.stop();
    this.typing.stop();
    this.composers.stop();
    await this.sync.stop();
    this.#cache.close();
  }

  flush() {
    this.composers.flush();
    this.sync.flush();
  }

  /** The account as the server has it now. @param {User} user */
  meet(user) {
    if (user.id !== this.me.id) {
      return this.#face.emit("stopped", "other");
    }
    this.me = user;
    this.#face.later("me");
    this.#face.later("presence");
  }

  /** It may only be in doubt, and still live. */
  #linked() {
    this.#face.later("link");
    this.#face.later("presence");
    if (!this.link.online) {
      this.sync.outbox.pause();
      this.people.pause();
    }
  }
}
