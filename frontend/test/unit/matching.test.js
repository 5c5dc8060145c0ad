// @ts-check
// What a search of messages finds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "../../src/state/matching.js";
import { message } from "../gallery/content.js";
import { seqs } from "./support/entries.js";

const ENTRIES = [
  message(1, 2, 9, '{"user_id":2}', "member_joined"),
  message(2, 2, 8, "Shall we meet on Sunday?"),
  message(3, 1, 7, "sunday is fine"),
  message(4, 2, 6, "SUNDAY", "poll_from_the_future"),
  message(5, 2, 5, "周日见"),
];

/** @param {string} typed @param {Set<number>} [deleted] */
const found = (typed, deleted = new Set()) => seqs(matches({ entries: ENTRIES, deleted }, typed));

test("texts are searched whatever their case, notes and unknown kinds are not", () => {
  assert.deepEqual(found("sunday"), [2, 3]);
  assert.deepEqual(found("  SUNDAY "), [2, 3]);
  assert.deepEqual(found("user_id"), []);
  assert.deepEqual(found("周日"), [5]);
});

test("nothing typed finds nothing", () => {
  assert.deepEqual(found("   "), []);
});

test("what one deleted for oneself is not found", () => {
  assert.deepEqual(found("sunday", new Set([2])), [3]);
});
