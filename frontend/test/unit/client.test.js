// @ts-check
// The client's side of "nothing is missing, nothing is doubled, nothing is out of order", over a server that misbehaves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Composers } from "../../src/state/composers.js";
import { clientOf, disk } from "./support/client.js";
import { manualClock, settled } from "./support/clock.js";
import { HEARTBEAT, MiniServer } from "./support/server.js";

/** @typedef {import("../../src/state/types.js").Key} Key */

const [ALICE, BOB] = [1, 2];

async function pair() {
  const clock = manualClock();
  const server = new MiniServer(clock);
  const [alice, bob] = [clientOf(server, ALICE), clientOf(server, BOB)];
  await clock.turn(2000);
  alice.client.open(`u:${BOB}`);
  bob.client.open(`u:${ALICE}`);
  await clock.turn(1000);
  return { clock, server, alice, bob };
}

/** @param {{ client: import("../../src/state/client.js").Client }} who @param {Key} key */
const said = ({ client }, key) => client.log(key).entries.map(({ content }) => content);
/** @param {{ client: import("../../src/state/client.js").Client }} who @param {Key} key */
const unsent = ({ client }, key) => client.log(key).drafts.map(({ content, state }) => `${content} ${state}`);

test("a message is in the log of both once it is acknowledged, and no draft is left", async () => {
  const { clock, alice, bob } = await pair();
  alice.client.send("u:2", "hi");
  assert.deepEqual(unsent(alice, "u:2"), ["hi pending"]);
  await clock.turn(100);
  assert.deepEqual([said(alice, "u:2"), unsent(alice, "u:2")], [["hi"], []]);
  assert.deepEqual(said(bob, "u:1"), ["hi"]);
});

test("an entry that the bus lost is fetched when the next one comes, after a moment for the one that was overtaken", async () => {
  const { clock, server, alice, bob } = await pair();
  alice.client.send("u:2", "first");
  await clock.turn(100);
  server.faults.lose = 2;
  alice.client.send("u:2", "lost");
  await clock.turn(100);
  server.faults.lose = 0;
  alice.client.send("u:2", "heard");
  await clock.turn(200);
  assert.deepEqual(said(bob, "u:1"), ["first"], "what is beyond the hole is not shown before it");
  await clock.turn(600);
  assert.deepEqual(said(bob, "u:1"), ["first", "lost", "heard"]);
});

test("an entry that was merely overtaken costs no request", async () => {
  const { clock, server, alice, bob } = await pair();
  server.append(ALICE, { receiver_id: BOB, content: "first" });
  await clock.turn(600);
  const late = server.append.bind(server);
  const socket = bob.socket();
  socket.deaf = true;
  const overtaken = late(ALICE, { receiver_id: BOB, content: "overtaken" });
  socket.deaf = false;
  late(ALICE, { receiver_id: BOB, content: "faster" });
  const asked = server.asked.length;
  await clock.turn(250);
  server.publish(overtaken);
  await clock.turn(2000);
  assert.deepEqual(said(bob, "u:1"), ["first", "overtaken", "faster"]);
  assert.equal(server.asked.slice(asked).filter((call) => call.includes("messages")).length, 0);
  assert.ok(alice);
});

test("the loss of the very last entry comes to light by the sum within a minute or so", async () => {
  const { clock, server, alice, bob } = await pair();
  alice.client.send("u:2", "first");
  await clock.turn(5000);
  server.faults.lose = 2;
  server.append(ALICE, { receiver_id: BOB, content: "last" });
  server.faults.lose = 0;
  await clock.turn(1000);
  assert.deepEqual(said(bob, "u:1"), ["first"]);
  await clock.turn(60_000 + HEARTBEAT);
  assert.deepEqual(said(bob, "u:1"), ["first", "last"]);
});

test("what came while the line was dead is there after it, and what was written meanwhile is sent once", async () => {
  const { clock, server, alice, bob } = await pair();
  server.away = true;
  bob.socket().end(1006);
  await clock.turn(30_000);
  assert.equal(bob.client.link.state, "waiting");
  bob.client.send("u:1", "from bob");
  server.append(ALICE, { receiver_id: BOB, content: "from alice" });
  await clock.turn(5000);
  assert.deepEqual(unsent(bob, "u:1"), ["from bob pending"]);
  server.away = false;
  await clock.turn(40_000);
  assert.deepEqual(said(bob, "u:1"), ["from alice", "from bob"]);
  assert.deepEqual(said(alice, "u:2"), ["from alice", "from bob"]);
  assert.deepEqual(unsent(bob, "u:1"), []);
});

test("an ack that got lost does not double the message", async () => {
  const { clock, server, alice, bob } = await pair();
  server.faults.cut = 2;
  alice.client.send("u:2", "once");
  await clock.turn(100);
  server.faults.cut = 0;
  await clock.turn(10_000);
  assert.deepEqual([said(alice, "u:2"), said(bob, "u:1"), unsent(alice, "u:2")], [["once"], ["once"], []]);
});

test("a line that says nothing is dead ten seconds after the ping, and sooner when somebody looks", async () => {
  const { clock, alice } = await pair();
  const first = alice.socket();
  first.deaf = true;
  await clock.turn(HEARTBEAT + 10_000);
  await clock.turn(1100);
  assert.notEqual(alice.socket(), first);
  const second = alice.socket();
  second.deaf = true;
  alice.client.lookedAt();
  await clock.turn(4000);
  await clock.turn(4000);
  assert.notEqual(alice.socket(), second);
  assert.equal(alice.client.link.state, "online");
});

test("what is written after somebody looked at the page again goes out on the line that there is", async () => {
  const { clock, alice, bob } = await pair();
  alice.client.lookedAt();
  await clock.turn(1000);
  assert.equal(alice.client.link.state, "online", "the premise: the line lives");
  alice.client.send("u:2", "after a look");
  await clock.turn(1000);
  assert.deepEqual([said(bob, "u:1"), unsent(alice, "u:2")], [["after a look"], []]);
  assert.equal(alice.sockets.length, 1);
});

test("a message without an answer makes the line doubtful before any ping does", async () => {
  const { clock, alice } = await pair();
  const first = alice.socket();
  first.deaf = true;
  alice.client.send("u:2", "hello?");
  await clock.turn(10_000 + 4000 + 1100);
  assert.notEqual(alice.socket(), first);
  assert.deepEqual([said(alice, "u:2"), unsent(alice, "u:2")], [["hello?"], []]);
});

test("a page that is opened again shows what was kept, catches up, and sends what was not sent", async () => {
  const { clock, server, alice, bob } = await pair();
  alice.client.send("u:2", "before");
  await clock.turn(1000);
  server.away = true;
  bob.socket().end(1006);
  bob.client.send("u:1", "unsent");
  bob.client.setDraftText("u:1", "half a sen");
  await clock.turn(1000);
  await bob.client.stop();
  server.append(ALICE, { receiver_id: BOB, content: "meanwhile" });
  const again = clientOf(server, BOB, bob.kept);
  await settled();
  again.client.open("u:1");
  await settled();
  assert.deepEqual(said(again, "u:1"), ["before"]);
  assert.deepEqual(unsent(again, "u:1"), ["unsent pending"]);
  assert.equal(again.client.draftText("u:1"), "half a sen");
  assert.equal(again.client.conversations.rows[0]?.key, "u:1");
  server.away = false;
  await clock.turn(60_000);
  assert.deepEqual(said(again, "u:1"), ["before", "meanwhile", "unsent"]);
  assert.deepEqual(said(alice, "u:2"), ["before", "meanwhile", "unsent"]);
  assert.equal(again.kept.drafts.size, 0);
});

test("another epoch drops what was held and keeps what was written", async () => {
  const { clock, server, alice } = await pair();
  alice.client.send("u:2", "of the first database");
  await clock.turn(1000);
  server.epoch = "two";
  server.conversations.clear();
  server.away = true;
  alice.socket().end(1006);
  alice.client.send("u:2", "unsent");
  await clock.turn(1000);
  server.away = false;
  await clock.turn(60_000);
  assert.deepEqual([said(alice, "u:2"), unsent(alice, "u:2")], [["unsent"], []]);
  const kept = await alice.kept.cache.load();
  assert.deepEqual([kept.epoch, alice.kept.drafts.size], ["two", 0]);
});

test("who is far behind gets the newest page first, and the rest where somebody scrolls to", async () => {
  const { clock, server, bob } = await pair();
  server.append(ALICE, { receiver_id: BOB, content: "1" });
  await clock.turn(100);
  server.away = true;
  bob.socket().end(1006);
  for (let n = 2; n <= 700; n += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `${n}` });
  }
  server.away = false;
  await clock.turn(60_000);
  const view = bob.client.log("u:1");
  assert.deepEqual([view.entries.length, view.have, [...view.holes]], [51, 700, [651]]);
  for (let hole = view.holes.values().next().value; hole; hole = view.holes.values().next().value) {
    const filled = bob.client.fillHole("u:1", Number(hole));
    await clock.turn(1000);
    await filled;
  }
  const all = Array.from({ length: 700 }, (_, at) => `${at + 1}`);
  assert.deepEqual(said(bob, "u:1"), all);
});

test("history comes page by page, down to the first entry", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  for (let n = 1; n <= 120; n += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `${n}` });
  }
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  bob.client.open("u:1");
  await clock.turn(1000);
  assert.equal(said(bob, "u:1").length, 50);
  for (const expected of [100, 120]) {
    const older = bob.client.loadOlder("u:1");
    await clock.turn(1000);
    await older;
    assert.equal(said(bob, "u:1").length, expected);
  }
  assert.equal(bob.client.log("u:1").older, "end");
  assert.deepEqual(said(bob, "u:1").slice(0, 2), ["1", "2"]);
});

test("unread counts others' messages, moves with what is seen, and is told to the server", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  for (const content of ["a", "b", "c"]) {
    server.append(ALICE, { receiver_id: BOB, content });
  }
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  const unread = () => bob.client.conversations.rows[0]?.unread;
  assert.equal(unread(), 3);
  server.append(ALICE, { receiver_id: BOB, content: "d" });
  await clock.turn(100);
  assert.equal(unread(), 4);
  bob.client.open("u:1");
  await clock.turn(1000);
  assert.equal(unread(), 4, "opening is not seeing");
  bob.client.seen("u:1", 3);
  assert.equal(unread(), 1);
  bob.client.seen("u:1", 99);
  await clock.turn(1000);
  assert.equal(unread(), 0);
  assert.equal([...server.conversations.values()][0]?.reads.get(BOB), 4);
});

test("what is unread is known to the next page too, also of what came live", async () => {
  const { clock, server, bob } = await pair();
  bob.client.close();
  server.append(ALICE, { receiver_id: BOB, content: "one" });
  server.append(ALICE, { receiver_id: BOB, content: "two" });
  await clock.turn(1000);
  const second = clientOf(server, BOB, bob.kept);
  await clock.turn(5000);
  assert.deepEqual(
    [bob, second].map(({ client }) => client.conversations.rows[0]?.unread),
    [2, 2],
  );
});

test("a cursor that another device moved is counted from, where the entries are not held here", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  for (const content of ["a", "b", "c", "d"]) {
    server.append(ALICE, { receiver_id: BOB, content });
  }
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  const stored = [...server.conversations.values()][0];
  stored?.reads.set(BOB, 3);
  bob.socket().tell({ event_type: "read", user_id: BOB, conversation_id: stored?.id, seq: 3 });
  await clock.turn(5000);
  assert.equal(bob.client.conversations.rows[0]?.unread, 1);
  assert.equal(bob.client.log("u:1").read_elsewhere, 3);
  bob.client.open("u:1");
  await clock.turn(1000);
  bob.client.seen("u:1", 4);
  await clock.turn(1000);
  assert.equal(stored?.reads.get(BOB), 4);
  const { read_seq, read_elsewhere } = bob.client.log("u:1");
  assert.deepEqual([read_seq, read_elsewhere], [4, 3], "one's own cursor, told back, is nobody else's");
});

test("a cursor that did not reach the server is told again by the next connection", async () => {
  const { clock, server, alice, bob } = await pair();
  alice.client.send("u:2", "see?");
  await clock.turn(1000);
  server.away = true;
  bob.client.seen("u:1", 1);
  await clock.turn(1000);
  bob.socket().end(1006);
  server.away = false;
  await clock.turn(30_000);
  assert.equal([...server.conversations.values()][0]?.reads.get(BOB), 1);
});

test("who left a group loses it everywhere, and late news of it does not bring it back", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE, BOB]);
  server.append(ALICE, { group_id: 5, content: "welcome" });
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  bob.client.open("g:5");
  await clock.turn(1000);
  const leaving = bob.client.groups.leave(5);
  await clock.turn(1000);
  await leaving;
  assert.deepEqual([bob.client.log("g:5").state, bob.client.conversations.rows.length], ["gone", 0]);
  const late = server.append(ALICE, { group_id: 5, content: "late" });
  const { id: message_id, sender_id: user_id, ...same } = late;
  bob.socket().tell({ event_type: "message", message_id, user_id, ...same });
  await clock.turn(5000);
  assert.equal(bob.client.conversations.rows.length, 0);
  server.join(BOB, 5);
  server.append(ALICE, { group_id: 5, content: "again" });
  await clock.turn(5000);
  bob.client.close();
  bob.client.open("g:5");
  await clock.turn(2000);
  assert.deepEqual(said(bob, "g:5").slice(1), ["again"]);
  assert.equal(bob.client.log("g:5").state, "ready");
});

test("a removal that nobody told of shows at the next `ready`", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE, BOB]);
  server.append(ALICE, { group_id: 5, content: "welcome" });
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  assert.equal(bob.client.conversations.rows.length, 1);
  server.conversations.get("g:5")?.joined.delete(BOB);
  bob.socket().end(1012);
  await clock.turn(5000);
  assert.equal(bob.client.conversations.rows.length, 0);
});

test("a draft that the server refuses fails with its reason and can be thrown away", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE]);
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  bob.client.open("g:5");
  const { client_message_id } = bob.client.send("g:5", "let me in");
  await clock.turn(1000);
  assert.deepEqual(unsent(bob, "g:5"), ["let me in failed"]);
  bob.client.discard(client_message_id);
  assert.deepEqual(unsent(bob, "g:5"), []);
});

test("too much is refused before it is sent, and nothing that would cost the connection goes out", async () => {
  const { clock, alice } = await pair();
  assert.throws(() => alice.client.send("u:2", "x".repeat(16_385)), { code: "content_too_long" });
  assert.throws(() => alice.client.send("u:2", " \n "), { code: "content_empty" });
  // Each of these takes one byte of UTF-8 and six on the wire.
  alice.client.send("u:2", `a${"\u0001".repeat(16_000)}b`);
  await clock.turn(100);
  assert.equal(alice.client.log("u:2").drafts[0]?.state, "failed");
  assert.ok(alice.socket().said.every((/** @type {any} */ event) => event.event_type !== "message"));
});

test("the drafts of a tab that was closed go out by another one", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  const kept = disk();
  const other = clientOf(server, BOB, kept);
  await clock.turn(2000);
  server.away = true;
  const closed = clientOf(server, BOB, kept);
  closed.client.send("u:1", "from the closed tab");
  await clock.turn(1000);
  await closed.client.stop();
  server.away = false;
  await other.client.adopt();
  await clock.turn(20_000);
  assert.deepEqual([...server.conversations.values()][0]?.entries.length, 1);
  assert.equal(kept.drafts.size, 0);
});

test("typing goes by itself, and at once when the message is there", async () => {
  const { clock, server, alice, bob } = await pair();
  bob.socket().tell({ event_type: "typing", user_id: ALICE });
  await clock.turn(1000);
  assert.deepEqual(
    bob.client.typists("u:1").map(({ id }) => id),
    [ALICE],
  );
  alice.client.send("u:2", "done");
  await clock.turn(100);
  assert.deepEqual(bob.client.typists("u:1"), []);
  bob.socket().tell({ event_type: "typing", user_id: ALICE });
  await clock.turn(5000);
  assert.deepEqual(bob.client.typists("u:1"), []);
  assert.ok(server);
});

/** @param {{ client: import("../../src/state/client.js").Client }} who @param {Key} key */
function gaps({ client }, key) {
  const { entries, holes } = client.log(key);
  return entries.filter(
    ({ seq }, at) => at > 0 && seq !== (entries[at - 1]?.seq ?? 0) + 1 && !holes.has(seq),
  );
}

test("a page of history that comes after the conversation was left leaves no silent gap", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  for (let n = 1; n <= 400; n += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `${n}` });
  }
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  bob.client.open("u:1");
  await clock.turn(1000);
  while (said(bob, "u:1").length < 250) {
    bob.client.loadOlder("u:1");
    await clock.turn(1000);
  }
  bob.client.loadOlder("u:1");
  await settled();
  // Leaving it trims it, while the page is on its way.
  bob.client.open("u:3");
  await clock.turn(1000);
  bob.client.open("u:1");
  await clock.turn(1000);
  assert.deepEqual(gaps(bob, "u:1"), []);
});

test("history that was asked for before a jump does not land beyond it", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  for (let n = 1; n <= 20; n += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `${n}` });
  }
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  await bob.client.stop();
  for (let n = 21; n <= 900; n += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `${n}` });
  }
  // The history's answer is slower than `ready` and the newest page.
  let slow = true;
  server.random = () => (slow ? 0.999 : 0);
  const again = clientOf(server, BOB, bob.kept);
  await settled();
  again.client.open("u:1");
  await settled();
  slow = false;
  await clock.turn(5000);
  assert.deepEqual(gaps(again, "u:1"), []);
  assert.equal(again.client.log("u:1").have, 900);
});

test("a group that is shown, left and joined again shows its messages, whether it is opened again or not", async () => {
  for (const opens of [true, false]) {
    const clock = manualClock();
    const server = new MiniServer(clock).group(5, [ALICE, BOB]);
    server.append(ALICE, { group_id: 5, content: "welcome" });
    const bob = clientOf(server, BOB);
    await clock.turn(3000);
    bob.client.open("g:5");
    await clock.turn(1000);
    const leaving = bob.client.groups.leave(5);
    await clock.turn(1000);
    await leaving;
    server.join(BOB, 5);
    server.append(ALICE, { group_id: 5, content: "again" });
    await clock.turn(5000);
    if (opens) {
      bob.client.open("g:5");
    }
    await clock.turn(5000);
    assert.deepEqual([bob.client.log("g:5").state, said(bob, "g:5").at(-1)], ["ready", "again"]);
  }
});

test("a start with many conversations that were never opened asks for one list, not for each", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  const people = Array.from({ length: 100 }, (_, at) => 10 + at);
  const all_say = (/** @type {string} */ content) => {
    for (const user of people) {
      server.append(user, { receiver_id: BOB, content });
    }
  };
  all_say("hi");
  const bob = clientOf(server, BOB);
  await clock.turn(5000);
  all_say("live");
  await clock.turn(1000);
  await bob.client.stop();
  all_say("news");
  const before = server.asked.length;
  const again = clientOf(server, BOB, bob.kept);
  await clock.turn(60_000);
  const asked = server.asked.slice(before);
  assert.deepEqual(
    ["conversations", "messages"].map((what) => asked.filter((call) => call.includes(what)).length),
    [1, 0],
  );
  const { rows } = again.client.conversations;
  assert.deepEqual([rows.length, rows[0]?.unread, rows[0]?.last?.content], [100, 3, "news"]);
});

test("a tab that is still in the old epoch does not spoil the new one's cache", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock);
  for (let n = 1; n <= 30; n += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `old ${n}` });
  }
  const kept = disk();
  const [first, second] = [clientOf(server, BOB, kept), clientOf(server, BOB, kept)];
  await clock.turn(3000);
  second.client.open("u:1");
  await clock.turn(3000);
  // Restored from a copy of ten entries. One tab has heard of it, the other waits for its next try.
  server.epoch = "two";
  [...server.conversations.values()][0]?.entries.splice(10);
  server.away = true;
  second.socket().end(1012);
  await clock.turn(9000);
  assert.equal(second.client.link.state, "waiting");
  server.away = false;
  first.socket().end(1012);
  first.client.retryNow();
  await clock.turn(900);
  assert.equal(second.client.link.state, "waiting");
  second.client.seen("u:1", 30);
  await second.client.stop();
  const stored = await kept.cache.load();
  assert.deepEqual([stored.epoch, stored.conversations.map(({ have }) => have)], ["two", [10]]);
});

test("a restore that nobody announced is noticed by a head below what is held", async () => {
  const { clock, server, alice, bob } = await pair();
  for (let n = 1; n <= 30; n += 1) {
    server.append(ALICE, { receiver_id: BOB, content: `${n}` });
  }
  await clock.turn(3000);
  [...server.conversations.values()][0]?.entries.splice(10);
  bob.socket().end(1006);
  alice.socket().end(1006);
  await clock.turn(5000);
  bob.client.send("u:1", "after it");
  await clock.turn(5000);
  const expected = [...Array.from({ length: 10 }, (_, at) => `${at + 1}`), "after it"];
  assert.deepEqual([said(bob, "u:1"), said(alice, "u:2")], [expected, expected]);
});

test("a conversation whose first page failed still hears what comes, and counts it", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE]);
  server.append(ALICE, { group_id: 5, content: "welcome" });
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  server.join(BOB, 5);
  server.faults.refuse = 2;
  bob.client.open("g:5");
  await clock.turn(1000);
  assert.equal(bob.client.log("g:5").state, "error");
  bob.client.open("u:3");
  server.faults.refuse = 0;
  await clock.turn(5000);
  server.append(ALICE, { group_id: 5, content: "can you hear me" });
  await clock.turn(5000);
  const row = bob.client.conversations.rows.find(({ key }) => key === "g:5");
  assert.deepEqual([row?.unread, row?.last?.content], [1, "can you hear me"]);
});

test("a draft that was thrown away in one tab is gone in the other", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE]);
  const kept = disk();
  const [first, second] = [clientOf(server, BOB, kept), clientOf(server, BOB, kept)];
  await clock.turn(3000);
  const { client_message_id } = first.client.send("g:5", "refused");
  await clock.turn(1000);
  second.client.adopt();
  await clock.turn(1000);
  assert.deepEqual(unsent(second, "g:5"), ["refused failed"]);
  first.client.discard(client_message_id);
  await clock.turn(1000);
  assert.deepEqual([unsent(first, "g:5"), unsent(second, "g:5")], [[], []]);
});

test("tabs do not put back each other's unsent words", async () => {
  const clock = manualClock();
  const { composers: store } = disk();
  const [first, second] = [new Composers({ clock, store }), new Composers({ clock, store })];
  first.write("u:1", "a long letter");
  await clock.turn(400);
  second.write("u:2", "hm");
  await clock.turn(400);
  first.write("u:1", "");
  second.write("u:2", "hm, no");
  await clock.turn(400);
  const next = new Composers({ clock, store });
  assert.deepEqual([next.text("u:1"), next.text("u:2")], ["", "hm, no"]);
});

test("whoever was found is watched once one talks with them, since only then the server tells of them", async () => {
  const { clock, alice, bob } = await pair();
  alice.client.showing([BOB]);
  const watched = () =>
    alice.socket().said.filter((/** @type {any} */ event) => event.event_type === "watch").length;
  const before = watched();
  alice.client.send("u:2", "hi");
  await clock.turn(1000);
  assert.equal(watched(), before + 1);
  alice.client.send("u:2", "again");
  bob.client.send("u:1", "hi");
  await clock.turn(1000);
  assert.equal(watched(), before + 1, "nothing new: the same people");
});

test("what was kept may be old: names are asked for again, once", async () => {
  const { clock, server, alice, bob } = await pair();
  alice.client.send("u:2", "hi");
  await clock.turn(1000);
  await bob.client.stop();
  const before = server.asked.length;
  const again = clientOf(server, BOB, bob.kept);
  await clock.turn(60_000);
  assert.equal(server.asked.slice(before).filter((call) => call === "GET /api/conversations").length, 1);
  assert.ok(again);
});

test("a group that one left and joined again while this client was away begins anew", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE, BOB]);
  for (let n = 1; n <= 30; n += 1) {
    server.append(ALICE, { group_id: 5, content: `${n}` });
  }
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  bob.client.open("g:5");
  await clock.turn(3000);
  await bob.client.stop();
  server.leave(BOB, 5);
  server.append(ALICE, { group_id: 5, content: "behind bob's back" });
  server.join(BOB, 5);
  server.append(ALICE, { group_id: 5, content: "welcome back" });
  const again = clientOf(server, BOB, bob.kept);
  await clock.turn(5000);
  again.client.open("g:5");
  await clock.turn(5000);
  assert.deepEqual(said(again, "g:5").slice(1), ["welcome back"]);
  assert.equal(again.client.conversations.rows[0]?.unread, 1);
});

test("heads that are older than a page that was fetched meanwhile throw nothing away", async () => {
  const { clock, server, alice, bob } = await pair();
  alice.client.send("u:2", "one");
  await clock.turn(1000);
  const old = server.heads(BOB);
  alice.client.send("u:2", "two");
  await clock.turn(1000);
  bob.socket().tell({ ...bob.socket().ready(), heads: old });
  await settled();
  assert.deepEqual(said(bob, "u:1"), ["one", "two"]);
  await clock.turn(5000);
  assert.deepEqual([said(bob, "u:1"), bob.client.log("u:1").state], [["one", "two"], "ready"]);
});

test("how an earlier membership ended, told again by the bus, does not end the present one", async () => {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE, BOB]);
  server.append(ALICE, { group_id: 5, content: "welcome" });
  server.leave(BOB, 5);
  const [left] = server.conversations.get("g:5")?.entries.slice(-1) ?? [];
  server.join(BOB, 5);
  const bob = clientOf(server, BOB);
  await clock.turn(3000);
  assert.equal(bob.client.conversations.rows.length, 1);
  const { id: message_id, sender_id: user_id, ...same } = /** @type {any} */ (left);
  bob.socket().tell({ event_type: "message", message_id, user_id, ...same });
  await clock.turn(1000);
  assert.equal(bob.client.conversations.rows.length, 1);
});

test("a group that was made while the connection was looked up is not lost by it", async () => {
  const { clock, server, bob } = await pair();
  const heads = server.heads(BOB);
  server.group(5, [BOB]);
  server.append(BOB, { group_id: 5, content: "mine" });
  await clock.turn(3000);
  assert.equal(bob.client.conversations.rows.length, 1);
  bob.client.open("g:5");
  bob.socket().tell({ ...bob.socket().ready(), heads });
  await clock.turn(5000);
  assert.deepEqual([bob.client.log("g:5").state, bob.client.conversations.rows.length], ["ready", 1]);
});

test("what one deleted for oneself stays deleted, for the next page too, and is not kept", async () => {
  const { clock, server, alice, bob } = await pair();
  for (const text of ["one", "two", "three"]) {
    alice.client.send("u:2", text);
    await clock.turn(200);
  }
  bob.client.deleteForMe("u:1", [3]);
  assert.deepEqual([...bob.client.log("u:1").deleted], [3]);
  const last = () => bob.client.conversations.rows[0]?.last;
  assert.equal(last()?.content, "two", "the list does not say it either");
  await bob.client.stop();
  const kept = await bob.kept.cache.before(bob.client.log("u:1").entries[0]?.conversation_id ?? 0, 4, 50);
  assert.deepEqual(
    kept.map(({ content }) => content),
    ["one", "two", ""],
  );

  const again = clientOf(server, BOB, bob.kept);
  await clock.turn(2000);
  again.client.open("u:1");
  await clock.turn(1000);
  alice.client.send("u:2", "four");
  await clock.turn(1000);
  const { entries, deleted } = again.client.log("u:1");
  assert.deepEqual(
    entries.filter(({ seq }) => !deleted.has(seq)).map(({ content }) => content),
    ["one", "two", "four"],
  );
  assert.deepEqual([...deleted], [3]);
  assert.deepEqual(said(alice, "u:2"), ["one", "two", "three", "four"], "others keep it");
});
