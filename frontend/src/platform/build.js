// @ts-check
// Whether this page is still the one that the server serves. Files of a build lie under its name, and a server says 404
// to a HEAD for those of another, so a page that stays open over an update can ask for a file of its own.

import { Emitter } from "../lib/emitter.js";

/** Emits `change` when `replaced` becomes true. */
export class Build extends Emitter {
  replaced = false;
  #ask;
  #own;

  /**
   * @param {typeof fetch} ask
   * @param {string} [own]  The address of one of this build's files.
   */
  constructor(ask, own = import.meta.url) {
    super();
    this.#ask = ask;
    this.#own = own;
  }

  /** Asks, unless it is known. No answer says nothing. */
  async check() {
    if (this.replaced) {
      return;
    }
    try {
      const { status } = await this.#ask(this.#own, { method: "HEAD", cache: "no-store" });
      this.replaced = status === 404;
    } catch {
      return;
    }
    if (this.replaced) {
      this.emit("change");
    }
  }

  reload() {
    location.reload();
  }
}
