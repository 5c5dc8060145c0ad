// @ts-check
// Who people are and whether they are here. Somebody unknown is asked for once; presence comes with `watch`, and is
// unknown again when the connection has been away for a while.

import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {import("../net/wire.js").User} User
 * @typedef {import("../net/wire.js").Status} Status
 * @typedef {import("../lib/clock.js").Clock} Clock
 */

/** As many as a connection may watch. */
const WATCHED_MOST = 200;
/** Unknown people that are asked for at once. */
const AT_ONCE = 2;
/** A burst of reasons to watch anew is one. */
const REWATCHED_AFTER = 200;
/** What an answer said of somebody who is not watched is shown for so long. */
const HEARSAY_LASTS = 60_000;
/** What was last known of people's presence is shown for so long without a connection. */
const STALE_AFTER = 20_000;

/** Emits `people` and `presence`, at most once a microtask. */
export class People extends Emitter {
  #clock;
  #find;
  #watch;
  /** @type {Map<number, User>} */
  #users = new Map();
  /** @type {Map<number, Status>} */
  #statuses = new Map();
  /** @type {Set<number>} */
  #asked = new Set();
  /** @type {number[]} */
  #queue = [];
  #asking = 0;
  /** @type {number[]} */
  #watched = [];
  /** @type {(() => void) | null} */
  #stale = null;
  /** @type {(() => void) | null} */
  #rewatching = null;
  /** Until when a status that nobody watches may be believed. @type {Map<number, number>} */
  #hearsay = new Map();

  /**
   * @param {object} parts
   * @param {Clock} parts.clock
   * @param {(id: number) => Promise<User>} parts.find
   * @param {(ids: number[]) => void} parts.watch
   */
  constructor({ clock, find, watch }) {
    super();
    this.#clock = clock;
    this.#find = find;
    this.#watch = watch;
  }

  /** @param {number} id */
  status(id) {
    const until = this.#hearsay.get(id) ?? Number.POSITIVE_INFINITY;
    return this.#clock.now() < until ? (this.#statuses.get(id) ?? null) : null;
  }

  /** Everybody known, for the cache. */
  get all() {
    return [...this.#users.values()];
  }

  /**
   * @param {number} id
   * @returns {User | null} Null: not known yet; `people` follows.
   */
  user(id) {
    const user = this.#users.get(id);
    if (!user && !this.#asked.has(id)) {
      this.#asked.add(id);
      this.#queue.push(id);
      this.#ask();
    }
    return user ?? null;
  }

  /**
   * What an answer of the server says of people.
   *
   * @param {Iterable<User>} users
   */
  learn(users) {
    for (const user of users) {
      this.#users.set(user.id, user);
      if (user.status && !this.#watched.includes(user.id)) {
        this.#statuses.set(user.id, user.status);
        this.#hearsay.set(user.id, this.#clock.now() + HEARSAY_LASTS);
      }
    }
    this.later("people");
    this.later("presence");
  }

  /**
   * @param {number} id
   * @param {Status} status
   */
  heard(id, status) {
    this.#statuses.set(id, status);
    this.#hearsay.delete(id);
    this.later("presence");
  }

  /**
   * Whose presence is on the screen now.
   *
   * @param {number[]} ids
   */
  show(ids) {
    const watched = [...new Set(ids)].slice(0, WATCHED_MOST).sort((a, b) => a - b);
    if (String(watched) !== String(this.#watched)) {
      this.#watched = watched;
      this.#watch(watched);
    }
  }

  /**
   * One shares a conversation with somebody now, perhaps: only then the server tells of them, and whom it passed over
   * before it has forgotten.
   */
  rewatch() {
    this.#rewatching ??= this.#clock.after(() => {
      this.#rewatching = null;
      this.#watch(this.#watched);
    }, REWATCHED_AFTER);
  }

  /** Connected: watched again, and asked again whom nobody could tell of. */
  resume() {
    this.#stale?.();
    this.#stale = null;
    this.#watch(this.#watched);
    for (const id of this.#asked) {
      if (!this.#users.has(id) && !this.#queue.includes(id)) {
        this.#queue.push(id);
      }
    }
    this.#ask();
  }

  /** Not connected. */
  pause() {
    // Each try that fails says so again; what counts is since when.
    this.#stale ??= this.#clock.after(() => {
      this.#statuses.clear();
      this.later("presence");
    }, STALE_AFTER);
  }

  stop() {
    this.#stale?.();
    this.#stale = null;
    this.#rewatching?.();
    this.#queue = [];
  }

  async #ask() {
    const id = this.#asking < AT_ONCE ? this.#queue.shift() : undefined;
    if (id === undefined) {
      return;
    }
    this.#asking += 1;
    try {
      this.learn([await this.#find(id)]);
    } catch {
      // Shown without a name until the next connection asks again.
    }
    this.#asking -= 1;
    this.#ask();
  }
}
