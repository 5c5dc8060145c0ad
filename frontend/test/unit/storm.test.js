// @ts-check
// Everything at once: people who write, read, scroll, close tabs and open them again, over a bus and lines that fail. When
// it is over, every tab holds the server's log, each entry once and in order, and says how much of it is unread.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, disk } from "./support/client.js";
import { manualClock } from "./support/clock.js";
import { MiniServer } from "./support/server.js";

/** @typedef {import("../../src/state/types.js").Key} Key */
/** @typedef {ReturnType<typeof clientOf>} Tab */

const [ALICE, BOB, CAROL] = [1, 2, 3];
/** How many storms of each kind are tried; a longer search: `STORMS=1000 node --test test/unit/storm.test.js`. */
const SEEDS = Number(process.env.STORMS ?? 25);

/** @param {number} seed */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test("three people, a group and pairs, over a bus and lines that fail: all end with the server's log, each entry once", async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    await storm(seed);
  }
});

/** @param {number} seed */
async function storm(seed) {
  const random = chance(seed);
  const clock = manualClock();
  clock.random = random;
  const server = new MiniServer(clock, random).group(5, [ALICE, BOB, CAROL]);
  const people = [ALICE, BOB, CAROL].map((user) => ({ user, ...clientOf(server, user) }));
  await clock.turn(3000);
  for (const { client } of people) {
    client.open("g:5");
  }
  Object.assign(server.faults, { lose: 0.15, repeat: 0.1, delay: 0.3, cut: 0.05, refuse: 0.1 });
  const written = 60;
  for (let step = 1; step <= written; step += 1) {
    const who = people[Math.floor(random() * 3)];
    const to = [ALICE, BOB, CAROL].filter((user) => user !== who?.user)[Math.floor(random() * 2)];
    who?.client.send(random() < 0.7 ? "g:5" : `u:${to}`, `${step}`);
    if (random() < 0.1) {
      people[Math.floor(random() * 3)]?.socket()?.end(1006);
    }
    await clock.turn(Math.floor(random() * 1500));
  }
  Object.assign(server.faults, { lose: 0, repeat: 0, delay: 0, cut: 0, refuse: 0 });
  await clock.turn(180_000);
  const stored = [...server.conversations.values()];
  assert.equal(
    stored.reduce((sum, { entries }) => sum + entries.length, 0),
    written,
    `seed ${seed}: each message is stored once`,
  );
  for (const { user, client } of people) {
    assert.equal(client.unsent, 0, `seed ${seed}: nothing is left unsent`);
    for (const { pair: two, entries } of stored.filter(({ joined }) => joined.has(user))) {
      const key = /** @type {Key} */ (two ? `u:${two.find((one) => one !== user)}` : "g:5");
      client.open(key);
      await clock.turn(1000);
      assert.deepEqual(
        client.log(key).entries.map(({ seq, content }) => `${seq} ${content}`),
        entries.map(({ seq, content }) => `${seq} ${content}`),
        `seed ${seed}: ${user} in ${key}`,
      );
    }
    await client.stop();
  }
}

test("one person in several tabs that open, close, scroll and read: each tab ends with the truth", async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    await tabs(seed);
  }
});

const KEYS = /** @type {Key[]} */ (["u:1", "u:3", "g:5"]);

/** @param {number} seed */
async function tabs(seed) {
  const random = chance(seed);
  const upto = (/** @type {number} */ most) => Math.floor(random() * most);
  const clock = manualClock();
  clock.random = random;
  const server = new MiniServer(clock, random).group(5, [ALICE, BOB]);
  const kept = disk();
  /** @type {Map<Key, string[]>} */
  const written = new Map(KEYS.map((key) => [key, []]));
  let open = [clientOf(server, BOB, kept)];
  Object.assign(server.faults, { lose: 0.1, repeat: 0.05, delay: 0.2, cut: 0.05, refuse: 0.1 });
  await clock.turn(2000);

  /** What can happen, and how likely it is. @type {[number, (tab: Tab, key: Key, step: number) => unknown][]} */
  const events = [
    [25, (_, key) => others_write(server, key, random() < 0.1 ? 520 : 1 + upto(60))],
    [15, ({ client }, key) => client.open(key)],
    [10, ({ client }) => client.current && client.loadOlder(client.current)],
    [5, ({ client }) => client.current && fill(client, client.current)],
    [15, ({ client }, key, step) => write(client, key, `own ${step}`)],
    [5, ({ sockets }) => sockets.at(-1)?.end(1006)],
    [3, () => leave(server, !server.away)],
    [6, (tab) => reopen(tab)],
    [4, () => open.length < 2 && open.push(clientOf(server, BOB, kept))],
    [7, ({ client }) => client.current && client.seen(client.current, client.log(client.current).have)],
    [5, ({ client }) => client.close()],
  ];
  const sum = events.reduce((all, [weight]) => all + weight, 0);

  /** @param {number} at */
  function chosen(at) {
    let passed = 0;
    for (const [weight, event] of events) {
      passed += weight;
      if (at < passed) {
        return event;
      }
    }
    throw new RangeError(`${at} of ${sum}`);
  }

  /** @param {Tab["client"]} client @param {Key} key @param {string} text */
  function write(client, key, text) {
    client.send(key, text);
    written.get(key)?.push(text);
  }

  /** @param {Tab} tab */
  async function reopen(tab) {
    await tab.client.stop();
    open = [...open.filter((one) => one !== tab), clientOf(server, BOB, kept)];
  }

  for (let step = 0; step < 40; step += 1) {
    const tab = /** @type {Tab} */ (open[upto(open.length)]);
    const key = /** @type {Key} */ (KEYS[upto(KEYS.length)]);
    await Promise.race([chosen(random() * sum)(tab, key, step), undefined]);
    await clock.turn(upto(random() < 0.2 ? 20_000 : 600));
  }
  leave(server, false);
  Object.assign(server.faults, { lose: 0, repeat: 0, delay: 0, cut: 0, refuse: 0 });
  await clock.turn(240_000);
  for (const { client } of open) {
    for (const key of KEYS) {
      check(server, client, key, written.get(key) ?? [], `seed ${seed}, ${key}`);
    }
    await client.stop();
  }
  assert.equal(kept.drafts.size, 0, `seed ${seed}: no draft is left on the disk`);
}

/** @param {MiniServer} server @param {Key} key @param {number} count */
function others_write(server, key, count) {
  const [who, target] = key === "u:3" ? [CAROL, { receiver_id: BOB }] : [ALICE, { receiver_id: BOB }];
  for (let n = 0; n < count; n += 1) {
    server.append(who, { ...(key === "g:5" ? { group_id: 5 } : target), content: `theirs ${n}` });
  }
}

/** @param {Tab["client"]} client @param {Key} key */
function fill(client, key) {
  for (const hole of client.log(key).holes) {
    client.fillHole(key, hole);
  }
}

/** @param {MiniServer} server @param {boolean} away */
function leave(server, away) {
  server.away = away;
  for (const socket of away ? [...server.sockets] : []) {
    socket.end(1006);
  }
}

/** @param {MiniServer} server @param {Tab["client"]} client @param {Key} key @param {string[]} written @param {string} where */
function check(server, client, key, written, where) {
  const target = key === "g:5" ? { group_id: 5 } : { receiver_id: Number(key.slice(2)) };
  const stored = server.place(BOB, target);
  const truth = stored?.entries ?? [];
  const own = truth.filter(({ sender_id }) => sender_id === BOB).map(({ content }) => content);
  assert.deepEqual(own.sort(), written.sort(), `${where}: what was written is stored once`);
  const view = client.log(key);
  assert.deepEqual(view.drafts, [], `${where}: nothing is left unsent`);
  assert.equal(view.have, truth.length, `${where}: nothing is missing at the end`);
  const broken = view.entries.filter(
    ({ seq }, at) => at > 0 && seq !== (view.entries[at - 1]?.seq ?? 0) + 1 && !view.holes.has(seq),
  );
  assert.deepEqual(broken, [], `${where}: no silent gap, nothing twice, nothing out of order`);
  const row = client.conversations.rows.find((one) => one.key === key);
  if (truth.length === 0) {
    return;
  }
  const unread = truth.filter(({ seq, sender_id }) => seq > view.read_seq && sender_id !== BOB).length;
  assert.equal(row?.unread, Math.min(100, unread), `${where}: unread`);
  assert.equal(row?.last && "seq" in row.last && row.last.seq, truth.length, `${where}: the row's last line`);
  assert.equal(view.read_seq, stored?.reads.get(BOB) ?? 0, `${where}: how far one has read`);
}
