// What counts as read: what somebody really looked at.

import assert from "node:assert/strict";
import { Account } from "../support/api.js";
import { eventually, pause } from "../support/eventually.js";
import { flow } from "../support/flow.js";

flow("a message in an open conversation is unread until somebody looks at the window", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("hello");
  await bob.opens(alice);
  await bob.sees("hello");
  await alice.seesItAs("hello", "read");

  await bob.looksAway();
  await alice.says("are you there?");
  await bob.sees("are you there?");
  await eventually("it counts as unread", async () => (await bob.unread(alice)) === 1);
  await eventually("the title says so", async () => (await bob.page.title()).includes("1"));
  // That it stays so is the point.
  await pause(700);
  assert.equal((await alice.log()).at(-1)?.state, "sent");
  assert.equal(await bob.unread(alice), 1);

  await bob.looksAgain();
  await alice.seesItAs("are you there?", "read");
  await eventually("nothing is unread", async () => (await bob.unread(alice)) === 0);
});

flow("a closed conversation counts what comes, and says so in the list", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  for (const text of ["one", "two", "three"]) {
    await alice.says(text);
  }
  await alice.isThrough();
  await eventually("three are unread", async () => (await bob.unread(alice)) === 3);
  await bob.row("alice").getByText("three").first().waitFor();
  assert.equal((await alice.log()).at(-1)?.state, "sent");
  await bob.opens(alice);
  await alice.seesItAs("three", "read");
  await eventually("none is", async () => (await bob.unread(alice)) === 0);
});

flow("what turns out to have been read on another device is not shown as new", async ({ people, server }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("hello");
  await bob.opens(alice);
  await alice.seesItAs("hello", "read");
  const carol = await Account.registered(server, "carol");
  await bob.finds({ name: carol.user.username });
  const [alices, bobs] = [await Account.of(server, alice), await Account.of(server, bob)];
  for (let number = 1; number <= 60; number += 1) {
    await alices.sends(`number ${number}`, { receiver_id: bobs.user.id });
  }
  await eventually("they are counted", async () => (await bob.unread(alice)) === 60);
  bob.network.cut();
  await bob.isOffline();
  await bobs.calls("POST", "/api/conversations/read");
  await bob.opens(alice);
  const line = bob.messages.getByText("New messages");
  await line.waitFor();
  const isAtEnd = () =>
    bob.messages.evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop < 1);
  assert.equal(await isAtEnd(), false, "the premise: it is shown from the line on");
  bob.network.heal();
  await line.waitFor({ state: "detached" });
  await eventually("the newest is shown", isAtEnd);
  await eventually("nothing is unread", async () => (await bob.unread(alice)) === 0);
});
