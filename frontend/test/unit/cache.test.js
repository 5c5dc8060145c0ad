// @ts-check
// What is kept in IndexedDB: whole, in order, bounded, per account, and gone after a log-out.
import assert from "node:assert/strict";
import { test } from "node:test";
import "fake-indexeddb/auto";
import { openCache, wipeCache } from "../../src/platform/cache.js";
import { entry, seqs } from "./support/entries.js";
import { person } from "./support/server.js";

let users = 100;

/** @param {number} have @returns {import("../../src/state/conversation.js").Kept} */
const kept = (have) => ({
  key: "u:2",
  id: 11,
  group: null,
  have,
  read_seq: 0,
  peer_read_seq: 0,
  counted: { unread: 0, read_seq: 0, through: have },
  last: null,
  opened: true,
});

/** @param {number} from @param {number} to */
const entries = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => entry(from + at));

test("what was kept is there for the next page", async () => {
  const user = ++users;
  const cache = openCache(user);
  await cache.begin("one");
  await cache.keep({
    epoch: "one",
    conversations: [kept(3)],
    entries: entries(1, 3),
    lost: [],
    people: [person(2)],
  });
  cache.close();
  const again = openCache(user);
  const stored = await again.load();
  assert.deepEqual([stored.epoch, stored.conversations, stored.people], ["one", [kept(3)], [person(2)]]);
  assert.deepEqual(seqs(await again.before(11, 4, 50)), [1, 2, 3]);
});

test("all that is kept of a conversation is read, whatever is missing between", async () => {
  const cache = openCache(++users);
  const other = { ...entry(2), conversation_id: 12 };
  const kept = [...entries(1, 4), ...entries(6, 9), other];
  await cache.keep({ epoch: null, conversations: [], entries: kept, lost: [], people: [] });
  assert.deepEqual(seqs(await cache.all(11)), [1, 2, 3, 4, 6, 7, 8, 9]);
  assert.deepEqual(await cache.all(12), [other]);
  assert.deepEqual(await cache.all(13), []);
});

test("entries are read down to the first hole and no further", async () => {
  const cache = openCache(++users);
  await cache.keep({
    epoch: null,
    conversations: [],
    entries: [...entries(1, 4), ...entries(6, 9)],
    lost: [],
    people: [],
  });
  assert.deepEqual(seqs(await cache.before(11, 10, 50)), [6, 7, 8, 9]);
  assert.deepEqual(seqs(await cache.before(11, 10, 2)), [8, 9]);
  assert.deepEqual(seqs(await cache.before(11, 6, 50)), []);
  assert.deepEqual(seqs(await cache.before(11, 12, 50)), [], "the newest are missing");
  assert.deepEqual(seqs(await cache.before(12, 10, 50)), [], "another conversation");
});

test("the newest thousand entries of a conversation stay", async () => {
  const cache = openCache(++users);
  await cache.keep({
    epoch: null,
    conversations: [kept(1500)],
    entries: entries(1, 1500),
    lost: [],
    people: [],
  });
  assert.equal((await cache.before(11, 1501, 2000)).length, 1000);
});

test("a conversation that is not one's own any more leaves nothing behind", async () => {
  const cache = openCache(++users);
  await cache.keep({ epoch: null, conversations: [kept(3)], entries: entries(1, 3), lost: [], people: [] });
  await cache.keep({
    epoch: null,
    conversations: [],
    entries: [],
    lost: [{ key: "u:2", id: 11 }],
    people: [],
  });
  assert.deepEqual([(await cache.load()).conversations, await cache.before(11, 4, 50)], [[], []]);
});

test("another epoch clears what was held", async () => {
  const cache = openCache(++users);
  await cache.begin("one");
  await cache.keep({ epoch: "one", conversations: [kept(3)], entries: entries(1, 3), lost: [], people: [] });
  await cache.begin("one");
  assert.equal((await cache.load()).conversations.length, 1);
  await cache.begin("two");
  const { epoch, conversations } = await cache.load();
  assert.deepEqual([epoch, conversations.length], ["two", 0]);
});

test("what a tab still holds of the epoch before does not get into the next one's cache", async () => {
  const cache = openCache(++users);
  await cache.begin("two");
  await cache.keep({
    epoch: "one",
    conversations: [kept(30)],
    entries: entries(1, 30),
    lost: [],
    people: [],
  });
  assert.deepEqual([(await cache.load()).conversations, await cache.before(11, 31, 50)], [[], []]);
});

test("a log-out wipes it although another tab has it open", async () => {
  const user = ++users;
  const other = openCache(user);
  await other.keep({ epoch: null, conversations: [kept(3)], entries: entries(1, 3), lost: [], people: [] });
  await wipeCache(user);
  const stored = await openCache(user).load();
  assert.deepEqual([stored.conversations, stored.people], [[], []]);
  assert.deepEqual(await other.before(11, 4, 50), [], "the other tab's is closed, and says nothing");
});

test("a browser without IndexedDB keeps nothing, and works", async () => {
  const broken = /** @type {any} */ ({
    open() {
      throw new DOMException("denied", "SecurityError");
    },
    deleteDatabase() {
      throw new DOMException("denied", "SecurityError");
    },
  });
  const cache = openCache(++users, broken);
  assert.deepEqual(await cache.load(), { epoch: null, conversations: [], people: [] });
  await cache.keep({ epoch: null, conversations: [kept(1)], entries: [], lost: [], people: [] });
  await wipeCache(users, broken);
  cache.close();
});
