// Each state of the page in both themes, and each view of it at three widths, compared with the picture that was looked
// at. The states are the gallery's (test/gallery/states.js), shown by the real views.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { STATES } from "../../test/gallery/states.js";
import { launchBrowser } from "../support/browser.js";
import { Gallery, THEMES } from "../support/gallery.js";
import { BASELINES, compare } from "../support/pixels.js";

const DESK = { width: 1080, height: 720 };
const SMALLER = [
  { width: 780, height: 600 },
  { width: 400, height: 720 },
];

/** What the width changes; the other states differ from one of these in words only. */
const VIEWS = new Set([
  "login",
  "register",
  "list",
  "list-empty",
  "conversation",
  "conversation-group",
  "conversation-members",
  "conversation-failed",
  "conversation-hostile",
  "conversation-offline",
  "menu",
  "profile",
  "my-profile",
  "settings",
  "settings-appearance",
  "settings-notifications",
  "settings-shortcuts",
  "switcher-found",
  "everywhere-found",
  "conversation-search",
  "find-found",
  "create",
  "join-failed",
  "leave",
  "log-out",
]);

/** Other words have other lengths. */
const IN_CHINESE = [
  "login",
  "conversation-group",
  "conversation-offline",
  "my-profile",
  "list-empty",
  "settings-notifications-insecure",
  "settings-shortcuts",
  "everywhere-found",
];

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Gallery} */
let gallery;

before(async () => {
  browser = await launchBrowser();
  gallery = await Gallery.opened(browser);
  if (process.env.UPDATE_SCREENSHOTS === "1") {
    // Another Chromium may draw a line elsewhere: whoever sees a difference should know.
    await writeFile(new URL("made-with.txt", BASELINES), `Chromium ${browser.version()}\n`);
  }
});

after(async () => {
  await gallery?.close();
  await browser?.close();
});

test("every view is a state of the gallery", () => {
  assert.deepEqual(
    [...VIEWS].filter((view) => !STATES.includes(view)),
    [],
  );
});

for (const theme of THEMES) {
  for (const state of STATES) {
    test(`${state} in ${theme} looks as it did`, async () => {
      for (const size of VIEWS.has(state) ? [DESK, ...SMALLER] : [DESK]) {
        await gallery.show(state, { theme, size });
        await compare(`${state}-${theme}-${size.width}`, () => gallery.picture());
      }
    });
  }
}

for (const state of IN_CHINESE) {
  test(`${state} in Chinese looks as it did`, async () => {
    await gallery.show(state, { theme: "light", size: DESK, language: "zh-CN" });
    await compare(`${state}-zh-CN`, () => gallery.picture());
  });
}
