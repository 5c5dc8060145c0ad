// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../src/state/outbox.js";
import { manualClock, settled } from "./support/clock.js";

const KEY = /** @type {const} */ ("u:2");
const OTHER = /** @type {const} */ ("g:5");

function setUp({ online = true } = {}) {
  const clock = manualClock();
  /** @type {string[]} */
  const sent = [];
  /** @type {Map<string, import("../../src/state/types.js").Draft>} */
  const disk = new Map();
  let count = 0;
  let line = true;
  const follow = { removed: (/** @type {string} */ _id) => {} };
  const outbox = new Outbox({
    clock,
    uuid: () => `id-${++count}`,
    send(draft) {
      if (line) {
        sent.push(draft.content);
      }
      return line;
    },
    store: {
      all: () => [...disk.values()],
      put: (draft) => void disk.set(draft.client_message_id, { ...draft }),
      remove: (id) => void disk.delete(id),
      follow(removed) {
        follow.removed = removed;
        return () => {};
      },
    },
  });
  if (online) {
    outbox.resume();
  }
  const cut = () => {
    line = false;
    outbox.pause();
  };
  const heal = () => {
    line = true;
    outbox.resume();
  };
  return { clock, outbox, sent, disk, follow, cut, heal, states: () => outbox.all.map(({ state }) => state) };
}

test("a draft is kept before it goes out, and leaves with its ack", async () => {
  const { outbox, sent, disk } = setUp();
  outbox.pause();
  const draft = outbox.add(KEY, "hi");
  assert.deepEqual([sent, outbox.drafts(KEY), [...disk.keys()]], [[], [draft], ["id-1"]]);
  outbox.resume();
  assert.deepEqual(sent, ["hi"]);
  outbox.settle("id-1");
  assert.deepEqual([outbox.all, disk.size], [[], 0]);
});

test("a conversation has one message on its way at a time, and conversations do not wait for each other", async () => {
  const { outbox, sent } = setUp();
  outbox.add(KEY, "one");
  outbox.add(KEY, "two");
  outbox.add(OTHER, "elsewhere");
  await settled();
  assert.deepEqual(sent, ["one", "elsewhere"]);
  outbox.settle("id-1");
  assert.deepEqual(sent, ["one", "elsewhere", "two"]);
});

test("no ack in ten seconds: the same draft again, with its id, and nothing overtakes it", async () => {
  const { clock, outbox, sent } = setUp();
  outbox.add(KEY, "one");
  outbox.add(KEY, "two");
  await clock.turn(9_999);
  assert.deepEqual(sent, ["one"]);
  await clock.turn(1);
  assert.deepEqual(sent, ["one", "one"]);
  assert.deepEqual(
    outbox.drafts(KEY).map(({ client_message_id }) => client_message_id),
    ["id-1", "id-2"],
  );
});

test("what had no answer when the line was cut goes out again, in its order, when it is back", async () => {
  const { clock, outbox, sent, cut, heal } = setUp();
  outbox.add(KEY, "one");
  outbox.add(KEY, "two");
  await settled();
  cut();
  outbox.add(KEY, "three");
  await clock.turn(60_000);
  assert.deepEqual(sent, ["one"]);
  heal();
  assert.deepEqual(sent, ["one", "one"]);
  outbox.settle("id-1");
  outbox.settle("id-2");
  assert.deepEqual(sent, ["one", "one", "two", "three"]);
});

test("nothing is sent before there is a connection, nor after it was lost", async () => {
  const { outbox, sent } = setUp({ online: false });
  outbox.add(KEY, "early");
  await settled();
  assert.deepEqual(sent, []);
  outbox.resume();
  outbox.settle("id-1");
  outbox.pause();
  outbox.add(KEY, "late");
  await settled();
  assert.deepEqual(sent, ["early"]);
});

test("unavailable and too_fast put a queue off and lose nothing", async () => {
  const { clock, outbox, sent, states } = setUp();
  outbox.add(KEY, "one");
  outbox.add(KEY, "two");
  await settled();
  outbox.refuse("id-1", "unavailable", 3000);
  await clock.turn(2999);
  assert.deepEqual([sent, states()], [["one"], ["pending", "pending"]]);
  await clock.turn(1);
  assert.deepEqual(sent, ["one", "one"]);
});

test("a server that keeps refusing is asked less and less often", async () => {
  const { clock, outbox, sent } = setUp();
  clock.chance = 1;
  outbox.add(KEY, "one");
  await settled();
  for (const wait of [1000, 2000, 4000, 8000]) {
    outbox.refuse("id-1", "internal");
    const before = sent.length;
    await clock.turn(wait - 1);
    assert.equal(sent.length, before, `${wait} ms`);
    await clock.turn(1);
    assert.equal(sent.length, before + 1, `${wait} ms`);
  }
});

test("a refusal for good fails that draft alone, and is kept with its reason", async () => {
  const { outbox, sent, states, disk } = setUp();
  outbox.add(KEY, "one");
  outbox.add(KEY, "two");
  await settled();
  outbox.refuse("id-1", "not_found");
  assert.deepEqual(
    [sent, states()],
    [
      ["one", "two"],
      ["failed", "pending"],
    ],
  );
  assert.equal(disk.get("id-1")?.code, "not_found");
});

test("a failed draft goes out again when it is asked to, behind what was written since", async () => {
  const { outbox, sent } = setUp();
  outbox.add(KEY, "one");
  await settled();
  outbox.refuse("id-1", "muted");
  outbox.add(KEY, "two");
  await settled();
  outbox.retry("id-1");
  outbox.retry("id-2");
  await settled();
  assert.equal(outbox.drafts(KEY).length, 2);
  outbox.settle("id-2");
  assert.deepEqual(sent, ["one", "two", "one"]);
  assert.equal(outbox.drafts(KEY)[0]?.client_message_id, "id-1");
});

test("an id that belongs to another message is not tried again", async () => {
  const { outbox, disk } = setUp();
  outbox.add(KEY, "one");
  await settled();
  outbox.refuse("id-1", "id_reused");
  outbox.retry("id-1");
  await settled();
  assert.deepEqual([...disk.keys()], ["id-2"]);
});

test("only what failed can be thrown away", async () => {
  const { outbox, states } = setUp({ online: false });
  outbox.add(KEY, "one");
  outbox.discard("id-1");
  assert.deepEqual(states(), ["pending"]);
  outbox.refuse("id-1", "muted");
  outbox.discard("id-1");
  assert.deepEqual(states(), []);
});

test("what an earlier page left behind goes out once, the oldest first", async () => {
  const { outbox, sent, disk } = setUp();
  /** @param {string} id @param {number} written_at */
  const leave = (id, written_at) =>
    disk.set(id, { client_message_id: id, key: KEY, content: id, written_at, state: "pending", code: null });
  leave("b", 2);
  leave("a", 1);
  outbox.adopt();
  outbox.adopt();
  outbox.settle("a");
  assert.deepEqual(sent, ["a", "b"]);
  // Another tab wrote it back before it saw that it is stored.
  leave("a", 1);
  outbox.adopt();
  outbox.settle("b");
  assert.deepEqual(sent, ["a", "b"]);
});

test("what the connection was closed over is refused, not sent for ever", async () => {
  const { outbox, states } = setUp();
  outbox.add(KEY, "one");
  await settled();
  outbox.refuse_flights("content_too_long");
  assert.deepEqual(states(), ["failed"]);
});

test("whoever shows drafts is told of each change: written, refused, tried again, stored", async () => {
  const { outbox } = setUp();
  let told = 0;
  outbox.on("change", (key) => {
    assert.equal(key, KEY);
    told += 1;
  });
  const steps = [
    () => outbox.add(KEY, "one"),
    () => outbox.refuse("id-1", "muted"),
    () => outbox.retry("id-1"),
    () => outbox.settle("id-1"),
  ];
  for (const [at, step] of steps.entries()) {
    step();
    await settled();
    assert.equal(told, at + 1);
  }
});

test("after a message got through, the next refusal is a first one again", async () => {
  const { clock, outbox, sent } = setUp();
  clock.chance = 1;
  outbox.add(KEY, "one");
  await settled();
  for (const wait of [1000, 2000, 4000]) {
    outbox.refuse("id-1", "internal");
    await clock.turn(wait);
  }
  outbox.settle("id-1");
  outbox.add(KEY, "two");
  await settled();
  outbox.refuse("id-2", "internal");
  const before = sent.length;
  await clock.turn(1000);
  assert.equal(sent.length, before + 1);
});

test("what another tab threw away goes here too, and what it merely got stored stays until it is seen", async () => {
  const { outbox, follow, states } = setUp();
  outbox.add(KEY, "failed");
  outbox.refuse("id-1", "muted");
  outbox.add(KEY, "pending");
  follow.removed("id-1");
  follow.removed("id-2");
  assert.deepEqual(states(), ["pending"]);
});

test("a draft that the server fails at again and again fails, and lets the others go", async () => {
  const { clock, outbox, sent, states } = setUp();
  outbox.add(KEY, "poison");
  outbox.add(KEY, "fine");
  for (let time = 0; time < 9; time += 1) {
    assert.equal(sent.at(-1), "poison");
    outbox.refuse("id-1", "internal");
    await clock.turn(31_000);
  }
  assert.deepEqual([states(), sent.at(-1)], [["failed", "pending"], "fine"]);
});
