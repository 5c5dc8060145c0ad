// @ts-check
// Which conversation is open, in the page's address: a reload finds it again, and a phone's Back leads from a
// conversation to the list.

import { Emitter } from "../lib/emitter.js";

/** @typedef {import("../state/types.js").Key} Key */

/** Emits `change` when somebody went back or forward. */
export class Place extends Emitter {
  /** @type {Key | null} */
  key = read();

  constructor() {
    super();
    addEventListener("popstate", () => {
      this.key = read();
      this.emit("change");
    });
  }

  /**
   * From the list into a conversation is a step; from one conversation to the next is none, so that Back always leads to
   * the list.
   *
   * @param {Key | null} key
   */
  set(key) {
    if (key === this.key) {
      return;
    }
    const steps = this.key === null;
    this.key = key;
    if (key === null) {
      leave();
    } else if (steps) {
      history.pushState({ stepped: true }, "", `#${key}`);
    } else {
      history.replaceState(history.state, "", `#${key}`);
    }
  }
}

/** The step that led into the conversation is taken back, if there was one: a page may have begun there. */
function leave() {
  if (history.state?.stepped) {
    history.back();
  } else {
    history.replaceState(null, "", location.pathname);
  }
}

/** @returns {Key | null} */
function read() {
  const name = location.hash.slice(1);
  return /^[ug]:[1-9]\d{0,15}$/.test(name) ? /** @type {Key} */ (name) : null;
}
