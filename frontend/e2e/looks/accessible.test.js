// Every state of the page in both themes, and some on a phone: axe finds no violation, and every text can be read.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { STATES } from "../../test/gallery/states.js";
import { violations } from "../support/axe.js";
import { launchBrowser } from "../support/browser.js";
import { contrast } from "../support/contrast.js";
import { Gallery, THEMES } from "../support/gallery.js";

const PHONE = { width: 400, height: 720 };

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Gallery} */
let gallery;

before(async () => {
  browser = await launchBrowser();
  gallery = await Gallery.opened(browser);
});

after(async () => {
  await gallery?.close();
  await browser?.close();
});

for (const theme of THEMES) {
  for (const state of STATES) {
    test(`${state} in ${theme} has no violation, and can be read`, async () => {
      const page = await gallery.show(state, { theme });
      assert.deepEqual(await violations(page), []);
      const { texts, weak } = await contrast(page);
      assert.deepEqual(weak, []);
      assert.ok(texts > 0 || state === "starting", "the premise: there is text");
    });
  }
}

test("on a phone there is no violation either", async () => {
  for (const state of ["login", "list", "conversation", "conversation-members", "settings"]) {
    const page = await gallery.show(state, { theme: "light", size: PHONE });
    assert.deepEqual(await violations(page), [], state);
  }
});

test("the page of another language says which one it is, and has no violation", async () => {
  const page = await gallery.show("conversation", { theme: "light", language: "zh-CN" });
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
  assert.deepEqual(await violations(page), []);
});
