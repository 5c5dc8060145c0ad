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

test("texts are searched whatever their case, notes and unknown kinds are not", () => {
  assert.deepEqual(matches(ENTRIES, "sunday"), [2, 3]);
  assert.deepEqual(matches(ENTRIES, "  SUNDAY "), [2, 3]);
  assert.deepEqual(matches(ENTRIES, "user_id"), []);
  assert.deepEqual(matches(ENTRIES, "周日"), [5]);
});

test("nothing typed finds nothing", () => {
  assert.deepEqual(matches(ENTRIES, "   "), []);
});
