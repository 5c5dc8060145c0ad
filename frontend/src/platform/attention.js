// @ts-check
// Whether somebody looks at this page: it is visible, and has the focus. Only what is looked at counts as read.

import { Emitter } from "../lib/emitter.js";

/** Emits `change`. */
export class Attention extends Emitter {
  #looking = look();

  constructor() {
    super();
    const check = () => {
      const before = this.#looking;
      this.#looking = look();
      if (this.#looking !== before) {
        this.emit("change");
      }
    };
    document.addEventListener("visibilitychange", check);
    addEventListener("focus", check);
    // Asked after the event: while it runs, the page may still say that it has the focus.
    addEventListener("blur", () => setTimeout(check));
  }

  get looking() {
    return this.#looking;
  }
}

function look() {
  return document.visibilityState === "visible" && document.hasFocus();
}
