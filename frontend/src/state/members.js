// @ts-check
// Who is in which group, as far as somebody looked: fetched when first asked for, and again when an entry says that it
// changed.

import { Emitter } from "../lib/emitter.js";
import { Failure } from "../lib/failure.js";

/**
 * @typedef {import("./types.js").MembersView} MembersView
 * @typedef {import("../net/wire.js").Member} Member
 * @typedef {import("../net/wire.js").User} User
 */

/** Emits `members` with the group's id. */
export class Members extends Emitter {
  #list;
  #learn;
  /** @type {Map<number, MembersView>} */
  #known = new Map();
  /** @type {Set<number>} What may have changed unheard: fetched again when somebody looks. */
  #doubtful = new Set();
  /** @type {Map<number, boolean>} Being fetched; true: and to be fetched once more. */
  #fetching = new Map();

  /**
   * @param {object} parts
   * @param {(id: number) => Promise<Member[]>} parts.list
   * @param {(users: User[]) => void} parts.learn
   */
  constructor({ list, learn }) {
    super();
    this.#list = list;
    this.#learn = learn;
  }

  /**
   * @param {number} id
   * @returns {MembersView}
   */
  of(id) {
    const known = this.#known.get(id) ?? { state: "loading", error: null, members: [] };
    if (!this.#known.has(id) || this.#doubtful.has(id)) {
      this.#known.set(id, known);
      this.#fetch(id);
    }
    return known;
  }

  /** @param {number} id */
  reload(id) {
    this.#fetch(id);
  }

  /** An entry tells of a change; of interest only where somebody looked. @param {number} id */
  changed(id) {
    if (this.#known.has(id)) {
      this.#fetch(id);
    }
  }

  /** The connection was away: changes may have been missed. Whoever shows members asks again. */
  resume() {
    for (const id of this.#known.keys()) {
      this.#doubtful.add(id);
      this.later("members", id);
    }
  }

  forget() {
    this.#known.clear();
  }

  /** @param {number} id */
  async #fetch(id) {
    this.#doubtful.delete(id);
    if (this.#fetching.has(id)) {
      this.#fetching.set(id, true);
      return;
    }
    this.#fetching.set(id, false);
    const before = this.#known.get(id)?.members ?? [];
    try {
      const members = await this.#list(id);
      this.#learn(members.map(({ user }) => user));
      this.#known.set(id, { state: "ready", error: null, members });
    } catch (error) {
      const { code } = Failure.of(error);
      this.#known.set(id, { state: before.length > 0 ? "ready" : "error", error: code, members: before });
    }
    const again = this.#fetching.get(id);
    this.#fetching.delete(id);
    this.later("members", id);
    if (again) {
      this.#fetch(id);
    }
  }
}
