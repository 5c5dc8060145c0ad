// @ts-check
// Who people are and whether they are here; who is in a group.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/lib/failure.js";
import { Members } from "../../src/state/members.js";
import { People } from "../../src/state/people.js";
import { manualClock, settled } from "./support/clock.js";
import { person } from "./support/server.js";

function setUp() {
  const clock = manualClock();
  /** @type {number[]} */
  const asked = [];
  /** @type {number[][]} */
  const watched = [];
  const state = { online: true };
  const people = new People({
    clock,
    watch: (ids) => watched.push(ids),
    async find(id) {
      asked.push(id);
      await settled();
      if (!state.online) {
        throw new Failure("network");
      }
      return person(id);
    },
  });
  return { clock, people, asked, watched, state };
}

test("somebody unknown is asked for once, however often one looks", async () => {
  const { people, asked } = setUp();
  let told = 0;
  people.on("people", () => {
    told += 1;
  });
  assert.equal(people.user(7), null);
  assert.equal(people.user(7), null);
  await settled();
  await settled();
  assert.deepEqual([people.user(7)?.username, asked, told], ["user 7", [7], 1]);
});

test("whom nobody could tell of is asked for again by the next connection", async () => {
  const { people, asked, state } = setUp();
  state.online = false;
  people.user(7);
  await settled();
  await settled();
  state.online = true;
  people.resume();
  await settled();
  await settled();
  assert.deepEqual([people.user(7)?.id, asked], [7, [7, 7]]);
});

test("only a change of who is shown is told, and again after a reconnect; at most two hundred", () => {
  const { people, watched } = setUp();
  people.show([3, 2, 3]);
  people.show([2, 3]);
  people.resume();
  assert.deepEqual(watched, [
    [2, 3],
    [2, 3],
  ]);
  people.show(Array.from({ length: 300 }, (_, at) => at + 1));
  assert.equal(watched.at(-1)?.length, 200);
});

test("an answer does not overrule what was heard live of somebody who is watched", () => {
  const { people } = setUp();
  people.learn([person(2), person(3)]);
  assert.equal(people.status(2), "online");
  people.show([2]);
  people.heard(2, "offline");
  people.learn([person(2)]);
  assert.deepEqual([people.status(2), people.status(3)], ["offline", "online"]);
});

test("presence outlives a short reconnect and not a long absence", async () => {
  const { clock, people } = setUp();
  people.heard(2, "online");
  people.pause();
  await clock.turn(19_000);
  people.resume();
  await clock.turn(60_000);
  assert.equal(people.status(2), "online");
  // Tries that fail meanwhile begin nothing anew.
  for (let tries = 0; tries < 4; tries += 1) {
    people.pause();
    await clock.turn(5000);
  }
  assert.equal(people.status(2), null);
});

test("members are fetched when somebody looks, and again when they change", async () => {
  let asked = 0;
  const list = [{ user: person(2), role: /** @type {const} */ ("owner"), joined_at: "" }];
  const members = new Members({
    learn: () => {},
    async list() {
      asked += 1;
      await settled();
      return list.slice();
    },
  });
  members.changed(5);
  assert.equal(asked, 0, "nobody looked");
  assert.equal(members.of(5).state, "loading");
  // A change while it is being fetched: the answer may be older than the change.
  members.changed(5);
  members.changed(5);
  for (let turns = 0; turns < 4; turns += 1) {
    await settled();
  }
  assert.deepEqual([asked, members.of(5).state, members.of(5).members.length], [2, "ready", 1]);
});

test("after the connection was away, members are fetched again for whoever shows them, and for nobody else", async () => {
  /** @type {number[]} */
  const asked = [];
  const members = new Members({
    learn: () => {},
    async list(id) {
      asked.push(id);
      return [{ user: person(2), role: "owner", joined_at: "" }];
    },
  });
  members.on("members", (id) => id === 5 && members.of(5));
  members.of(5);
  members.of(6);
  await settled();
  assert.deepEqual(asked, [5, 6]);
  members.resume();
  await settled();
  assert.deepEqual([asked, members.of(5).state], [[5, 6, 5], "ready"]);
  members.of(6);
  await settled();
  assert.deepEqual(asked, [5, 6, 5, 6]);
});

test("members that could not be fetched again stay as they were known", async () => {
  let fails = true;
  const members = new Members({
    learn: () => {},
    async list() {
      if (fails) {
        throw new Failure("unavailable");
      }
      return [{ user: person(2), role: "owner", joined_at: "" }];
    },
  });
  members.of(5);
  await settled();
  assert.deepEqual([members.of(5).state, members.of(5).error], ["error", "unavailable"]);
  fails = false;
  members.reload(5);
  await settled();
  fails = true;
  members.reload(5);
  await settled();
  assert.deepEqual([members.of(5).state, members.of(5).members.length], ["ready", 1]);
});
