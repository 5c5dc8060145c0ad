// @ts-check
// The small things that everything stands on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../src/lib/emitter.js";
import { uuidV7 } from "../../src/lib/uuid.js";
import { Build } from "../../src/platform/build.js";
import { settled } from "./support/clock.js";

test("`later` tells once what was asked for often, and each detail for itself", async () => {
  const emitter = new Emitter();
  /** @type {unknown[]} */
  const heard = [];
  emitter.on("log", (key) => heard.push(key));
  for (const key of ["u:1", "u:2", "u:1", "u:1"]) {
    emitter.later("log", key);
  }
  assert.deepEqual(heard, []);
  await settled();
  assert.deepEqual(heard, ["u:1", "u:2"]);
  emitter.later("log", "u:1");
  await settled();
  assert.deepEqual(heard, ["u:1", "u:2", "u:1"]);
});

test("who stopped listening is told nothing, also by what was on its way", async () => {
  const emitter = new Emitter();
  let heard = 0;
  const off = emitter.on("x", () => {
    heard += 1;
  });
  emitter.later("x");
  off();
  await settled();
  assert.equal(heard, 0);
});

test("ids are UUIDs of version 7 that sort by their time", () => {
  const ids = [1_700_000_000_000, 1_700_000_000_001, 2 ** 42].map((now) => uuidV7(now));
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(Array.from({ length: 1000 }, () => uuidV7(1))).size, 1000);
  assert.equal(uuidV7(0x0123_4567_89ab).slice(0, 13), "01234567-89ab");
});

test("a page notices that its build is not served any more, and only that", async () => {
  /** @type {any[]} */
  const answers = [{ status: 200 }, new TypeError("no network"), { status: 503 }, { status: 404 }];
  let asked = 0;
  const ask = async () => {
    const answer = answers[asked++];
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  const build = new Build(/** @type {any} */ (ask), "http://127.0.0.1/b/one/main.js");
  let told = 0;
  build.on("change", () => {
    told += 1;
  });
  const seen = [];
  for (let time = 0; time < 5; time += 1) {
    await build.check();
    seen.push(build.replaced);
  }
  assert.deepEqual([seen, told, asked], [[false, false, false, true, true], 1, 4]);
});
