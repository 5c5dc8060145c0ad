// The client as an app: it can be installed, and opens when nothing answers, with what was kept.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

/** @param {import("playwright-core").Page} page */
function workerIsReady(page) {
  return page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    return active?.scriptURL;
  });
}

/** Everything that the worker keeps. @param {import("playwright-core").Page} page */
function kept(page) {
  return page.evaluate(async () => {
    const names = await caches.keys();
    const all = names.map(async (name) =>
      (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname),
    );
    return (await Promise.all(all)).flat();
  });
}

flow(
  "the page opens while the server is down, with what was kept, and goes on when it is back",
  async (world) => {
    const alice = await world.person("alice", { worker: true });
    await alice.register();
    const [bob] = await world.people("bob");
    await alice.finds(bob);
    await alice.says("before the power failed");
    await alice.isThrough();
    assert.equal(await workerIsReady(alice.page), `${alice.network.address}/sw.js`);
    await eventually("the shell is kept", async () => (await kept(alice.page)).length > 20);

    await world.server.kill();
    await alice.isOffline();
    await alice.reload();
    await alice.isIn();
    await alice.isOffline();
    await alice.opens(bob);
    await alice.sees("before the power failed");
    await alice.page.keyboard.press("Control+Shift+F");
    await alice.page.keyboard.type("power");
    await alice
      .dialog("Search all messages")
      .getByRole("option", { name: "before the power failed" })
      .waitFor();
    await alice.page.keyboard.press("Escape");
    await alice.says("written in the dark");
    await alice.seesItAs("written in the dark", "pending");

    await world.server.start();
    await alice.isOnline();
    await alice.seesItAs("written in the dark", "sent");
    const paths = await kept(alice.page);
    assert.deepEqual(
      paths.filter((path) => path !== "/" && !path.startsWith("/b/")),
      [],
      "nothing but the shell, and never what the API said",
    );
    assert.equal(
      new Set(paths.filter((path) => path !== "/").map((path) => path.split("/")[2])).size,
      1,
      "one build",
    );
  },
);

flow("everything that a browser wants of an app is there", async ({ person }) => {
  const alice = await person("alice", { worker: true });
  const found = await alice.page.evaluate(async () => {
    const link = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=manifest]"));
    const manifest = await (await fetch(link.href)).json();
    const sizes = manifest.icons.map(async (/** @type {{ src: string, sizes: string }} */ icon) => {
      const image = new Image();
      image.src = new URL(icon.src, link.href).href;
      await image.decode();
      return icon.sizes === "any" || icon.sizes === `${image.naturalWidth}x${image.naturalHeight}`;
    });
    return {
      ...manifest,
      right: await Promise.all(sizes),
      scope: new URL(manifest.scope, link.href).pathname,
    };
  });
  assert.deepEqual(
    [found.id, found.start_url, found.scope, found.display, found.right],
    ["/", "/", "/", "standalone", [true, true, true, true]],
  );
  assert.ok(found.icons.some((/** @type {{ purpose?: string }} */ icon) => icon.purpose === "maskable"));
  const client = await alice.context.newCDPSession(alice.page);
  const { installabilityErrors } = await client.send("Page.getInstallabilityErrors");
  assert.deepEqual(
    installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"),
    [],
  );
});
