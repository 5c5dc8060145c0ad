// What comes into the composer from elsewhere: pasted, or dropped.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { flow, SCRATCH } from "../support/flow.js";

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
    await bob.opens(alice);
    const lines = "two\n\tthree 🎉\nhttps://example.org/a?b=c&d=%20#e";
    await alice.writes("one [] four");
    await alice.composer.press("Home");
    for (let steps = 0; steps < "one [".length; steps += 1) {
      await alice.composer.press("ArrowRight");
    }
    await copied(alice.page, {
      "text/html": "<h1 onclick='x'>two</h1><b>three</b>",
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

flow("a file that is dropped does not take the page's place", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.writes("half a thought");
  const file = join(SCRATCH, "dropped.html");
  await writeFile(file, "<title>Elsewhere</title>");
  const input = await alice.context.newCDPSession(alice.page);
  for (const place of [alice.messages, alice.composer]) {
    const box = await place.boundingBox();
    assert.ok(box);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"])) {
      await input.send("Input.dispatchDragEvent", { type, ...at, data });
    }
    assert.equal(await alice.composer.inputValue(), "half a thought");
  }
  await alice.composer.press("Enter");
  await alice.seesItAs("half a thought", "sent");
});
