// @ts-check
// What somebody chose about the desktop app on this device. The system keeps by itself whether it starts the app.

import { Emitter } from "../../lib/emitter.js";
import { readJson, writeJson } from "../storage.js";

/**
 * @typedef {object} Choices
 * @property {"ask" | "hide" | "quit"} closing  What closing the window does.
 * @property {number} zoom
 */

const NAME = "imtt.desktop";
/** @type {Choices} */
const DEFAULTS = { closing: "ask", zoom: 1 };

/** Emits `change` with the choice's name. */
export class DesktopChoices extends Emitter {
  #values = { ...DEFAULTS, ...readJson(NAME) };

  /**
   * @template {keyof Choices} N
   * @param {N} name
   * @returns {Choices[N]}
   */
  get(name) {
    return this.#values[name];
  }

  /**
   * @template {keyof Choices} N
   * @param {N} name
   * @param {Choices[N]} value
   */
  set(name, value) {
    if (this.#values[name] === value) {
      return;
    }
    this.#values[name] = value;
    writeJson(NAME, this.#values);
    this.emit("change", name);
  }
}
