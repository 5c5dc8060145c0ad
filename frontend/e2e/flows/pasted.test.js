// What comes into the composer from elsewhere: pasted, or dropped.

import assert from "node:assert/strict";
import { flow } from "../support/flow.js";

/** What somebody copied in another program. @param {import("playwright-core").Page} page @param {Record<string, string>} kinds */
async function copied(page, kinds) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(async (given) => {
    const blobs = Object.entries(given).map(([type, text]) => [type, new Blob([text], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  }, kinds);
}

flow(
  "what is pasted is its text, with its lines, where one stands; links can be pressed",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await bob.finds(alice);
    const lines = "two\n\tthree 🎉\nhttps://example.org/a?b=c&d=%20#e";
    await alice.writes("one [] four");
    await alice.composer.press("Home");
    for (let steps = 0; steps < "one [".length; steps += 1) {
      await alice.composer.press("ArrowRight");
    }
    await copied(alice.page, {
      "text/html": "<h1>two</h1><b>three</b>",
      "text/plain": lines,
    });
    await alice.composer.press("Control+V");
    assert.equal(await alice.composer.inputValue(), `one [${lines}] four`);
    await alice.composer.press("Control+Z");
    assert.equal(await alice.composer.inputValue(), "one [] four", "it can be taken back");
    await alice.composer.press("Control+Shift+Z");
    await alice.composer.press("Enter");
    const link = bob.messages.getByRole("link", { name: "example.org" });
    assert.equal(await link.getAttribute("href"), "https://example.org/a?b=c&d=%20#e");
  },
);

flow(
  "a file or a link that is dropped does not take the page's place; text goes where one writes",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    // Whether the browser does with it what it does by itself.
    const takes = (/** @type {import("playwright-core").Locator} */ place, /** @type {string} */ kind) =>
      place.evaluate((node, dropped) => {
        const dataTransfer = new DataTransfer();
        if (dropped === "file") {
          dataTransfer.items.add(new File(["<title>Elsewhere</title>"], "page.html"));
        } else {
          dataTransfer.setData(dropped === "link" ? "text/uri-list" : "text/plain", "https://example.org");
        }
        const taken = ["dragover", "drop"].map((type) =>
          node.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer })),
        );
        return taken.join();
      }, kind);
    const seen = [];
    for (const place of [alice.messages, alice.composer]) {
      for (const kind of ["file", "link", "text"]) {
        seen.push(await takes(place, kind));
      }
    }
    const [never, always] = ["false,false", "true,true"];
    assert.deepEqual(seen, [never, never, never, never, always, always]);
  },
);
