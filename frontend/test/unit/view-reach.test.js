// @ts-check
// The way to an entry that is not loaded yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../src/lib/emitter.js";
import { reach } from "../../src/view/conversation/reach.js";
import { settled } from "./support/clock.js";
import { entry, page, seqs } from "./support/entries.js";

/** Holds the entries from 91 to 100 and loads ten more at a time. */
class Pages extends Emitter {
  view = {
    entries: page(91, 100).messages,
    holes: new Set(),
    older: "idle",
    state: "ready",
  };
  /** @type {string[]} */
  asked = [];

  log() {
    return this.view;
  }

  async loadOlder() {
    this.asked.push("older");
    const { seq } = this.view.entries[0] ?? { seq: 101 };
    this.view.entries.unshift(...page(Math.max(1, seq - 10), seq - 1).messages);
  }

  /** @param {string} _key @param {number} before */
  async fillHole(_key, before) {
    this.asked.push(`hole ${before}`);
    this.view.holes.delete(before);
    this.view.entries.splice(1, 0, ...page(2, before - 1).messages);
  }

  /** @param {number} seq @param {() => boolean} [wanted] */
  reach(seq, wanted = () => true) {
    return reach(/** @type {any} */ (this), "u:2", seq, wanted);
  }
}

test("pages are loaded until it is there, and no further", async () => {
  const pages = new Pages();
  await pages.reach(65);
  assert.deepEqual(pages.asked, ["older", "older", "older"]);
  assert.equal(pages.view.entries[0]?.seq, 61);
  for (const held of [61, 95]) {
    await pages.reach(held);
  }
  assert.equal(pages.asked.length, 3);
});

test("a hole before it is filled", async () => {
  const pages = new Pages();
  pages.view.entries = [entry(1), ...page(91, 100).messages];
  pages.view.holes.add(91);
  await pages.reach(40);
  assert.deepEqual(pages.asked, ["hole 91"]);
  assert.ok(seqs(pages.view.entries).includes(40));
});

test("while a page is on its way anyhow it is waited for", async () => {
  const pages = new Pages();
  Object.assign(pages.view, { entries: [], state: "loading", older: "loading" });
  let there = false;
  const going = pages.reach(85).then(() => {
    there = true;
  });
  pages.emit("log", "u:3");
  await settled();
  assert.deepEqual([there, pages.asked], [false, []]);
  Object.assign(pages.view, { entries: page(91, 100).messages, state: "ready", older: "idle" });
  pages.emit("log", "u:2");
  await going;
  assert.deepEqual(pages.asked, ["older"]);
});

test("it ends when nothing comes, when there is nothing more, and when it is not wanted any more", async () => {
  const refused = new Pages();
  refused.loadOlder = async () => void refused.asked.push("older");
  await refused.reach(1);
  assert.deepEqual(refused.asked, ["older"]);
  for (const older of ["error", "end"]) {
    const pages = new Pages();
    pages.view.older = older;
    await pages.reach(1);
    assert.deepEqual(pages.asked, [], older);
  }
  const pages = new Pages();
  await pages.reach(1, () => pages.asked.length < 2);
  assert.deepEqual(pages.asked, ["older", "older"]);
});
