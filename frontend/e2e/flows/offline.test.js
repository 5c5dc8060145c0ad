// A network that goes, in the ways that networks go.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { agreed } from "../support/log.js";

/**
 * @param {import("../support/person.js").Person} alice
 * @param {import("../support/person.js").Person} bob
 */
async function talking(alice, bob) {
  await alice.finds(bob);
  await alice.says("hello");
  await bob.opens(alice);
  await bob.sees("hello");
  await alice.isThrough();
}

/**
 * @param {import("../support/person.js").Person} alice
 * @param {import("../support/person.js").Person} bob
 * @param {string[]} said  What both must have, in whatever order the server gave it.
 */
async function agree(alice, bob, said) {
  for (const person of [alice, bob]) {
    for (const text of said) {
      await person.sees(text);
    }
    await person.isThrough();
  }
  await eventually(
    "both show the same",
    async () => `${agreed(await alice.log())}` === `${agreed(await bob.log())}`,
  );
  assert.deepEqual([...(await alice.texts())].sort(), [...said].sort());
}

flow("both write while the network is cut, and end with the same, once", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await talking(alice, bob);
  alice.network.cut();
  bob.network.cut();
  await alice.isOffline();
  await bob.isOffline();
  for (const number of [1, 2, 3]) {
    await alice.says(`alice ${number}`);
    await bob.says(`bob ${number}`);
  }
  await alice.seesItAs("alice 3", "pending");
  alice.network.heal();
  bob.network.heal();
  await agree(alice, bob, ["hello", "alice 1", "alice 2", "alice 3", "bob 1", "bob 2", "bob 3"]);
  for (const [person, name] of /** @type {const} */ ([
    [alice, "alice"],
    [bob, "bob"],
  ])) {
    const own = (await person.texts()).filter((text) => text.startsWith(name));
    assert.deepEqual(own, [`${name} 1`, `${name} 2`, `${name} 3`], "one's own stay in order");
  }
  await alice.isOnline();
  await bob.isOnline();
});

flow(
  "the device's own word about its network is shown, and back online everything is caught up",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await talking(alice, bob);
    await bob.context.setOffline(true);
    bob.network.cut();
    await bob.page
      .getByRole("status")
      .filter({ hasText: /offline/i })
      .first()
      .waitFor();
    await alice.says("can you hear me?");
    await alice.isThrough();
    await bob.says("from the tunnel");
    bob.network.heal();
    await bob.context.setOffline(false);
    await agree(alice, bob, ["hello", "can you hear me?", "from the tunnel"]);
  },
);

flow(
  "a line that is silently dead is noticed, and what was said on it arrives once",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await talking(alice, bob);
    alice.network.hang();
    await alice.says("into the void");
    await alice.seesItAs("into the void", "pending");
    await eventually("the dead line is noticed", async () => (await alice.banner.count()) > 0, {
      limit: 40_000,
    });
    alice.network.heal();
    await agree(alice, bob, ["hello", "into the void"]);
  },
  // The client pings as often as the server asks it to.
  { variables: { HEARTBEAT_MS: "2000" } },
);

flow("what was lost from the end of the conversation is caught up after the way back", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await talking(alice, bob);
  bob.network.cut();
  await bob.isOffline();
  const many = Array.from({ length: 70 }, (_, index) => `while bob slept ${index + 1}`);
  for (const text of many) {
    await alice.says(text);
  }
  await alice.isThrough();
  bob.network.heal();
  await bob.sees(/** @type {string} */ (many.at(-1)));
  await eventually("nothing is missing in bob's log", async () => {
    const texts = await bob.texts();
    return texts.slice(-70).join() === many.join();
  });
});
