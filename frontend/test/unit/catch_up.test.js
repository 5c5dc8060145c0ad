// @ts-check
// When what is missing is fetched, how much of it at once, and what becomes of a fetch that fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/lib/failure.js";
import { CatchUp } from "../../src/state/catch_up.js";
import { Conversation } from "../../src/state/conversation.js";
import { manualClock, settled } from "./support/clock.js";
import { page } from "./support/entries.js";

/** @typedef {import("../../src/state/types.js").Key} Key */

function setUp() {
  const clock = manualClock();
  /** @type {{ key: Key, cursor: Record<string, number>, answer: (page: any) => void, fail: (code: string, more?: {}) => void }[]} */
  const asked = [];
  /** @type {Key[]} */
  const refused = [];
  /** @type {Key[]} */
  const arrived = [];
  const catch_up = new CatchUp({
    clock,
    list: (conversation, cursor) =>
      new Promise((resolve, reject) => {
        const fail = (/** @type {string} */ code, more = {}) => reject(new Failure(code, more));
        asked.push({ key: conversation.key, cursor, answer: resolve, fail });
      }),
    arrived: ({ key }) => arrived.push(key),
    refused(conversation) {
      conversation.gone = true;
      refused.push(conversation.key);
    },
  });
  /** @param {Key} key @param {number} [head] */
  const behind = (key, head = 5) => {
    const conversation = new Conversation(key);
    conversation.log.begin(0);
    conversation.head = head;
    return conversation;
  };
  const last = () => /** @type {typeof asked[0]} */ (asked.at(-1));
  return { clock, asked, refused, arrived, catch_up, behind, last };
}

test("a hole in a group is fetched at once, one in a direct conversation after 300 ms", async () => {
  const { clock, asked, catch_up, behind } = setUp();
  catch_up.noticed(behind("g:5"));
  const direct = behind("u:2");
  catch_up.noticed(direct);
  catch_up.noticed(direct);
  assert.deepEqual(
    asked.map(({ key }) => key),
    ["g:5"],
  );
  await clock.turn(299);
  assert.equal(asked.length, 1);
  await clock.turn(1);
  assert.deepEqual(
    asked.map(({ key }) => key),
    ["g:5", "u:2"],
  );
});

test("what was only overtaken is not fetched", async () => {
  const { clock, asked, catch_up, behind } = setUp();
  const direct = behind("u:2", 2);
  catch_up.noticed(direct);
  direct.log.extend(page(1, 2));
  await clock.turn(1000);
  assert.deepEqual([asked.length, catch_up.idle], [0, true]);
});

test("it goes on page by page until everything up to the head is held, and is idle only then", async () => {
  const { catch_up, behind, asked, last, arrived } = setUp();
  const group = behind("g:5", 450);
  catch_up.now(group);
  assert.equal(catch_up.idle, false);
  last().answer(page(1, 200, { has_more: true, through_seq: 200 }));
  await settled();
  last().answer(page(201, 400, { has_more: true, through_seq: 400 }));
  await settled();
  last().answer(page(401, 450));
  await settled();
  assert.deepEqual(
    asked.map(({ cursor }) => cursor),
    [0, 200, 400].map((after_seq) => ({ after_seq, limit: 200 })),
  );
  assert.deepEqual([group.log.have, catch_up.idle, arrived.length], [450, true, 3]);
});

test("five hundred behind is caught up, one more is jumped over", () => {
  const { catch_up, behind, asked } = setUp();
  catch_up.now(behind("g:5", 500));
  catch_up.now(behind("g:6", 501));
  assert.deepEqual(
    asked.map(({ cursor }) => cursor),
    [{ after_seq: 0, limit: 200 }, { limit: 50 }],
  );
});

test("three at once, and the one that is looked at before those that wait", async () => {
  const { catch_up, behind, asked } = setUp();
  for (const key of /** @type {Key[]} */ (["g:1", "g:2", "g:3", "g:4", "g:5"])) {
    catch_up.now(behind(key));
  }
  catch_up.now(behind("u:9"), { first: true });
  assert.deepEqual(
    asked.map(({ key }) => key),
    ["g:1", "g:2", "g:3"],
  );
  asked[1]?.answer(page(1, 5));
  await settled();
  assert.deepEqual(
    asked.map(({ key }) => key),
    ["g:1", "g:2", "g:3", "u:9"],
  );
});

test("asked for while it runs, it runs once more, since the answer may be older than the question", async () => {
  const { catch_up, behind, asked, last } = setUp();
  const group = behind("g:5");
  catch_up.now(group);
  catch_up.now(group);
  catch_up.now(group);
  last().answer(page(1, 5));
  await settled();
  last().answer(page(6, 5, { through_seq: 5 }));
  await settled();
  assert.deepEqual([asked.length, catch_up.idle], [2, true]);
});

test("a fetch that fails is tried again, later each time, and news does not hurry it", async () => {
  const { clock, catch_up, behind, asked, last } = setUp();
  clock.chance = 1;
  const group = behind("g:5");
  catch_up.now(group);
  for (const wait of [1000, 2000, 4000]) {
    last().fail("network");
    await settled();
    const before = asked.length;
    catch_up.noticed(group);
    await clock.turn(wait - 1);
    assert.equal(asked.length, before, `${wait} ms`);
    assert.equal(catch_up.idle, false);
    await clock.turn(1);
    assert.equal(asked.length, before + 1, `${wait} ms`);
  }
  last().fail("too_fast", { retry_after_ms: 20_000 });
  await clock.turn(19_000);
  const before = asked.length;
  await clock.turn(1000);
  assert.equal(asked.length, before + 1, "as long as the server asked for");
});

test("what one may not read any more is told, and not asked for again", async () => {
  const { clock, catch_up, behind, asked, last, refused } = setUp();
  catch_up.now(behind("g:5"));
  last().fail("not_found");
  await clock.turn(60_000);
  assert.deepEqual([refused, asked.length, catch_up.idle], [["g:5"], 1, true]);
});

test("a head that the database does not have is not asked for for ever", async () => {
  const { clock, catch_up, behind, asked, last } = setUp();
  catch_up.now(behind("g:5", 9));
  last().answer(page(1, 5));
  await settled();
  last().answer(page(6, 5, { through_seq: 5 }));
  await clock.turn(60_000);
  assert.equal(asked.length, 2);
});

test("stopped, it asks for nothing more", async () => {
  const { clock, catch_up, behind, asked, last } = setUp();
  catch_up.now(behind("g:5"));
  catch_up.noticed(behind("u:2"));
  catch_up.stop();
  last().fail("network");
  await clock.turn(60_000);
  catch_up.now(behind("g:6"));
  assert.deepEqual([asked.length, clock.waiting], [1, 0]);
});
