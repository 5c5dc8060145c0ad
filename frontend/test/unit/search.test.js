// @ts-check
// A search through all conversations: of what is in memory and what is kept no entry is missing and none is there twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HITS_MOST } from "../../src/state/everywhere.js";
import { clientOf, disk } from "./support/client.js";
import { manualClock } from "./support/clock.js";
import { MiniServer } from "./support/server.js";

/** @typedef {import("../../src/state/types.js").Key} Key */

const [ALICE, BOB, CAROL] = [1, 2, 3];
const KEPT_BY_NOW = 1000;

/** Bob is connected; the others only write. */
async function bobs() {
  const clock = manualClock();
  const server = new MiniServer(clock);
  server.group(5, [ALICE, BOB, CAROL]);
  const bob = clientOf(server, BOB);
  await clock.turn(2000);
  /** @param {number} user @param {object} what @param {string} content */
  const writes = async (user, what, content) => {
    server.append(user, { content, ...what });
    await clock.turn(10);
  };
  const alice = (/** @type {string} */ content) => writes(ALICE, { receiver_id: BOB }, content);
  const carol = (/** @type {string} */ content) => writes(CAROL, { receiver_id: BOB }, content);
  const inGroup = (/** @type {string} */ content) => writes(CAROL, { group_id: 5 }, content);
  return { clock, server, bob, alice, carol, inGroup };
}

/** Bob's page goes, and another one comes. @param {Awaited<ReturnType<typeof bobs>>} world */
async function reloaded({ clock, server, bob }) {
  await bob.client.stop();
  const again = clientOf(server, BOB, bob.kept);
  await clock.turn(2000);
  return again;
}

/** @param {{ client: import("../../src/state/client.js").Client }} who @param {string} text */
async function finds({ client }, text) {
  const found = await client.search.everywhere(text);
  return found?.hits.map(({ key, message }) => `${key} ${message.content}`) ?? null;
}

test("what is in memory is found, the newest first, whichever conversation it is in", async () => {
  const { bob, alice, carol, inGroup } = await bobs();
  await alice("a needle");
  await inGroup("A NEEDLE for all");
  await carol("hay");
  await carol("needles");
  await alice("one more needle");
  const all = ["u:1 one more needle", "u:3 needles", "g:5 A NEEDLE for all", "u:1 a needle"];
  assert.deepEqual(await finds(bob, " Needle "), all);
  assert.deepEqual(await finds(bob, "nothing like it"), []);
  assert.deepEqual(await finds(bob, "  "), []);
});

test("what is only kept, only in memory, or both, is found once", async () => {
  const world = await bobs();
  const { bob, clock, alice } = world;
  bob.client.open("u:1");
  const all = [];
  for (let number = 1; number <= 450; number += 1) {
    await alice(number % 10 ? `hay ${number}` : `needle ${number}`);
    if (number % 10 === 0) {
      all.unshift(`u:1 needle ${number}`);
    }
  }
  await clock.turn(KEPT_BY_NOW);
  bob.client.close();
  assert.equal(bob.client.log("u:1").entries.length, 200, "the premise: the older ones have left the memory");
  await alice("a needle that is not kept yet");
  const withNewest = ["u:1 a needle that is not kept yet", ...all];
  assert.deepEqual(await finds(bob, "needle"), withNewest);

  const again = await reloaded(world);
  assert.equal(again.client.log("u:1").entries.length, 0, "the premise: nothing is in memory");
  assert.deepEqual(await finds(again, "needle"), withNewest);
  again.client.open("u:1");
  await clock.turn(1000);
  assert.ok(again.client.log("u:1").entries.length > 0, "the premise: some are in memory");
  assert.deepEqual(await finds(again, "needle"), withNewest);
});

test("of a conversation that was never opened the line on the list is found", async () => {
  const { clock, server, carol } = await bobs();
  await carol("long ago");
  await carol("a needle");
  const elsewhere = clientOf(server, BOB, disk());
  await clock.turn(2000);
  assert.equal(elsewhere.client.log("u:3").entries.length, 0, "the premise: nothing else is held");
  assert.deepEqual(await finds(elsewhere, "needle"), ["u:3 a needle"]);
  assert.deepEqual(await finds(elsewhere, "long ago"), []);
});

test("what is kept is found although something is missing after it", async () => {
  const world = await bobs();
  const { clock, server, bob, alice } = world;
  await alice("a needle");
  await clock.turn(KEPT_BY_NOW);
  await bob.client.stop();
  for (let number = 1; number <= 30; number += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `hay ${number}` });
  }
  const again = clientOf(server, BOB, bob.kept);
  await clock.turn(5000);
  assert.deepEqual(await finds(again, "needle"), ["u:1 a needle"]);
});

test("what one deleted for oneself is not found, be it in memory or kept", async () => {
  const world = await bobs();
  await world.alice("needle one");
  await world.alice("needle two");
  await world.clock.turn(KEPT_BY_NOW);
  world.bob.client.deleteForMe("u:1", [2]);
  assert.deepEqual(await finds(world.bob, "needle"), ["u:1 needle one"]);
  assert.deepEqual(await finds(await reloaded(world), "needle"), ["u:1 needle one"]);
});

test("a group that one left is not searched, and joined again only what one may see", async () => {
  const world = await bobs();
  const { bob, server, clock, inGroup, alice } = world;
  await inGroup("a needle");
  await alice("needle");
  await clock.turn(KEPT_BY_NOW);
  server.leave(BOB, 5);
  await clock.turn(10);
  assert.deepEqual(await finds(bob, "needle"), ["u:1 needle"]);
  const again = await reloaded(world);
  assert.deepEqual(await finds(again, "needle"), ["u:1 needle"]);
  server.join(BOB, 5);
  await inGroup("another needle");
  await clock.turn(3000);
  assert.deepEqual(await finds(again, "needle"), ["g:5 another needle", "u:1 needle"]);
});

test("a group that is left while it is searched is not in the answer", async () => {
  const { bob, server, clock, inGroup } = await bobs();
  await inGroup("a needle");
  const { all } = bob.kept.cache;
  bob.kept.cache.all = async (id) => {
    const kept = await all(id);
    server.leave(BOB, 5);
    await clock.turn(10);
    return kept;
  };
  assert.deepEqual(await finds(bob, "needle"), []);
});

test("only so many are given, the newest, and it is said that there are more", async () => {
  const { bob, alice, carol } = await bobs();
  for (let number = 1; number <= HITS_MOST; number += 1) {
    await (number % 2 ? alice : carol)(`needle ${number}`);
  }
  const all = await bob.client.search.everywhere("needle");
  assert.deepEqual([all?.hits.length, all?.more], [HITS_MOST, false]);
  await carol("needle, the newest");
  const found = await bob.client.search.everywhere("needle");
  assert.deepEqual([found?.hits.length, found?.more], [HITS_MOST, true]);
  assert.equal(found?.hits[0]?.message.content, "needle, the newest");
  assert.equal(found?.hits.at(-1)?.message.content, "needle 2");
});

test("conversations are read one at a time, and none that can only have older ones than are shown", async () => {
  const { bob, alice, carol, inGroup } = await bobs();
  await inGroup("needle, the oldest");
  await carol("needle, an old one");
  const { all } = bob.kept.cache;
  let reading = 0;
  let reads = 0;
  bob.kept.cache.all = async (id) => {
    reads += 1;
    reading += 1;
    assert.equal(reading, 1);
    const kept = await all(id);
    await new Promise((resolve) => setImmediate(resolve));
    reading -= 1;
    return kept;
  };
  await bob.client.search.everywhere("needle");
  assert.equal(reads, 2, "the premise: there are two");
  for (let number = 1; number <= HITS_MOST + 1; number += 1) {
    await alice(`needle ${number}`);
  }
  reads = 0;
  const found = await bob.client.search.everywhere("needle");
  assert.deepEqual([reads, found?.hits.length, found?.more], [1, HITS_MOST, true]);
});

test("a second search abandons the first, which reads no further", async () => {
  const { bob, alice, carol, inGroup } = await bobs();
  for (const writes of [alice, carol, inGroup]) {
    await writes("a needle in the hay");
  }
  const { all } = bob.kept.cache;
  /** @type {(() => void)[]} */
  const waiting = [];
  bob.kept.cache.all = async (id) => {
    await new Promise((resolve) => waiting.push(() => resolve(null)));
    return all(id);
  };
  const first = finds(bob, "needle");
  await new Promise((resolve) => setImmediate(resolve));
  const second = bob.client.search.everywhere("");
  assert.deepEqual(await second, { hits: [], more: false });
  for (let read = 0; read < 10; read += 1) {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(waiting.length, 0);
  }
  assert.equal(await first, null);
});

test("of one conversation what is in memory is searched", async () => {
  const { bob, alice } = await bobs();
  for (const text of ["needle", "hay", "more needles"]) {
    await alice(text);
  }
  bob.client.deleteForMe("u:1", [1]);
  assert.deepEqual(bob.client.search.within("u:1", "NEEDLE"), [3]);
});
