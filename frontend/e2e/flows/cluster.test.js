// Two people on a cluster, while its processes are killed one after the other. Whichever it is, they go on talking, and
// in the end both have every message once, in one order.

import assert from "node:assert/strict";
import { Account } from "../support/api.js";
import { Cluster, PROCESSES } from "../support/cluster.js";
import { flow } from "../support/flow.js";

flow(
  "whichever process of a cluster is killed, the conversation goes on and loses nothing",
  async ({ people, server }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says("begin");
    await bob.opens(alice);
    await bob.sees("begin");
    const said = ["begin"];
    for (const name of PROCESSES) {
      const killed = server.kill(name);
      await alice.says(`without ${name}`);
      await bob.sees(`without ${name}`);
      await bob.says(`after ${name}`);
      await alice.sees(`after ${name}`);
      await killed;
      await alice.isThrough();
      await bob.isThrough();
      said.push(`without ${name}`, `after ${name}`);
    }
    await alice.isOnline();
    await bob.isOnline();
    assert.deepEqual(await alice.texts(), said);
    assert.deepEqual(await bob.texts(), said);
    const account = await Account.of(server, alice);
    const other = await Account.of(server, bob);
    assert.deepEqual(await account.texts(`receiver_id=${other.user.id}`), said, "and so does the database");
  },
  { on: Cluster },
);
