// @ts-check
// Which tab tells of news, over a stand-in of the browser's locks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../src/lib/emitter.js";
import { Foremost } from "../../src/platform/foremost.js";
import { settled } from "./support/clock.js";

/** One exclusive lock, as the Web Locks API has it: a queue, and a way to steal. */
class Locks {
  /** @type {{ reject: (error: Error) => void } | null} */
  holder = null;
  /** @type {(() => void)[]} */
  queue = [];

  /** @param {string} _name @param {{ steal?: boolean, signal?: AbortSignal }} options @param {() => Promise<unknown>} run */
  request(_name, { steal = false, signal }, run) {
    return new Promise((_resolve, reject) => {
      const grant = () => {
        this.holder = { reject };
        run();
      };
      signal?.addEventListener("abort", () => {
        this.queue = this.queue.filter((one) => one !== grant);
        reject(new DOMException("taken back", "AbortError"));
      });
      if (steal) {
        this.holder?.reject(new DOMException("stolen", "AbortError"));
        grant();
      } else if (this.holder) {
        this.queue.push(grant);
      } else {
        grant();
      }
    });
  }

  /** The tab that has it is closed. */
  close() {
    this.holder = null;
    this.queue.shift()?.();
  }
}

class Attention extends Emitter {
  looking = false;

  /** @param {boolean} looking */
  turn(looking) {
    this.looking = looking;
    this.emit("change");
  }
}

/** @param {any} locks @param {any} [channel] */
function tab(locks, channel = null) {
  const attention = new Attention();
  return { attention, foremost: new Foremost(attention, { locks, channel }) };
}

test("one tab is the one: that which was looked at last", async () => {
  const locks = new Locks();
  const [one, other] = [tab(locks), tab(locks)];
  assert.deepEqual([one.foremost.mine, other.foremost.mine], [true, false], "the first that came");
  other.attention.turn(true);
  await settled();
  assert.deepEqual([one.foremost.mine, other.foremost.mine], [false, true]);
  other.attention.turn(false);
  await settled();
  assert.deepEqual([one.foremost.mine, other.foremost.mine], [false, true], "nobody looks: it stays");
  one.attention.turn(true);
  await settled();
  assert.deepEqual([one.foremost.mine, other.foremost.mine], [true, false]);
});

test("when it is closed the next in line is the one, and each stands there once", async () => {
  const locks = new Locks();
  const [one, other] = [tab(locks), tab(locks)];
  for (let turn = 0; turn < 5; turn += 1) {
    for (const { attention } of [other, one]) {
      attention.turn(true);
      attention.turn(false);
      await settled();
    }
  }
  assert.deepEqual([one.foremost.mine, locks.queue.length], [true, 1]);
  locks.close();
  assert.equal(other.foremost.mine, true);
});

test("without locks a tab is the one until another is looked at", () => {
  /** @type {any[]} */
  const channels = [];
  const channel = () => {
    const made = {
      /** @type {(() => void)[]} */
      heard: [],
      addEventListener: (/** @type {string} */ _, /** @type {() => void} */ hear) => made.heard.push(hear),
      postMessage() {
        for (const other of channels.filter((one) => one !== made)) {
          other.heard[0]();
        }
      },
    };
    channels.push(made);
    return made;
  };
  const [one, other] = [tab(null, channel()), tab(null, channel())];
  assert.deepEqual([one.foremost.mine, other.foremost.mine], [true, true]);
  other.attention.turn(true);
  assert.deepEqual([one.foremost.mine, other.foremost.mine], [false, true]);
  one.attention.turn(true);
  assert.deepEqual([one.foremost.mine, other.foremost.mine], [true, false]);
});

test("a browser that refuses the lock is asked once, and the tab is as if it had none", async () => {
  let asked = 0;
  const refusing = {
    async request() {
      asked += 1;
      throw new DOMException("not for this origin", "SecurityError");
    },
  };
  const { foremost } = tab(refusing);
  await settled();
  assert.deepEqual([asked, foremost.mine], [1, true]);
});
