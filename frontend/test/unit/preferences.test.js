// @ts-check
// What was kept on the device may be older, newer, or nonsense: none of it may break the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULTS, valid } from "../../src/platform/preferences.js";
import { isSending } from "../../src/view/conversation/composer.js";

test("what cannot be is as if it were not there", () => {
  assert.deepEqual(valid({}), DEFAULTS);
  assert.deepEqual(valid({ text_size: "large", notify: "yes", theme: 7, list_width: Number.NaN }), DEFAULTS);
  assert.deepEqual(valid({ from_the_future: true }), DEFAULTS);
});

test("numbers stay within what can be shown", () => {
  assert.equal(valid({ text_size: 99 }).text_size, 20);
  assert.equal(valid({ text_size: -1 }).text_size, 12);
  assert.equal(valid({ list_width: 300.4 }).list_width, 300);
  assert.equal(valid({ list_width: 1e9 }).list_width, 400);
});

test("what was chosen is kept", () => {
  const chosen = { ...DEFAULTS, theme: "dark", density: "compact", notify: true, list_width: 333 };
  assert.deepEqual(valid({ ...chosen }), chosen);
});

/** @param {Partial<KeyboardEvent>} keys @param {"enter" | "ctrl_enter"} how */
const sends = (keys, how) =>
  isSending({ key: "Enter", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...keys }, how);

test("Enter sends unless it was chosen that only Ctrl+Enter does; Shift+Enter never", () => {
  assert.equal(sends({}, "enter"), true);
  assert.equal(sends({ ctrlKey: true }, "enter"), true);
  assert.equal(sends({ shiftKey: true }, "enter"), false);
  assert.equal(sends({}, "ctrl_enter"), false);
  assert.equal(sends({ ctrlKey: true }, "ctrl_enter"), true);
  assert.equal(sends({ metaKey: true }, "ctrl_enter"), true);
  assert.equal(sends({ ctrlKey: true, shiftKey: true }, "ctrl_enter"), false);
  assert.equal(sends({ key: "a", ctrlKey: true }, "ctrl_enter"), false);
});
