// @ts-check
// Which keys mean what, on both kinds of keyboard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, SHORTCUTS, sayCombo } from "../../src/view/shortcuts.js";

/** @param {string} key @param {Partial<KeyboardEvent>} [held] @param {boolean} [mac] */
function pressed(key, held = {}, mac = false) {
  const code = /^\d$/.test(key) ? `Digit${key}` : "";
  const none = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
  const asked = actionOf({ key, code, ...none, ...held }, mac);
  return asked && (asked.action === "nth" ? asked.digit : asked.action);
}

const ctrl = { ctrlKey: true };
const alt = { altKey: true };

test("each shortcut does what its line says", () => {
  assert.equal(pressed("k", ctrl), "switch");
  assert.equal(pressed("K", ctrl), "switch", "with Caps Lock");
  assert.equal(pressed(",", ctrl), "settings");
  assert.equal(pressed("/", ctrl), "help");
  assert.equal(pressed("/", { ...ctrl, shiftKey: true }), "help", "where / is Shift+7");
  assert.equal(pressed("f", ctrl), "find");
  assert.equal(pressed("F", { ...ctrl, shiftKey: true }), "search");
  assert.equal(pressed("ArrowUp", alt), "previous");
  assert.equal(pressed("ArrowDown", { ...alt, shiftKey: true }), "next_unread");
  assert.equal(pressed("F6"), "next_part");
  assert.equal(pressed("F6", { shiftKey: true }), "previous_part");
  assert.equal(pressed("F6", ctrl), "next_part");
  assert.equal(pressed("Escape"), "out");
  assert.deepEqual([pressed("1", ctrl), pressed("9", ctrl), pressed("0", ctrl)], [1, 9, null]);
});

test("what is written, and what others hold, is left alone", () => {
  assert.equal(pressed("k"), null);
  assert.equal(pressed("1"), null);
  assert.equal(pressed("k", { ...ctrl, ...alt }), null, "AltGr");
  assert.equal(pressed("f", { ...ctrl, ...alt, shiftKey: true }), null);
  assert.equal(pressed("k", { metaKey: true }), null);
  assert.equal(pressed("ArrowUp"), null);
});

test("on a Mac it is Command", () => {
  assert.equal(pressed("k", { metaKey: true }, true), "switch");
  assert.equal(pressed("f", { metaKey: true, shiftKey: true }, true), "search");
  assert.equal(pressed("k", ctrl, true), null);
  assert.deepEqual(sayCombo("Mod+K", true), ["⌘", "K"]);
  assert.deepEqual(sayCombo("Alt+Shift+ArrowUp", false), ["Alt", "Shift", "↑"]);
});

test("no two shortcuts are the same keys", () => {
  const combos = SHORTCUTS.flatMap((shortcut) => shortcut.combos);
  assert.equal(new Set(combos).size, combos.length);
});
