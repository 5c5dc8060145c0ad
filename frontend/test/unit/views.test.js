// @ts-check
// How conversations are kept on the list: at once here, soon on one's other devices, and right after any absence.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceName } from "../../src/lib/device.js";
import { clientOf, disk } from "./support/client.js";
import { manualClock, settled } from "./support/clock.js";
import { MiniServer } from "./support/server.js";

/** @typedef {import("../../src/state/types.js").Key} Key */
/** @typedef {{ client: import("../../src/state/client.js").Client }} Who */

const [ALICE, BOB, CAROL] = [1, 2, 3];

async function twoDevices() {
  const clock = manualClock();
  const server = new MiniServer(clock);
  server.append(BOB, { receiver_id: ALICE, content: "from bob" });
  await clock.turn(1000);
  server.append(CAROL, { receiver_id: ALICE, content: "from carol" });
  const kept = disk();
  const [desk, phone] = [clientOf(server, ALICE, kept), clientOf(server, ALICE)];
  await clock.turn(3000);
  return { clock, server, kept, desk, phone };
}

/** @param {Who} who */
const keys = ({ client }) => client.conversations.rows.map(({ key }) => key);
/** @param {Who} who @param {Key} key */
const row = ({ client }, key) => client.conversations.rows.find((one) => one.key === key);

test("what is pinned stands on top at once, on the other device soon, and after a restart before any answer", async () => {
  const { clock, server, kept, desk, phone } = await twoDevices();
  assert.deepEqual(keys(desk), ["u:3", "u:2"], "the premise: the newest is first");
  const done = desk.client.changeView("u:2", { pinned: true });
  assert.deepEqual(keys(desk), ["u:2", "u:3"]);
  await clock.turn(1000);
  await done;
  assert.deepEqual([keys(desk), keys(phone)], [keys(desk), ["u:2", "u:3"]]);
  await desk.client.stop();
  server.away = true;
  const again = clientOf(server, ALICE, kept);
  await settled();
  assert.deepEqual(keys(again), ["u:2", "u:3"]);
});

test("what is refused is taken back, and said", async () => {
  const { clock, server, desk } = await twoDevices();
  server.away = true;
  const refused = assert.rejects(desk.client.changeView("u:2", { muted: true }), { code: "network" });
  assert.equal(row(desk, "u:2")?.muted, true);
  await clock.turn(1000);
  await refused;
  assert.equal(row(desk, "u:2")?.muted, false);
});

test("a device that was away has it right once it is back, also without a message", async () => {
  const { clock, server, desk, phone } = await twoDevices();
  server.faults.lose = 2;
  desk.client.changeView("u:2", { pinned: true });
  await clock.turn(1000);
  assert.equal(row(phone, "u:2")?.pinned, false, "the premise: the event was lost");
  server.faults.lose = 0;
  phone.socket().end(1006);
  await clock.turn(30_000);
  assert.equal(row(phone, "u:2")?.pinned, true);
});

test("a hidden conversation comes back with the next entry, whatever order the news come in", async () => {
  const { clock, server, desk, phone } = await twoDevices();
  desk.client.changeView("u:2", { hidden: true });
  assert.deepEqual(keys(desk), ["u:3"]);
  await clock.turn(1000);
  assert.deepEqual(keys(phone), ["u:3"]);
  server.append(BOB, { receiver_id: ALICE, content: "are you there?" });
  await clock.turn(1000);
  assert.deepEqual([keys(desk), keys(phone)], [["u:2", "u:3"], keys(desk)]);
});

test("what was written while it was being hidden is not hidden with it", async () => {
  const { clock, server, desk } = await twoDevices();
  server.faults.lose = 2;
  server.append(BOB, { receiver_id: ALICE, content: "unseen" });
  server.faults.lose = 0;
  desk.client.changeView("u:2", { hidden: true });
  await clock.turn(1000);
  const fresh = clientOf(server, ALICE);
  await clock.turn(3000);
  assert.ok(keys(fresh).includes("u:2"));
});

test("a mark stands until the conversation is opened on any device", async () => {
  const { clock, desk, phone } = await twoDevices();
  await Promise.all([desk.client.markRead("u:2"), clock.turn(3000)]);
  assert.deepEqual([row(desk, "u:2")?.unread, row(phone, "u:2")?.unread], [0, 0]);
  desk.client.changeView("u:2", { marked_unread: true });
  await clock.turn(1000);
  assert.deepEqual([row(desk, "u:2")?.marked_unread, row(phone, "u:2")?.marked_unread], [true, true]);
  phone.client.open("u:2");
  await clock.turn(1000);
  assert.deepEqual([row(desk, "u:2")?.marked_unread, row(phone, "u:2")?.marked_unread], [false, false]);
});

test("all is read at one press, on both devices", async () => {
  const { clock, desk, phone } = await twoDevices();
  assert.equal(row(phone, "u:3")?.unread, 1, "the premise");
  desk.client.markAllRead();
  await clock.turn(5000);
  for (const who of [desk, phone]) {
    assert.deepEqual(
      who.client.conversations.rows.map(({ unread }) => unread),
      [0, 0],
    );
  }
});

test("a device is named by what people know it by, and by its own words otherwise", () => {
  const chrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
  assert.equal(deviceName(chrome), "Chrome · Linux");
  assert.equal(deviceName(`${chrome} Edg/140.0`), "Edge · Linux");
  assert.equal(deviceName("Phone/1.0"), "Phone/1.0");
  assert.equal(deviceName(""), "");
});
