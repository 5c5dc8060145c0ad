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

flow("what one tab deleted for oneself goes from the other too, without a reload", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("to stay");
  await alice.says("to go");
  await alice.isThrough();
  const other = await alice.inAnotherTab();
  await other.isIn();
  await other.opens(bob);
  await other.sees("to go");
  await alice.bubble("to go").getByText("to go").click({ button: "right" });
  await alice.page.getByRole("menuitem", { name: "Delete for me" }).click();
  await alice.dialog("Delete this message for you?").getByRole("button", { name: "Delete" }).click();
  await eventually("both have one", async () => {
    const both = [await alice.texts(), await other.texts()];
    return String(both) === "to stay,to stay";
  });
  await other.row("bob").getByText("to stay").first().waitFor();
});
