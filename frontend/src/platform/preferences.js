// @ts-check
// What somebody chose on this device: how the page looks and speaks, how it tells of news, what a key does. theme.js
// reads the same place before the first paint.

import { Emitter } from "../lib/emitter.js";
import { readJson, writeJson } from "./storage.js";

/**
 * @typedef {object} Preferences
 * @property {"auto" | "en" | "zh-CN"} language
 * @property {"system" | "light" | "dark"} theme
 * @property {string[]} recent_emoji  The newest comes first.
 * @property {number} emoji_tone  0: none, 1 to 5: light to dark.
 * @property {"cosy" | "compact"} density
 * @property {number} text_size  CSS px of a message's text: 12 to 20.
 * @property {number} list_width  CSS px of the column of conversations: 220 to 400.
 * @property {"enter" | "ctrl_enter"} send_key
 * @property {boolean} notify  Whether the system shows notifications; that it may is another question.
 * @property {boolean} notify_content  Whether these say who wrote what.
 * @property {boolean} quiet  Do not disturb: neither notifications nor sounds.
 * @property {boolean} sound
 */

const NAME = "imtt.preferences";

/** @type {Preferences} */
export const DEFAULTS = {
  language: "auto",
  theme: "system",
  density: "cosy",
  text_size: 14,
  list_width: 280,
  send_key: "enter",
  notify: false,
  notify_content: true,
  quiet: false,
  sound: false,
  recent_emoji: [],
  emoji_tone: 0,
};

/** What a number may be. @type {Partial<Record<keyof Preferences, [number, number]>>} */
export const RANGES = { text_size: [12, 20], list_width: [220, 400] };

/** Emits `change` with the preference's name, also for what another tab chose. */
export class StoredPreferences extends Emitter {
  #own;
  #values;

  /** @param {Partial<Preferences>} [own]  What holds on this platform while nothing else was chosen. */
  constructor(own = {}) {
    super();
    this.#own = own;
    this.#values = this.#read();
    addEventListener("storage", ({ key }) => {
      if (key === NAME) {
        this.#follow();
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
    this.#values = valid({ ...this.#values, [name]: value });
    writeJson(NAME, this.#values);
    this.emit("change", name);
  }

  #read() {
    return valid({ ...this.#own, ...readJson(NAME) });
  }

  #follow() {
    const before = this.#values;
    this.#values = this.#read();
    for (const name of /** @type {(keyof Preferences)[]} */ (Object.keys(DEFAULTS))) {
      if (before[name] !== this.#values[name]) {
        this.emit("change", name);
      }
    }
  }
}

/**
 * What was kept may be another version's, or have been written by hand: what cannot be is as if it were not there.
 *
 * @param {any} values
 * @returns {Preferences}
 */
export function valid(values) {
  const known = { ...DEFAULTS };
  for (const name of /** @type {(keyof Preferences)[]} */ (Object.keys(DEFAULTS))) {
    const [least, most] = RANGES[name] ?? [];
    const value = values[name];
    const other =
      typeof value !== typeof DEFAULTS[name] || Array.isArray(value) !== Array.isArray(DEFAULTS[name]);
    if (other || Number.isNaN(value)) {
      continue;
    }
    const kept = least === undefined ? value : Math.round(Math.max(least, Math.min(Number(most), value)));
    Object.assign(known, { [name]: kept });
  }
  return known;
}
