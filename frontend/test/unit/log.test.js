// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Log } from "../../src/state/log.js";
import { entry, page, seqs } from "./support/entries.js";

/** @param {number} have */
function logFrom(have) {
  const log = new Log();
  log.begin(have);
  return log;
}

test("entries in order move `have` on, and a repeat changes nothing", () => {
  const log = logFrom(0);
  assert.equal(log.add(entry(1)), "next");
  assert.equal(log.add(entry(2)), "next");
  assert.equal(log.add(entry(1)), "held");
  assert.deepEqual([seqs(log.entries), log.have], [[1, 2], 2]);
});

test("an entry beyond the next place waits aside until the one before it comes", () => {
  const log = logFrom(4);
  assert.equal(log.add(entry(7)), "beyond");
  assert.equal(log.add(entry(6)), "beyond");
  assert.deepEqual([seqs(log.entries), log.have, log.highest], [[], 4, 7]);
  assert.equal(log.add(entry(5)), "next");
  assert.deepEqual([seqs(log.entries), log.have], [[5, 6, 7], 7]);
});

test("a page continues what is held, drops what is held already, and takes in what waited aside", () => {
  const log = logFrom(0);
  log.add(entry(1));
  log.add(entry(5));
  // While the page was on its way, 2 came live.
  log.add(entry(2));
  log.extend(page(2, 4));
  assert.deepEqual([seqs(log.entries), log.have], [[1, 2, 3, 4, 5], 5]);
});

test("places that one may not read are passed over", () => {
  const log = logFrom(3);
  log.extend(page(9, 10, { through_seq: 10 }));
  assert.equal(log.have, 10);
  const empty = logFrom(3);
  empty.extend(page(1, 0, { through_seq: 8 }));
  assert.equal(empty.have, 8);
  assert.equal(empty.add(entry(9)), "next");
});

test("the newest page over a long absence leaves a hole that fills page by page", () => {
  const log = logFrom(0);
  log.extend(page(1, 10));
  log.jump(page(951, 1000, { has_more: true }));
  assert.deepEqual([log.have, [...log.holes]], [1000, [951]]);
  log.insert(951, page(901, 950, { has_more: true }));
  assert.deepEqual([...log.holes], [901]);
  log.insert(901, page(5, 900, { has_more: true }));
  assert.deepEqual([...log.holes], []);
  assert.deepEqual(seqs(log.entries), seqs(page(1, 1000).messages));
});

test("a hole that touches what is held below is closed, whatever else there is before", () => {
  const log = logFrom(0);
  log.extend(page(1, 10));
  log.jump(page(21, 30, { has_more: true }));
  log.insert(21, page(11, 20, { has_more: true }));
  assert.deepEqual([...log.holes], []);
});

test("the first jump of an empty log is history, not a hole", () => {
  const log = new Log();
  log.jump(page(51, 100, { has_more: true }));
  assert.deepEqual([log.have, log.holes.size, log.from_start, log.first], [100, 0, false, 51]);
  log.insert(51, page(1, 50));
  assert.deepEqual([log.first, log.from_start], [1, true]);
});

test("an empty conversation is held from its start", () => {
  const log = new Log();
  log.jump(page(1, 0, { through_seq: 0 }));
  assert.deepEqual([log.have, log.from_start], [0, true]);
  assert.equal(log.add(entry(1)), "next");
});

test("what was only heard of before anything was known waits aside", () => {
  const log = new Log();
  assert.equal(log.add(entry(8)), "beyond");
  log.begin(7);
  assert.deepEqual([seqs(log.entries), log.have], [[8], 8]);
});

test("a log that holds entries never skips any", () => {
  const log = logFrom(0);
  log.add(entry(1));
  log.begin(50);
  assert.equal(log.have, 1);
});

test("trimming makes history of old entries, and forgets the holes among them", () => {
  const log = logFrom(0);
  log.from_start = true;
  log.extend(page(1, 10));
  log.jump(page(951, 1000, { has_more: true }));
  log.trim(20);
  assert.deepEqual([log.first, log.have, log.from_start, log.holes.size], [981, 1000, false, 0]);
});

test("whatever the order, the doubles and the pages between, the log ends whole and in order", () => {
  // A small generator with a seed that is printed when it fails.
  for (let seed = 1; seed <= 300; seed += 1) {
    let state = seed;
    const random = (/** @type {number} */ below) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state % below;
    };
    const last = 1 + random(40);
    const log = logFrom(0);
    const live = Array.from({ length: last * 2 }, () => 1 + random(last));
    for (const seq of live) {
      log.add(entry(seq));
      if (random(7) === 0) {
        const from = (log.have ?? 0) + 1;
        const to = Math.min(last, from + random(5));
        log.extend(page(from, to, { has_more: to < last }));
      }
    }
    log.extend(page((log.have ?? 0) + 1, last));
    assert.deepEqual(seqs(log.entries), seqs(page(1, last).messages), `seed ${seed}`);
    assert.equal(log.have, last, `seed ${seed}`);
  }
});

test("a newest page that touches what is held leaves no hole", () => {
  const log = logFrom(0);
  log.extend(page(1, 10));
  log.jump(page(11, 60, { has_more: true }));
  assert.deepEqual([log.holes.size, seqs(log.entries)], [0, seqs(page(1, 60).messages)]);
});

test("a page of history that overlaps with what is held doubles nothing, above or below", () => {
  const log = logFrom(0);
  log.extend(page(1, 10));
  log.jump(page(21, 30, { has_more: true }));
  log.insert(21, page(8, 24, { has_more: true }));
  assert.deepEqual(seqs(log.entries), seqs(page(1, 30).messages));
});

test("what waited aside and was taken in makes room for what waits next", () => {
  const log = logFrom(0);
  for (let seq = 1; seq < 3000; seq += 2) {
    log.add(entry(seq + 1));
    log.add(entry(seq));
  }
  assert.equal(log.have, 3000);
  assert.equal(log.highest, 3000);
});
