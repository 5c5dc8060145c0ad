// @ts-check
// What one does with groups: make, join and leave them, and see who is in them.

/**
 * @typedef {import("./types.js").Key} Key
 *
 * @typedef {object} Parts
 * @property {import("../net/session.js").Session["call"]} call
 * @property {import("./members.js").Members} members
 * @property {import("./inbox.js").Inbox} inbox
 */

export class Groups {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {number} group_id */
  members(group_id) {
    return this.#parts.members.of(group_id);
  }

  /** @param {number} group_id */
  reloadMembers(group_id) {
    this.#parts.members.reload(group_id);
  }

  /** @param {{ name: string, description?: string }} body */
  create(body) {
    return this.#joined("/api/groups/create", body);
  }

  /** @param {number} group_id */
  join(group_id) {
    return this.#joined("/api/groups/join", { group_id });
  }

  /** @param {number} group_id */
  async leave(group_id) {
    const { call, inbox } = this.#parts;
    await call("POST", "/api/groups/leave", { body: { group_id } });
    inbox.lose(inbox.get(`g:${group_id}`));
  }

  /**
   * @param {string} path
   * @param {Record<string, unknown>} body
   * @returns {Promise<Key>}
   */
  async #joined(path, body) {
    const { group } = await this.#parts.call("POST", path, { body });
    return this.#parts.inbox.joined(group).key;
  }
}
