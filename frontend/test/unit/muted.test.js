// @ts-check
// Who is muted in a group is told until when, also while looking at it, and may write again by themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mutedUntil } from "../../src/view/conversation/composer.js";
import { clientOf } from "./support/client.js";
import { manualClock } from "./support/clock.js";
import { MiniServer } from "./support/server.js";

const [ALICE, BOB] = [1, 2];

async function inAGroup() {
  const clock = manualClock();
  const server = new MiniServer(clock).group(5, [ALICE, BOB]);
  server.append(ALICE, { group_id: 5, content: "hello" });
  const bob = clientOf(server, BOB);
  await clock.turn(5000);
  bob.client.open("g:5");
  await clock.turn(5000);
  const until = () => mutedUntil(bob.client.log("g:5"), clock.now());
  return { clock, server, bob, until };
}

test("a message that is refused because one is muted brings until when, and it ends by itself", async () => {
  const { clock, server, bob, until } = await inAGroup();
  assert.equal(until(), 0, "the premise");
  const end = clock.now() + 3_600_000;
  server.muted.set(BOB, new Date(end).toISOString());
  bob.client.send("g:5", "may I?");
  await clock.turn(10_000);
  assert.equal(bob.client.log("g:5").drafts[0]?.code, "muted", "what was written is kept, with its reason");
  assert.equal(until(), end);
  await clock.turn(3_600_000);
  assert.equal(until(), 0);
});

test("what was taken back is known when the group is opened again", async () => {
  const { clock, server, bob, until } = await inAGroup();
  server.muted.set(BOB, new Date(clock.now() + 3_600_000).toISOString());
  bob.client.reloadConversations();
  await clock.turn(10_000);
  assert.ok(until() > 0, "the premise");
  server.muted.delete(BOB);
  bob.client.close();
  bob.client.open("g:5");
  await clock.turn(10_000);
  assert.equal(until(), 0);
});

test("whoever is no member any more is told that, and not that they are muted", () => {
  const view = { group: { muted_until: new Date(2000).toISOString() }, state: "gone" };
  assert.equal(mutedUntil(/** @type {any} */ (view), 1000), 0);
  assert.equal(mutedUntil(/** @type {any} */ ({ ...view, state: "ready" }), 1000), 2000);
});
