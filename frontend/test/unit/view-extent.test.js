// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { CHUNK, chunkOf, createExtent } from "../../src/view/conversation/extent.js";

/** @param {number} from @param {number} to */
function view(from, to) {
  const entries = Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index }));
  return /** @type {any} */ ({ entries });
}

/** @param {ReturnType<typeof createExtent>} extent */
const chunks = ({ first, last }) => [
  chunkOf(first),
  last === Number.POSITIVE_INFINITY ? "end" : chunkOf(last),
];

test("a long conversation opens with its newest entries", () => {
  const extent = createExtent();
  extent.follow(view(1, 10_000), true);
  assert.deepEqual(chunks(extent), [chunkOf(9960), "end"]);
});

test("a short one is shown whole", () => {
  const extent = createExtent();
  extent.follow(view(1, 40), true);
  assert.ok(extent.first <= 1 && extent.reaches(view(1, 40)));
});

test("reading back shows what is above, and lets go of what is far below", () => {
  const extent = createExtent();
  const all = view(1, 10_000);
  extent.follow(all, true);
  let most = 0;
  for (let chunk = chunkOf(10_000); chunk >= 0; chunk -= 1) {
    extent.cover(all, [chunk, chunk]);
    assert.ok(chunkOf(extent.first) <= Math.max(0, chunk - 3), "three are ready above");
    const last = chunkOf(Math.min(extent.last, 10_000));
    most = Math.max(most, last - chunkOf(extent.first) + 1);
  }
  assert.ok(most <= 9, `${most} chunks stood there at once`);
  assert.ok(extent.reaches(all) && !extent.atEnd);
});

test("a jump of the scroll bar shows what is there, and nothing between", () => {
  const extent = createExtent();
  const all = view(1, 10_000);
  extent.follow(all, true);
  assert.ok(extent.cover(all, [50, 50]));
  assert.deepEqual(chunks(extent), [47, 53]);
  assert.ok(!extent.cover(all, [50, 50]), "it rests there");
});

test("what is left out has the height that it had, or one that is guessed", () => {
  const extent = createExtent();
  const all = view(1, 500);
  extent.follow(all, true);
  extent.measured(0, 1111);
  extent.measured(20, 99);
  const { above, below } = extent.space(all);
  assert.equal(above, 1111 + 17 * extent.heightOf(5));
  assert.equal(below, 0);
  assert.equal(extent.at(all, 500), 0);
  assert.equal(extent.at(all, 1111 + extent.heightOf(1) + 10), 2);
});

test("while something is marked nothing goes", () => {
  const extent = createExtent();
  const all = view(1, 1000);
  extent.follow(all, true);
  for (let chunk = chunkOf(1000); chunk > 5; chunk -= 1) {
    extent.cover(all, [chunk, chunk], false);
  }
  assert.deepEqual(chunks(extent), [3, "end"]);
});

test("places of which nothing can be read are no distance", () => {
  const extent = createExtent();
  const entries = [...view(1, 60).entries, ...view(5001, 5100).entries];
  const gap = /** @type {any} */ ({ entries });
  extent.follow(gap, true);
  for (let frame = 0; extent.cover(gap, [100, 102]); frame += 1) {
    assert.ok(frame < 5, "it comes to rest");
  }
  assert.equal(chunkOf(extent.first), 0);
});

test("what arrives while one reads back takes nothing away", () => {
  const extent = createExtent();
  extent.follow(view(1, 60), true);
  extent.follow(view(1, 1000), false);
  assert.equal(chunkOf(extent.first), 0);
});

test("at the end, few stay there however much comes", () => {
  const extent = createExtent();
  for (let newest = 80; newest <= 1000; newest += 1) {
    extent.follow(view(1, newest), true);
  }
  assert.ok(extent.atEnd && 1000 - extent.first <= 8 * CHUNK, `${extent.first}`);
});

test("a log that was dropped and filled anew is shown from its own end", () => {
  const extent = createExtent();
  extent.follow(view(900, 1000), true);
  extent.follow(view(1, 50), true);
  assert.ok(extent.first <= 1 && extent.atEnd);
});

test("what is new is shown from its beginning, with a little of what was known, if that is not too far up", () => {
  const near = createExtent();
  near.follow(view(1, 500), true, 300);
  assert.equal(chunkOf(near.first), chunkOf(296));
  const far = createExtent();
  far.follow(view(1, 500), true, 100);
  assert.equal(chunkOf(far.first), chunkOf(500 - 239));
  const few = createExtent();
  few.follow(view(1, 500), true, 495);
  assert.equal(chunkOf(few.first), chunkOf(500 - 39));
});

test("an entry that is far away is gone to with its neighbours, and from there back to the end", () => {
  const extent = createExtent();
  const all = view(1, 10_000);
  extent.follow(all, true);
  extent.show(all, 5025);
  assert.deepEqual(chunks(extent), [198, 204]);
  extent.toEnd(all);
  assert.deepEqual(chunks(extent), [chunkOf(9960), "end"]);
});
