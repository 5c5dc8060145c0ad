// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createExtent } from "../../src/view/conversation/extent.js";

/** @param {number} from @param {number} to */
function view(from, to) {
  const entries = Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index }));
  return /** @type {any} */ ({ entries });
}

test("a long conversation opens with its newest entries", () => {
  const extent = createExtent();
  extent.follow(view(1, 10_000), true);
  assert.equal(extent.first, 10_000 - 79);
});

test("reading back shows more, down to the first", () => {
  const extent = createExtent();
  extent.follow(view(1, 100), true);
  assert.ok(extent.grow(view(1, 100)));
  assert.equal(extent.first, 1);
  assert.ok(!extent.grow(view(1, 100)));
});

test("what arrives while one reads back takes nothing away", () => {
  const extent = createExtent();
  extent.follow(view(1, 80), true);
  extent.follow(view(1, 1000), false);
  assert.equal(extent.first, 1);
});

test("back at the end, few are shown again", () => {
  const extent = createExtent();
  extent.follow(view(1, 80), true);
  extent.follow(view(1, 1000), true);
  assert.equal(extent.first, 921);
});

test("a log that was dropped and filled anew is shown from its own end", () => {
  const extent = createExtent();
  extent.follow(view(900, 1000), true);
  extent.follow(view(1, 50), true);
  assert.equal(extent.first, 1);
});

test("what is new is shown from its beginning, with a little of what was known, if that is not too far up", () => {
  const near = createExtent();
  near.follow(view(1, 500), true, 300);
  assert.equal(near.first, 296);
  const far = createExtent();
  far.follow(view(1, 500), true, 100);
  assert.equal(far.first, 500 - 239);
  const few = createExtent();
  few.follow(view(1, 500), true, 495);
  assert.equal(few.first, 500 - 79);
});
