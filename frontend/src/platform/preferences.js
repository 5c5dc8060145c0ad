// @ts-check
// What somebody chose on this device: language and theme. theme.js reads the same place before the first paint.

import { Emitter } from "../lib/emitter.js";
import { readJson, writeJson } from "./storage.js";

/**
 * @typedef {object} Preferences
 * @property {"auto" | "en" | "zh-CN"} language
 * @property {"system" | "light" | "dark"} theme
 * @property {string[]} recent_emoji  The newest comes first.
 * @property {number} emoji_tone  0: none, 1 to 5: light to dark.
 */

const NAME = "imtt.preferences";
/** @type {Preferences} */
const DEFAULTS = { language: "auto", theme: "system", recent_emoji: [], emoji_tone: 0 };

/** Emits `change` with the preference's name, also for what another tab chose. */
export class StoredPreferences extends Emitter {
  #values = { ...DEFAULTS, ...readJson(NAME) };

  constructor() {
    super();
    addEventListener("storage", ({ key }) => {
      if (key === NAME) {
        this.#values = { ...DEFAULTS, ...readJson(NAME) };
        this.emit("change", "theme");
        this.emit("change", "language");
      }
    });
  }

  /**
   * @template {keyof Preferences} N
   * @param {N} name
   * @returns {Preferences[N]}
   */
  get(name) {
    return this.#values[name];
  }

  /**
   * @template {keyof Preferences} N
   * @param {N} name
   * @param {Preferences[N]} value
   */
  set(name, value) {
    this.#values[name] = value;
    writeJson(NAME, this.#values);
    this.emit("change", name);
  }
}
