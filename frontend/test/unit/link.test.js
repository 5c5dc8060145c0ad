// @ts-check
// The connection's coming back: when, how often, with which token, and when not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../src/lib/emitter.js";
import { Failure } from "../../src/lib/failure.js";
import { Link } from "../../src/net/link.js";
import { manualClock, settled } from "./support/clock.js";

/** A WebSocket whose other end is the test. */
class Line {
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: { data: string }) => void) | null} */
  onmessage = null;
  /** @type {((event: { code: number }) => void) | null} */
  onclose = null;
  readyState = 1;
  /** @type {any[]} */
  said = [];
  closed = false;
  /** @param {string} text */
  send(text) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  /** @param {object} event */
  tell(event) {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  ready(more = {}) {
    this.onopen?.();
    this.tell({ event_type: "ready", user_id: 1, epoch: "e", heartbeat_ms: 25_000, heads: {}, ...more });
  }
  /** @param {number} code */
  end(code) {
    this.onclose?.({ code });
  }
}

function setUp() {
  const clock = manualClock();
  const network = Object.assign(new Emitter(), { online: true });
  /** @type {Line[]} */
  const lines = [];
  /** @type {(string | undefined)[]} */
  const refused = [];
  const answers = { token: () => Promise.resolve(`token-${refused.length}`) };
  /** @type {number | undefined} */
  let sum;
  const link = new Link({
    clock,
    network,
    sum: () => sum,
    token({ other_than }) {
      refused.push(other_than);
      return answers.token();
    },
    connect() {
      const line = new Line();
      lines.push(line);
      return /** @type {any} */ (line);
    },
  });
  /** @type {string[]} */
  const stopped = [];
  link.on("stopped", (why) => stopped.push(why));
  const line = () => /** @type {Line} */ (lines.at(-1));
  const setSum = (/** @type {number} */ value) => {
    sum = value;
  };
  return { clock, network, link, lines, line, refused, stopped, answers, setSum };
}

/** A link that is online. */
async function online() {
  const all = setUp();
  all.link.start();
  await settled();
  all.line().ready();
  return all;
}

test("the token goes in the first frame, and `ready` makes it online", async () => {
  const { link, line } = setUp();
  link.start();
  await settled();
  assert.equal(link.view.state, "connecting");
  line().onopen?.();
  assert.deepEqual(line().said, [{ event_type: "auth", token: "token-1" }]);
  assert.equal(link.send({ event_type: "ping" }), false, "nothing is said before it is ready");
  line().ready();
  assert.deepEqual([link.view.state, link.view.lost_at], ["online", null]);
});

test("a lost line comes back after anything up to a bound that doubles, and never more than half a minute", async () => {
  const { clock, link, line, lines } = await online();
  await clock.turn(20_000);
  clock.chance = 0.999;
  line().end(1006);
  for (const bound of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    const before = lines.length;
    assert.equal(link.view.state, "waiting");
    assert.equal(link.view.retry_at, clock.now() + bound * 0.999);
    await clock.turn(bound);
    assert.equal(lines.length, before + 1, `${bound} ms`);
    line().end(1006);
  }
});

test("the wait is spread evenly, so that the clients of a node that died do not come back in step", async () => {
  for (const chance of [0, 0.25, 0.5, 0.75]) {
    const { clock, line, link } = await online();
    clock.chance = chance;
    line().end(1006);
    assert.equal((link.view.retry_at ?? 0) - clock.now(), chance * 1000);
  }
});

test("a connection that never lived long does not make the next try a first one", async () => {
  const { clock, line, link } = await online();
  clock.chance = 0.999;
  for (const bound of [1000, 2000, 4000, 8000]) {
    line().end(1006);
    assert.equal(link.view.retry_at, clock.now() + bound * 0.999);
    await clock.turn(bound);
    line().ready();
  }
  await clock.turn(10_000);
  line().end(1006);
  assert.equal(link.view.retry_at, clock.now() + 999);
});

test("connecting that leads nowhere is given up after ten seconds", async () => {
  const { clock, link, lines } = setUp();
  link.start();
  await clock.turn(10_000);
  assert.equal(link.view.state, "waiting");
  assert.ok(lines[0]?.closed);
});

test("an expired token is exchanged before coming back, a refused one too", async () => {
  for (const code of [4401, 4501, 4502]) {
    const { clock, line, refused, lines } = await online();
    line().end(code);
    await clock.turn(2000);
    assert.deepEqual([refused, lines.length], [[undefined, "token-1"], 2], `${code}`);
  }
});

test("a session that is over stops it", async () => {
  const { clock, line, link, answers, stopped } = await online();
  answers.token = () => Promise.reject(new Failure("unauthorized"));
  line().end(4502);
  await clock.turn(2000);
  assert.deepEqual([link.view.state, stopped], ["stopped", ["expired"]]);
});

test("no token for want of an answer is a try that failed, not the end of the session", async () => {
  const { clock, link, answers, stopped } = setUp();
  answers.token = () => Promise.reject(new Failure("network"));
  link.start();
  await settled();
  assert.deepEqual([link.view.state, stopped], ["waiting", []]);
  answers.token = () => Promise.reject(new Failure("too_fast", { retry_after_ms: 7000 }));
  await clock.turn(1000);
  assert.equal(link.view.retry_at && link.view.retry_at - clock.now() > 6000, true);
});

test("a closed account and a place that was taken stop it; who asks comes back all the same", async () => {
  const closed = await online();
  closed.line().end(4503);
  assert.deepEqual(closed.stopped, ["closed"]);
  const { line, link, stopped, lines } = await online();
  line().end(4504);
  assert.deepEqual([link.view.state, stopped], ["stopped", ["replaced"]]);
  link.retry();
  await settled();
  assert.equal(lines.length, 2);
});

test("who flooded comes back much later", async () => {
  const { clock, line, link } = await online();
  clock.chance = 0.999;
  line().end(4429);
  assert.equal((link.view.retry_at ?? 0) - clock.now(), 16_000 * 0.999);
});

test("a drain is followed to the moment, whether the gateway closes before it or not", async () => {
  for (const closes of [true, false]) {
    const { clock, line, lines } = await online();
    line().tell({ event_type: "drain", reconnect_in_ms: 12_500 });
    await clock.turn(5000);
    if (closes) {
      line().end(1012);
    }
    await clock.turn(7499);
    assert.equal(lines.length, 1);
    await clock.turn(1);
    assert.equal(lines.length, 2);
  }
});

test("the heartbeat pings, and any event answers it", async () => {
  const { clock, link, line, lines } = await online();
  await clock.turn(25_000);
  assert.deepEqual(line().said.at(-1), { event_type: "ping" });
  line().tell({ event_type: "presence", user_id: 2, status: "away" });
  await clock.turn(10_000);
  assert.deepEqual([lines.length, link.view.state], [1, "online"]);
  await clock.turn(15_000 + 10_000);
  assert.equal(link.view.state, "waiting");
  assert.ok(lines[0]?.closed);
});

test("asking a dead line again and again gains it no time", async () => {
  const { clock, link } = await online();
  for (let n = 0; n < 4; n += 1) {
    link.doubt();
    await clock.turn(1000);
  }
  assert.equal(link.view.state, "waiting", "four seconds after the first doubt");
  const often = setUp();
  often.link.start();
  await settled();
  often.line().ready({ heartbeat_ms: 2000 });
  await clock.turn(0);
  await often.clock.turn(2000 + 9999);
  assert.equal(often.link.view.state, "online");
  await often.clock.turn(1);
  assert.equal(often.link.view.state, "waiting", "ten seconds after the first ping");
});

test("doubt shortens a wait that is under way", async () => {
  const { clock, link } = await online();
  await clock.turn(25_000);
  link.doubt();
  await clock.turn(4000);
  assert.equal(link.view.state, "waiting");
});

test("the sum goes along about once a minute, and not while it cannot be told", async () => {
  const { clock, line, setSum } = await online();
  const sums = () =>
    line().said.filter(({ event_type, sum }) => event_type === "ping" && sum !== undefined).length;
  const live = async (/** @type {number} */ beats) => {
    for (let n = 0; n < beats; n += 1) {
      await clock.turn(25_000);
      line().tell({ event_type: "pong" });
    }
  };
  await live(4);
  assert.equal(sums(), 0);
  setSum(42);
  await live(1);
  assert.equal(sums(), 1);
  await live(12);
  assert.ok(sums() >= 5 && sums() <= 8, `${sums()} in five minutes more`);
});

test("a device that was without a network tries at once when it has one, and says so meanwhile", async () => {
  const { clock, network, link, line, lines } = await online();
  network.online = false;
  network.emit("change");
  assert.equal(link.view.state, "online", "what still works is not called offline");
  line().end(1006);
  assert.equal(link.view.state, "offline");
  clock.chance = 0.999;
  network.online = true;
  network.emit("change");
  await settled();
  assert.equal(lines.length, 2);
});

test("what an earlier line still says is not heard", async () => {
  const { clock, link, line, lines } = await online();
  const first = line();
  const late = first.onmessage;
  /** @type {string[]} */
  const heard = [];
  link.on("event", ({ event_type }) => heard.push(event_type));
  first.end(1006);
  await clock.turn(1000);
  line().ready();
  late?.({ data: JSON.stringify({ event_type: "pong" }) });
  assert.deepEqual([lines.length, heard], [2, ["ready"]]);
});

test("a frame that was too big is told of before coming back", async () => {
  const { line, link } = await online();
  let told = 0;
  link.on("too_big", () => {
    told += 1;
  });
  line().end(1009);
  assert.deepEqual([told, link.view.state], [1, "waiting"]);
});

test("a stopped link leaves nothing running", async () => {
  const { clock, link } = await online();
  link.stop();
  assert.equal(clock.waiting, 0);
});

test("a socket that is closing takes nothing, although it has not told yet", async () => {
  const { link, line } = await online();
  const said = line().said.length;
  line().readyState = 2;
  assert.equal(link.send({ event_type: "ping" }), false);
  assert.equal(line().said.length, said);
});
