// @ts-check
// Who is logged in, in this tab and in the browser's others: starting from what was kept, logging in and out, and losing
// the session. Makes a Client for each log-in, and wipes what was kept when it ends on purpose.

import { Emitter } from "../lib/emitter.js";
import { Failure } from "../lib/failure.js";
import { cookieTokens } from "../net/tokens.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("../net/wire.js").User} User
 * @typedef {import("../net/wire.js").Session} SessionAnswer
 * @typedef {import("../net/session.js").Session} Session
 * @typedef {import("../net/rest.js").Rest} Rest
 *
 * @typedef {object} Marker  What the browser remembers of who was here last; no secret.
 * @property {User} user
 * @property {boolean} ended  The session ran out: nothing of it is shown before somebody has logged in again.
 *
 * @typedef {object} Browser
 * @property {() => Marker | null} marker
 * @property {(marker: Marker | null) => void} mark
 * @property {() => boolean} owes_logout  A log-out that the server has not heard of yet.
 * @property {(owes: boolean) => void} owe_logout
 * @property {(user_id: number) => Promise<void>} wipe  Everything that was kept of the account.
 * @property {(news: TabNews) => void} tell  The other tabs.
 * @property {() => void} reload  Begins again from nothing: the cookie is another account's.
 *
 * @typedef {object} Deleted  Entries that one deleted for oneself.
 * @property {import("./types.js").Key} key
 * @property {number | null} conversation_id
 * @property {number[]} seqs
 *
 * @typedef {(
 *   | { type: "logged_in", user_id: number }
 *   | { type: "logged_out" }
 *   | { type: "left_drafts" }
 *   | { type: "deleted", user_id: number } & Deleted
 * )} TabNews
 *
 * @typedef {object} Parts
 * @property {Rest} rest
 * @property {() => Session} session  A new one.
 * @property {(user: User, session: Session) => Client} client
 * @property {Browser} browser
 * @property {import("../net/tokens.js").Tokens} [tokens]
 */

/** Emits `change`. */
export class Account extends Emitter {
  #parts;
  #tokens;
  /** @type {"starting" | "out" | "in"} */
  state = "starting";
  /** @type {null | "expired" | "closed" | "replaced"} */
  reason = null;
  /** @type {Client | null} */
  client = null;
  /** @type {Session | null} */
  #session = null;

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    this.#tokens = parts.tokens ?? cookieTokens;
  }

  /** The address of who was logged in before the session ended by itself. */
  get last_email() {
    return this.#parts.browser.marker()?.user.email ?? null;
  }

  /** Goes on where the browser left off. Who was logged in sees what was kept before the server has answered. */
  async start() {
    const { browser } = this.#parts;
    if (browser.owes_logout() && !(await this.#pay_logout())) {
      return this.#out(null);
    }
    const marker = browser.marker();
    const session = this.#begin_session();
    // Without a token there is no session to go on with, and nobody to show anything to.
    if (marker && !marker.ended && (await this.#tokens.held())) {
      await this.#enter(marker.user, session);
    }
    try {
      await session.refresh();
    } catch (error) {
      // With a client, its link keeps trying, and says so.
      if (!this.client) {
        this.#out(marker ? "expired" : null, Failure.of(error));
      }
    }
  }

  /** @param {{ email: string, password: string }} who @throws {Failure} */
  async logIn(who) {
    await this.#log_in("/api/auth/login", who);
  }

  /** @param {{ username: string, email: string, password: string }} who @throws {Failure} */
  async register(who) {
    await this.#log_in("/api/auth/register", who);
  }

  /** Ends the session here and in the browser's other tabs, and forgets all that was kept of it. */
  async logOut() {
    const { browser } = this.#parts;
    browser.tell({ type: "logged_out" });
    browser.owe_logout(true);
    const token = this.#session?.at_hand;
    await this.#leave({ wipe: true });
    this.#out(null);
    await this.#pay_logout(token);
  }

  /**
   * Another tab logged in or out, left something behind, or deleted something.
   *
   * @param {TabNews} news
   */
  async heard(news) {
    if (news.type === "left_drafts") {
      this.client?.adopt();
    } else if (news.type === "logged_out") {
      await this.#leave({ wipe: true });
      this.#out(null);
    } else if (news.type === "deleted") {
      if (news.user_id === this.client?.me.id) {
        this.client.deletedElsewhere(news);
      }
    } else if (news.user_id !== this.client?.me.id) {
      this.#parts.browser.reload();
    }
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} who
   */
  async #log_in(path, who) {
    const { browser, rest } = this.#parts;
    if (browser.owes_logout()) {
      await this.#pay_logout();
    }
    const session = this.#begin_session();
    /** @type {SessionAnswer} */
    const answer = await rest("POST", path, { body: { ...who, ...this.#tokens.log_in } });
    await this.#tokens.keep(answer);
    browser.owe_logout(false);
    const before = browser.marker();
    if (before && before.user.id !== answer.user.id) {
      await browser.wipe(before.user.id);
    }
    session.begin(answer);
    browser.tell({ type: "logged_in", user_id: answer.user.id });
    if (!this.client) {
      await this.#enter(answer.user, session);
    }
  }

  #begin_session() {
    const session = this.#parts.session();
    this.#session = session;
    session.on("user", (user) => this.#meet(user, session));
    session.on("over", () => session === this.#session && this.#over("expired"));
    return session;
  }

  /**
   * The server says whose session it is. Somebody else's than what is shown, if another tab logged in as them.
   *
   * @param {User} user
   * @param {Session} session
   */
  #meet(user, session) {
    if (session !== this.#session) {
      return;
    }
    this.#parts.browser.mark({ user, ended: false });
    if (this.client && this.client.me.id !== user.id) {
      this.#parts.browser.reload();
      return;
    }
    if (!this.client && this.state === "starting") {
      this.#enter(user, session);
    }
  }

  /**
   * @param {User} user
   * @param {Session} session
   */
  async #enter(user, session) {
    const client = this.#parts.client(user, session);
    this.client = client;
    this.reason = null;
    client.on("deleted", (/** @type {Deleted} */ what) =>
      this.#parts.browser.tell({ type: "deleted", user_id: user.id, ...what }),
    );
    client.on("stopped", (why) => client === this.client && this.#stopped(why));
    await client.start();
    if (this.client === client) {
      this.state = "in";
      this.emit("change");
    }
  }

  /** @param {"expired" | "closed" | "replaced" | "other"} why */
  #stopped(why) {
    if (why === "other") {
      this.#parts.browser.reload();
    } else if (why === "replaced") {
      // Another tab or device took the place. What is held stays on the screen; who wants it back says so.
      this.reason = "replaced";
      this.emit("change");
    } else {
      this.#over(why);
    }
  }

  /** The session ended without being asked to. What was written here is kept for when its owner is back. @param {"expired" | "closed"} why */
  async #over(why) {
    const { browser } = this.#parts;
    const marker = browser.marker();
    if (marker) {
      browser.mark({ ...marker, ended: true });
    }
    await this.#leave({ wipe: why === "closed" });
    await this.#tokens.forget();
    this.#out(marker || why === "closed" ? why : null);
  }

  /** @param {{ wipe: boolean }} how */
  async #leave({ wipe }) {
    const { browser } = this.#parts;
    const client = this.client;
    const user = client?.me ?? browser.marker()?.user;
    this.client = null;
    this.#session?.end();
    this.#session = null;
    await client?.stop();
    if (wipe && user) {
      browser.mark(null);
      await browser.wipe(user.id);
    }
  }

  /**
   * @param {Account["reason"]} reason
   * @param {Failure} [failure]
   */
  #out(reason, failure) {
    this.state = "out";
    // Nobody answered: that says nothing about the session, and the log-in form will say so when it is used.
    this.reason = failure && failure.code !== "unauthorized" ? null : reason;
    this.emit("change");
  }

  /**
   * Tells the server. A cookie cannot be removed from here, so until that is done nobody is logged in by it.
   *
   * @param {string} [token]
   * @returns {Promise<boolean>}
   */
  async #pay_logout(token) {
    const { browser, rest } = this.#parts;
    try {
      await rest("POST", "/api/auth/logout", token ? { token } : await this.#tokens.call());
    } catch (error) {
      if (Failure.of(error).code !== "unauthorized") {
        return false;
      }
    }
    await this.#tokens.forget();
    browser.owe_logout(false);
    return true;
  }
}
