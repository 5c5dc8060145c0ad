// @ts-check
// What a search in the conversation finds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "../../src/view/conversation/find.js";
import { message } from "../gallery/content.js";

const ENTRIES = [
  message(1, 2, 9, '{"user_id":2}', "member_joined"),
  message(2, 2, 8, "Shall we meet on Sunday?"),
  message(3, 1, 7, "sunday is fine"),
  message(4, 2, 6, "SUNDAY", "poll_from_the_future"),
  message(5, 2, 5, "周日见"),
];
const VIEW = { entries: ENTRIES, deleted: new Set() };

test("texts are searched whatever their case, notes and unknown kinds are not", () => {
  assert.deepEqual(matches(VIEW, "sunday"), [2, 3]);
  assert.deepEqual(matches(VIEW, "  SUNDAY "), [2, 3]);
  assert.deepEqual(matches(VIEW, "user_id"), []);
  assert.deepEqual(matches(VIEW, "周日"), [5]);
});

test("nothing typed finds nothing", () => {
  assert.deepEqual(matches(VIEW, "   "), []);
});

test("what one deleted for oneself is not found", () => {
  assert.deepEqual(matches({ entries: ENTRIES, deleted: new Set([2]) }, "sunday"), [3]);
});
