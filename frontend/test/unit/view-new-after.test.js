// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createNewAfter } from "../../src/view/conversation/new-after.js";

/** @param {number} unread @param {number} read_seq @param {string} [state] @param {number} [read_elsewhere] */
const view = (unread, read_seq, state = "ready", read_elsewhere = 0) =>
  /** @type {any} */ ({
    unread,
    read_seq,
    read_elsewhere,
    state,
    entries: state === "loading" ? [] : [{ seq: read_seq }],
  });

test("what was unread at the opening is new, and stays so while it is read", () => {
  const line = createNewAfter(view(3, 10));
  assert.equal(line.after(view(3, 10), true), 10);
  assert.equal(line.after(view(0, 13), true), 10);
  assert.equal(line.after(view(1, 13), true), 10, "what comes while one looks is no news");
});

test("an opening that still loads decides when it has loaded", () => {
  const line = createNewAfter(view(0, 0, "loading"));
  assert.equal(line.after(view(0, 0, "loading"), true), null);
  assert.equal(line.after(view(2, 7), true), 7);
});

test("what comes while nobody looks is new from where one stopped, each time", () => {
  const line = createNewAfter(view(0, 10));
  assert.equal(line.after(view(0, 10), false), null);
  assert.equal(line.after(view(1, 10), false), 10);
  assert.equal(line.after(view(5, 10), false), 10);
  assert.equal(line.after(view(0, 15), true), 10, "it stays while one reads");
  assert.equal(line.after(view(1, 15), false), 15);
});

test("a line that was gone to for nothing says so once; one that was not is only taken away", () => {
  const element = /** @type {any} */ ({ compareDocumentPosition: () => 0 });
  const rows = /** @type {any} */ ({ querySelector: () => element });
  const gone = /** @type {unknown[]} */ ([]);
  const position = /** @type {any} */ ({
    atEnd: true,
    toRow: (/** @type {unknown} */ row) => gone.push(row),
  });
  Object.assign(globalThis, { Node: { DOCUMENT_POSITION_FOLLOWING: 4 } });
  for (const goes of [true, false]) {
    const line = createNewAfter(view(3, 10));
    line.after(view(3, 10), true);
    assert.ok(!goes || line.place(true, rows, position));
    assert.equal(line.takeBack(), false);
    assert.equal(line.after(view(1, 12, "ready", 12), true), 12);
    assert.deepEqual([line.takeBack(), line.takeBack()], [goes, false]);
    assert.ok(line.place(true, rows, position), "it is gone to where it stands now");
  }
  assert.equal(gone.length, 3);
});

test("what turns out to have been read on another device is not new any more", () => {
  const line = createNewAfter(view(3, 10));
  assert.equal(line.after(view(1, 12, "ready", 12), true), 12, "but the rest is");
  assert.equal(
    line.after(view(0, 13, "ready", 12), true),
    12,
    "what is read here leaves the line where it is",
  );
  assert.equal(line.after(view(0, 14, "ready", 14), true), null);
  assert.equal(line.after(view(1, 14, "ready", 14), true), null, "what comes while one looks is no news");
});
