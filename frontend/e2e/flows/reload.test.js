// A page that is loaded again is where it was.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { isKept } from "../support/stores.js";

flow("a reload keeps the session, the conversation and what was not sent yet", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("hi bob");
  await alice.isThrough();
  await alice.writes("not finis");
  await alice.composer.press("h");
  await alice.reload();
  await alice.isIn();
  await alice.opens(bob);
  await alice.sees("hi bob");
  await eventually(
    "the draft is there again",
    async () => (await alice.composer.inputValue()) === "not finish",
  );
  // Nothing of it was sent.
  await bob.opens(alice);
  await bob.sees("hi bob");
  assert.deepEqual(await bob.texts(), ["hi bob"]);
});

flow("the first conversation shows from the cache before the network answers", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("kept");
  await alice.isThrough();
  await isKept(alice, "kept");
  // The files come from the browser's cache, and the API never answers.
  await alice.page.route(/\/api\//, () => {});
  await alice.reload();
  await alice.row(bob.name).click();
  await alice.sees("kept");
});

flow("a message that waits for the network survives a reload and is sent once", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("before");
  await alice.isThrough();
  await bob.opens(alice);
  await bob.sees("before");

  await alice.page.route(/\/api\//, (route) => route.abort());
  alice.network.cut();
  await alice.isOffline();
  await alice.says("while away");
  await alice.seesItAs("while away", "pending");
  alice.network.heal();
  await alice.reload();
  await alice.row(bob.name).click();
  await alice.seesItAs("while away", "pending");
  await alice.page.unroute(/\/api\//);
  await bob.sees("while away");
  await alice.isThrough();
  assert.deepEqual(await bob.texts(), ["before", "while away"]);
  assert.deepEqual(await alice.texts(), ["before", "while away"]);
});
