// @ts-check
// Where one is logged in, as the server tells. Everything here fails with a Failure.

export class Devices {
  #call;

  /** @param {import("../net/session.js").Session["call"]} call */
  constructor(call) {
    this.#call = call;
  }

  /** @returns {Promise<import("../net/wire.js").Device[]>} */
  async list() {
    return (await this.#call("GET", "/api/auth/sessions")).sessions;
  }

  /** @param {number} id  A log-in of one's own. */
  async end(id) {
    await this.#call("DELETE", `/api/auth/sessions/${id}`);
  }

  async endOthers() {
    await this.#call("DELETE", "/api/auth/sessions");
  }
}
