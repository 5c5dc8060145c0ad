// Two builds of the page served side by side behind a proxy that takes turns, as while nodes are updated one by one.

import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { BINARY, Cluster } from "../support/cluster.js";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

const built = dirname(BINARY);
const BINARIES = await mkdtemp(join(tmpdir(), "imtt-e2e-builds-"));
after(() => rm(BINARIES, { recursive: true }));

// The second api is of another build than the first.
await symlink(join(built, "gateway"), join(BINARIES, "gateway"));
await writeFile(
  join(BINARIES, "api"),
  `#!/bin/sh
[ "$NODE_NAME" = api-2 ] && exec "${built}/examples/another_build" "$@"
exec "${built}/api" "$@"
`,
);
await chmod(join(BINARIES, "api"), 0o755);

/** Which builds the pages are of that one is given. @param {string} address */
async function builds(address) {
  const pages = Array.from({ length: 8 }, async () => (await fetch(address)).text());
  return new Set((await Promise.all(pages)).map((text) => /\/b\/(\w+)\/main\.js/.exec(text)?.[1]));
}

flow(
  "whichever build the page is of, and whichever node is asked for its files, the client works",
  async ({ person, server }) => {
    await eventually("both builds are served", async () => (await builds(server.address)).size === 2);
    const [alice, bob, carol] = [await person("alice"), await person("bob"), await person("carol")];
    for (const each of [alice, bob, carol]) {
      await each.register();
    }
    await alice.finds(bob);
    await alice.says("from whichever build");
    await bob.opens(alice);
    await bob.sees("from whichever build");
    // As often as it takes to have had both.
    const seen = new Set();
    await eventually("carol has had both builds", async () => {
      await carol.reload();
      await carol.isIn();
      seen.add(await carol.page.evaluate(() => document.scripts[0].src.split("/")[4]));
      return seen.size === 2;
    });
    assert.deepEqual(seen, await builds(server.address));
  },
  { on: Cluster, variables: { BINARIES } },
);
