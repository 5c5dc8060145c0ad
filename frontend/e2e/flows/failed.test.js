// What the server refuses stands there as failed, and can be tried again.

import assert from "node:assert/strict";
import { flow } from "../support/flow.js";

const LONG = "This sentence is longer than the server takes at first.";

flow(
  "a message that is refused fails visibly, and goes when it is tried again",
  async ({ people, server }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says("short");
    await alice.isThrough();
    await alice.says(LONG);
    await alice.seesItAs(LONG, "failed");

    // It is still there after a reload, and does not go by itself.
    await alice.reload();
    await alice.opens(bob);
    await alice.seesItAs(LONG, "failed");

    await server.stop();
    server.variables = {};
    await server.start();
    await alice.isOnline();
    await alice.bubble(LONG).getByRole("button", { name: "Retry" }).click();
    await alice.seesItAs(LONG, "sent");
    await bob.opens(alice);
    await bob.sees(LONG);
    assert.deepEqual(await bob.texts(), ["short", LONG]);
  },
  { variables: { MAX_CONTENT_BYTES: "20" } },
);

flow(
  "a message that failed can be given up",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says(LONG);
    await alice.seesItAs(LONG, "failed");
    await alice.bubble(LONG).getByRole("button", { name: "Discard" }).click();
    await alice.bubble(LONG).waitFor({ state: "detached" });
    await alice.says("short");
    await alice.seesItAs("short", "sent");
    await alice.reload();
    await alice.opens(bob);
    await alice.sees("short");
    assert.deepEqual(await alice.texts(), ["short"]);
  },
  { variables: { MAX_CONTENT_BYTES: "20" } },
);
