// Coming back: to a window that one had left, to a group, to words that one had begun elsewhere.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

flow(
  "what came while one looked away begins at a line, and only what is seen counts as read",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says("before");
    await bob.opens(alice);
    await alice.seesItAs("before", "read");
    await bob.looksAway();
    for (let n = 1; n <= 40; n += 1) {
      await alice.says(`while away ${n}`);
    }
    await alice.isThrough();
    await eventually("all of it is unread", async () => (await bob.unread(alice)) === 40);
    await bob.looksAgain();
    await bob.messages.getByText("New messages").waitFor();
    assert.ok(await bob.bubble("while away 1").first().isVisible());
    await eventually("some of it is read", async () => (await bob.unread(alice)) < 40);
    assert.ok((await bob.unread(alice)) > 10, "what is further down has not been seen");
    await bob.page.getByRole("button", { name: /Jump to the newest/ }).click();
    await alice.seesItAs("while away 40", "read");
  },
);

flow("a group that one left and joined again shows what is said from then on", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.createsGroup("Lunch");
  const number = await alice.groupNumber();
  await bob.joinsGroup(number);
  await bob.says("first time");
  await bob.isThrough();
  await (await bob.membersPanel()).getByRole("button", { name: "Leave group" }).click();
  await bob.page.getByRole("dialog").getByRole("button", { name: "Leave", exact: true }).click();
  await alice.messages.getByText(/bob left/).waitFor();
  await alice.says("without bob");
  await alice.isThrough();
  await bob.joinsGroup(number);
  await alice.says("welcome back");
  await bob.sees("welcome back");
  assert.deepEqual(await bob.texts(), ["welcome back"]);
});

flow("words that are begun in two tabs do not get in each other's way", async ({ people }) => {
  const [alice, bob, carol] = await people("alice", "bob", "carol");
  for (const other of [bob, carol]) {
    await alice.finds(other);
    await alice.says("hello");
    await alice.isThrough();
  }
  const second = await alice.inAnotherTab();
  await alice.opens(bob);
  await alice.writes("a letter to bob");
  await second.opens(carol);
  await second.writes("a word to carol");
  await second.row("bob").getByText("a letter to bob").waitFor();
  await alice.row("carol").getByText("a word to carol").waitFor();
  await alice.reload();
  await alice.opens(carol);
  assert.equal(await alice.composer.inputValue(), "a word to carol");
  await alice.opens(bob);
  assert.equal(await alice.composer.inputValue(), "a letter to bob");
});

flow("a message whose tab is closed right at Enter is sent by the next one", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("hello");
  await bob.opens(alice);
  await bob.sees("hello");
  alice.network.cut();
  await alice.writes("and then");
  await alice.page.evaluate(() => {
    document
      .querySelector("textarea")
      ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    // Nothing that waits gets a turn any more.
    location.replace("about:blank");
  });
  await alice.page.waitForURL("about:blank");
  alice.network.heal();
  await alice.page.goto(alice.network.address);
  await bob.sees("and then");
  assert.deepEqual(await bob.texts(), ["hello", "and then"]);
});
