// @ts-check
// One log-in on this device: the access token in memory, its renewal by the refresh token (in a browser a cookie that no
// script reads), and REST calls made with it. One refresh at a time, also across tabs where the browser can lock.

import { Emitter } from "../lib/emitter.js";
import { Failure } from "../lib/failure.js";
import { cookieTokens } from "./tokens.js";

/**
 * @typedef {import("./rest.js").Rest} Rest
 * @typedef {import("./rest.js").Call} Call
 * @typedef {import("./tokens.js").Tokens} Tokens
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./wire.js").Session} SessionAnswer
 * @typedef {import("./wire.js").User} User
 */

/** A token with less life than this is renewed before it is used. */
const TOO_OLD = 60_000;

/** Emits `token` when there is a new one (its text), `user` with the account as it is now, `over` when the session ended. */
export class Session extends Emitter {
  #rest;
  #clock;
  #tokens;
  #exclusive;
  #token = "";
  #good_until = 0;
  /** @type {Promise<string> | null} */
  #refreshing = null;
  #over = false;
  #cancel = () => {};

  /**
   * @param {{ rest: Rest, clock: Clock, tokens?: Tokens, exclusive?: <T>(name: string, run: () => Promise<T>) => Promise<T> }} parts
   */
  constructor({ rest, clock, tokens = cookieTokens, exclusive = (_, run) => run() }) {
    super();
    this.#rest = rest;
    this.#clock = clock;
    this.#tokens = tokens;
    this.#exclusive = exclusive;
  }

  /**
   * Takes the answer of a log-in, a registration or a refresh.
   *
   * @param {SessionAnswer} answer
   */
  begin(answer) {
    this.#token = answer.token;
    this.#good_until = this.#clock.now() + answer.expires_in * 1000;
    this.#cancel();
    // Renewed in time for the live connection to be prolonged with it, without closing.
    this.#cancel = this.#clock.after(() => this.#renew(), answer.expires_in * 800);
    this.emit("user", answer.user);
    this.emit("token", answer.token);
  }

  /** Forgets the token; nothing is called with it any more. */
  end() {
    this.#over = true;
    this.#token = "";
    this.#cancel();
  }

  /** The token, if it is good without asking anybody. */
  get at_hand() {
    return this.#good_until - this.#clock.now() > TOO_OLD ? this.#token || undefined : undefined;
  }

  /**
   * A token that is good for a while.
   *
   * @param {{ other_than?: string }} [wish]  A token that was refused, although it looks good.
   * @returns {Promise<string>}
   * @throws {Failure} `unauthorized`: the session is over.
   */
  async token({ other_than } = {}) {
    const { at_hand } = this;
    return at_hand && at_hand !== other_than ? at_hand : this.refresh();
  }

  /**
   * Trades the refresh token in for new ones.
   *
   * @returns {Promise<string>}
   * @throws {Failure}
   */
  refresh() {
    this.#refreshing ??= this.#exclusive("imtt-refresh", () => this.#refresh()).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh() {
    try {
      this.#check();
      const answer = await this.#rest("POST", "/api/auth/refresh", await this.#tokens.call());
      this.#check();
      // Before anything is done with it: the one before is good for a minute more, and for one use.
      await this.#tokens.keep(answer);
      this.#check();
      this.begin(answer);
      return answer.token;
    } catch (error) {
      if (error instanceof Failure && error.code === "unauthorized" && !this.#over) {
        this.end();
        this.emit("over");
      }
      throw error;
    }
  }

  #check() {
    if (this.#over) {
      throw new Failure("unauthorized");
    }
  }

  #renew() {
    // Whoever needs a token next tries again, and hears of it then.
    this.refresh().catch(() => {});
  }

  /**
   * A REST call of this session. A token that is refused is renewed once.
   *
   * @param {string} method
   * @param {string} path
   * @param {Call} [call]
   * @returns {Promise<any>}
   * @throws {Failure}
   */
  async call(method, path, call) {
    const token = await this.token();
    try {
      return await this.#rest(method, path, { ...call, token });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "unauthorized") {
        throw error;
      }
      return this.#rest(method, path, { ...call, token: await this.token({ other_than: token }) });
    }
  }
}
