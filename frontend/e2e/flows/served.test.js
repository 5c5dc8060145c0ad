// How the page comes: everything from its own server, all modules at once, and from the cache the second time; and how
// much of it is our own.

import assert from "node:assert/strict";
import { flow } from "../support/flow.js";

flow("the page asks its own server only, and for its files once", async ({ person, server }) => {
  const alice = await person("alice");
  await alice.isOut();
  const files = await loaded(alice.page);
  assert.ok(files.length > 20, "the premise: they are many");
  for (const file of files) {
    assert.ok(file.name.startsWith(`${alice.network.address}/`), file.name);
  }
  // Named by the page, a module does not wait until another one that imports it was read.
  const page = await (await fetch(server.address)).text();
  const modules = files.filter((file) => file.name.endsWith(".js"));
  const named = modules.filter((file) => page.includes(`"${new URL(file.name).pathname}"`));
  const late = modules.filter((file) => !named.includes(file)).map((file) => file.name);
  assert.deepEqual(late, []);

  await alice.reload();
  await alice.isOut();
  const again = await loaded(alice.page);
  assert.deepEqual(
    again.filter((file) => file.bytes > 0 && file.name.includes("/b/")),
    [],
    "nothing of the build is asked for again",
  );
});

flow(
  "a page that is opened while nothing answers comes up by itself when something does",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says("before");
    await alice.isThrough();
    await alice.page.route(/\/api\//, (route) => route.abort());
    await alice.reload();
    await alice.isOffline();
    await alice.page.unroute(/\/api\//);
    await alice.isOnline();
    await alice.opens(bob);
    await alice.sees("before");
    await alice.says("after");
    await alice.isThrough();
  },
);

flow("what a first visit loads of our own scripts stays small", async ({ people }) => {
  const [alice] = await people("alice");
  const own = (await loaded(alice.page)).filter(
    ({ name }) => name.endsWith(".js") && !name.includes("/vendor/"),
  );
  const size = own.reduce((sum, { unpacked }) => sum + unpacked, 0);
  assert.ok(own.length > 100, "the premise: they are many");
  assert.ok(size < 300_000, `${size} bytes`);
});

/** @param {import("playwright-core").Page} page */
function loaded(page) {
  return page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((entry) => /** @type {PerformanceResourceTiming} */ (entry))
      .filter((entry) => !entry.name.includes("/api/"))
      .map((entry) => ({ name: entry.name, bytes: entry.transferSize, unpacked: entry.decodedBodySize })),
  );
}
