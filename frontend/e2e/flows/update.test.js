// The server is updated while a page is open.

import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

flow(
  "an open page learns that there is a newer one, and loads it without losing what is unsent",
  async (world) => {
    const [alice, bob] = await world.people("alice", "bob");
    await alice.finds(bob);
    await alice.says("before the update");
    await alice.isThrough();
    await alice.writes("half a sentence");
    // Another build: files of this one are gone, which is all that a page can see of it.
    const gone = /\/b\/[^/]+\//;
    await alice.page.route(gone, (route) => route.fulfill({ status: 404, body: "{}" }));
    await world.server.stop();
    await world.server.start();
    await alice.isOnline();
    await alice.page.getByRole("status").filter({ hasText: "A newer version is here." }).waitFor();

    await alice.page.unroute(gone);
    await alice.page.getByRole("button", { name: "Reload" }).click();
    await alice.page.getByRole("button", { name: "Reload" }).waitFor({ state: "hidden" });
    await alice.isIn();
    await alice.opens(bob);
    await eventually(
      "the draft is there",
      async () => (await alice.composer.inputValue()) === "half a sentence",
    );
  },
);
