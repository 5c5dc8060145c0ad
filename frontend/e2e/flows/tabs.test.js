// One person with two tabs.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { agreed } from "../support/log.js";

flow("two tabs of one person agree", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("from the first tab");
  await alice.isThrough();
  const second = await alice.inAnotherTab();
  await second.isIn();
  await second.opens(bob);
  await second.sees("from the first tab");

  await second.says("from the second tab");
  await alice.seesItAs("from the second tab", "sent");
  await bob.opens(alice);
  await bob.says("seen both");
  await alice.sees("seen both");
  await second.sees("seen both");
  await alice.seesItAs("from the second tab", "read");
  await second.seesItAs("from the first tab", "read");
  await alice.says("good");
  await second.sees("good");
  await bob.sees("good");
  await alice.isThrough();
  assert.deepEqual(agreed(await second.log()), agreed(await alice.log()));
  assert.deepEqual(agreed(await bob.log()), agreed(await alice.log()));
});

flow("what one tab has read is read in the other", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("one");
  await alice.isThrough();
  const other = await bob.inAnotherTab();
  await other.isIn();
  await eventually("the other tab counts it", async () => (await other.unread(alice)) === 1, {
    found: () => other.page.locator("body").ariaSnapshot(),
  });
  await bob.opens(alice);
  await bob.sees("one");
  await eventually("the other tab counts nothing", async () => (await other.unread(alice)) === 0);
});
