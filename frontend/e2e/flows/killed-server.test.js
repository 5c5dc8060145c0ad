// The server loses its power in the middle of a sentence.

import assert from "node:assert/strict";
import { Account } from "../support/api.js";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { agreed } from "../support/log.js";

const COUNT = 15;

flow(
  "a server that is killed in the middle of a burst loses, doubles and swaps nothing",
  async ({ people, server }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says("begin");
    await bob.opens(alice);
    await bob.sees("begin");

    const burst = async (/** @type {typeof alice} */ person) => {
      for (let number = 1; number <= COUNT; number += 1) {
        await person.says(`${person.name} ${number}`);
      }
    };
    const both = Promise.all([burst(alice), burst(bob)]);
    await eventually(
      "some are through",
      async () => (await alice.log()).filter((entry) => entry.seq).length > 5,
    );
    await server.kill();
    await alice.isOffline();
    // Soon, or the next try is further away than anybody waits here.
    await server.start();
    await both;

    for (const person of [alice, bob]) {
      for (const name of ["alice", "bob"]) {
        await person.sees(`${name} ${COUNT}`);
      }
      await person.isThrough();
    }
    await eventually(
      "both show the same",
      async () => `${agreed(await alice.log())}` === `${agreed(await bob.log())}`,
      { found: async () => [agreed(await alice.log()), agreed(await bob.log())] },
    );
    const texts = await alice.texts();
    const account = await Account.of(server, alice);
    const other = await Account.of(server, bob);
    assert.deepEqual(await account.texts(`receiver_id=${other.user.id}`), texts, "and so does the database");
    assert.equal(new Set(texts).size, 2 * COUNT + 1, "each once");
    assert.equal(texts.length, 2 * COUNT + 1);
    for (const name of ["alice", "bob"]) {
      const own = texts.filter((text) => text.startsWith(name));
      assert.deepEqual(
        own,
        Array.from({ length: COUNT }, (_, index) => `${name} ${index + 1}`),
        "in its order",
      );
    }
  },
);

flow("a planned restart passes with nothing but a word about it", async ({ people, server }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("before");
  await bob.opens(alice);
  await bob.sees("before");
  await server.stop();
  await alice.says("between");
  await server.start();
  await bob.sees("between");
  await alice.isThrough();
  await alice.isOnline();
  assert.deepEqual(await alice.texts(), ["before", "between"]);
});
