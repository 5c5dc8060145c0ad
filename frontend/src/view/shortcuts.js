// @ts-check
// The keys that work everywhere, in one table: keys.js acts by it, the help shows it. `Mod` is Ctrl, and Command on a Mac.

/**
 * @typedef {"switch" | "settings" | "help" | "find" | "search" | "previous" | "next" | "previous_unread" | "next_unread" | "nth" |
 *   "next_part" | "previous_part" | "out"} Action
 *
 * @typedef {object} Shortcut
 * @property {Action} action
 * @property {string[]} combos  The first ones are shown.
 * @property {import("../lib/i18n.js").WordKey} says
 */

/** @type {Shortcut[]} */
export const SHORTCUTS = [
  { action: "switch", combos: ["Mod+K"], says: "keys.switch" },
  { action: "previous", combos: ["Alt+ArrowUp"], says: "keys.previous" },
  { action: "next", combos: ["Alt+ArrowDown"], says: "keys.next" },
  { action: "previous_unread", combos: ["Alt+Shift+ArrowUp"], says: "keys.previous_unread" },
  { action: "next_unread", combos: ["Alt+Shift+ArrowDown"], says: "keys.next_unread" },
  { action: "nth", combos: ["Mod+1…9"], says: "keys.nth" },
  { action: "find", combos: ["Mod+F"], says: "keys.find" },
  { action: "search", combos: ["Mod+Shift+F"], says: "everywhere.title" },
  { action: "next_part", combos: ["F6", "Mod+F6"], says: "keys.next_part" },
  { action: "previous_part", combos: ["Shift+F6", "Mod+Shift+F6"], says: "keys.previous_part" },
  { action: "out", combos: ["Escape"], says: "keys.out" },
  { action: "settings", combos: ["Mod+,"], says: "keys.settings" },
  { action: "help", combos: ["Mod+/"], says: "keys.help" },
];

/**
 * What a press of keys asks for.
 *
 * @param {Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">} event
 * @param {boolean} [mac]
 * @returns {{ action: Action, digit: number } | null} `digit` for `nth`: 1 to 9.
 */
export function actionOf(event, mac = isMac()) {
  const digit = Number(/^Digit([1-9])$/.exec(event.code)?.[1] ?? 0);
  for (const { action, combos } of SHORTCUTS) {
    if (combos.some((combo) => isPressed(event, combo, digit, mac))) {
      return { action, digit };
    }
  }
  return null;
}

/**
 * A combo as it is printed on the keys.
 *
 * @param {string} combo
 * @param {boolean} [mac]
 * @returns {string[]}
 */
export function sayCombo(combo, mac = isMac()) {
  return combo.split("+").map((key) => (key === "Mod" && mac ? "⌘" : (PRINTED[key] ?? key)));
}

/** @type {Record<string, string>} */
const PRINTED = { Mod: "Ctrl", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

/**
 * @param {Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">} event
 * @param {string} combo
 * @param {number} digit
 * @param {boolean} mac
 */
function isPressed(event, combo, digit, mac) {
  const parts = combo.split("+");
  const key = parts.pop();
  const [mod, other] = mac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  // Some keyboards want Shift for "/" or ",": for those it does not count.
  const shift = key === "/" || key === "," ? true : event.shiftKey === parts.includes("Shift");
  const held = mod === parts.includes("Mod") && !other && event.altKey === parts.includes("Alt") && shift;
  return held && (key === "1…9" ? digit > 0 : event.key.toUpperCase() === key?.toUpperCase());
}

function isMac() {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
