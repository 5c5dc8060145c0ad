// @ts-check
// What the device says about its network. Wrong often enough to be a hint and no more.

import { Emitter } from "../lib/emitter.js";

/** Emits `change`. */
export class DeviceNetwork extends Emitter {
  constructor() {
    super();
    addEventListener("online", () => this.emit("change"));
    addEventListener("offline", () => this.emit("change"));
  }

  get online() {
    return navigator.onLine;
  }
}

/**
 * Runs something that only one tab may do at a time, where the browser can say so. Elsewhere (a page over plain http)
 * tabs may meet, and the server's 60 seconds for a refresh token that was used twice see to it.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
export function exclusively(name, run) {
  return navigator.locks ? navigator.locks.request(name, run) : run();
}
