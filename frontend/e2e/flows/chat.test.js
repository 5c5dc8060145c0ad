// Two people, from nothing to a conversation.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { agreed } from "../support/log.js";

flow("two people register and chat both ways", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("hi bob");
  await alice.seesItAs("hi bob", "sent");

  await bob.opens(alice);
  await bob.sees("hi bob");
  await alice.seesItAs("hi bob", "read");
  await bob.says("hi alice");
  await alice.sees("hi alice");

  await alice.says("two\nlines");
  await bob.sees("two\nlines");
  assert.deepEqual(agreed(await bob.log()), ["1 hi bob", "2 hi alice", "3 two\nlines"]);
  assert.deepEqual(agreed(await alice.log()), agreed(await bob.log()));
  assert.deepEqual(
    (await bob.log()).map((entry) => entry.from),
    ["them", "me", "them"],
  );
});

flow("a message stands in the log at once, before the server has it", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("first");
  await alice.isThrough();
  alice.network.hang();
  await alice.composer.fill("second");
  // Nothing is waited for but the page's own drawing, whatever that takes on this machine.
  const frames = await alice.page.evaluate(async () => {
    const log = /** @type {HTMLElement} */ (document.querySelector('[role="log"]'));
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
    );
    let count = 0;
    while (!log.textContent?.includes("second")) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      count += 1;
    }
    return count;
  });
  assert.ok(frames <= 2, `shown after ${frames} frames`);
  await alice.seesItAs("second", "pending");
  alice.network.heal();
  await alice.isThrough();
});

flow("who is typing is shown, and for how long they do", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("hello");
  await bob.opens(alice);
  await bob.composer.pressSequentially("I am wri");
  const typing = alice.page.getByRole("main").getByText(/typing/i);
  await typing.first().waitFor({ state: "visible" });
  await bob.composer.press("Enter");
  await alice.sees("I am wri");
  await eventually("nobody types any more", async () => !(await typing.first().isVisible()));
});
