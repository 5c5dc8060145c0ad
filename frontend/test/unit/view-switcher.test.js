// @ts-check
// In which order the switcher offers what it knows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fits } from "../../src/lib/fuzzy.js";
import { candidates, ranked } from "../../src/view/dialogs/switcher.js";
import { FakeClient, row } from "../gallery/fake.js";

const client = new FakeClient();
client.conversations.rows = [row({ key: "u:2" }), row({ key: "g:20481" }), row({ key: "u:4" })];
client.current = "u:2";
const all = candidates(/** @type {any} */ ({ client, t: (/** @type {string} */ key) => key }));

/** @param {string} typed */
const offered = (typed) => ranked(all, typed, fits).map(({ name }) => name);

test("with nothing typed: those that one talked with last, the open one behind them, then who is only known", () => {
  assert.deepEqual(offered("").slice(0, 3), ["Weekend hikers", "Jonas Weber", "Alice Morgan"]);
  assert.ok(offered("").includes("Noor"), "somebody of whom no conversation is held");
});

test("oneself is not offered twice, and nobody is", () => {
  assert.equal(new Set(all.map(({ key }) => key)).size, all.length);
  assert.ok(!all.some(({ key }) => key === "u:1"));
});

test("what is typed well comes before what is recent", () => {
  assert.equal(offered("we")[0], "Weekend hikers");
  assert.equal(offered("web")[0], "Jonas Weber");
  assert.equal(offered("noor")[0], "Noor");
  assert.deepEqual(offered("qqq"), []);
});
