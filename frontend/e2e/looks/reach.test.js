// Whether everything can be hit: by a mouse, by a finger, and in a window that is magnified to twice its size.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { STATES } from "../../test/gallery/states.js";
import { launchBrowser } from "../support/browser.js";
import { Gallery } from "../support/gallery.js";

const MOUSE = 32;
const FINGER = 44;

/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
});

/**
 * What can be pressed and is smaller. Where a row is the label of what is in it, the row counts.
 *
 * @param {import("playwright-core").Page} page
 * @param {number} least
 */
function tooSmall(page, least) {
  return page.evaluate((wanted) => {
    const all = document.querySelectorAll("button, input, textarea, [role=option], [role=tab]");
    const open = document.querySelector("dialog[open]");
    const small = [...all].filter((node) => {
      const row = node.closest(".choice__option, .switch, .composer__box") ?? node;
      // Some are larger to a finger than to the eye.
      const around = getComputedStyle(row, "::after");
      const [wider, higher] = around.position === "absolute" ? [around.width, around.height] : ["0", "0"];
      const box = row.getBoundingClientRect();
      const width = Math.max(box.width, Number.parseFloat(wider) || 0);
      const height = Math.max(box.height, Number.parseFloat(higher) || 0);
      const shown = node.checkVisibility({ visibilityProperty: true }) && width > 1 && height > 1;
      return shown && (!open || open.contains(node)) && Math.min(width, height) < wanted - 0.5;
    });
    return small.map((node) => {
      const { width, height } = node.getBoundingClientRect();
      return `${node.className || node.tagName} ${Math.round(width)}×${Math.round(height)}`;
    });
  }, least);
}

for (const touch of [false, true]) {
  test(`everything is large enough for a ${touch ? "finger" : "mouse"}`, async () => {
    const gallery = await Gallery.opened(browser, { touch });
    const size = touch ? { width: 400, height: 720 } : { width: 1080, height: 720 };
    try {
      for (const state of STATES) {
        const page = await gallery.show(state, { theme: "light", size });
        const coarse = await page.evaluate(() => matchMedia("(pointer: coarse)").matches);
        assert.equal(coarse, touch, "the premise");
        assert.deepEqual(await tooSmall(page, touch ? FINGER : MOUSE), [], state);
      }
    } finally {
      await gallery.close();
    }
  });
}

test("magnified to twice the size nothing sticks out, and every dialog can be closed", async () => {
  const gallery = await Gallery.opened(browser);
  try {
    for (const state of STATES) {
      // A window of 1080 × 720 has so much room then.
      const page = await gallery.show(state, { theme: "light", size: { width: 540, height: 360 } });
      const { wide, closing } = await page.evaluate(() => {
        const box = document.querySelector("dialog[open] .dialog__close")?.getBoundingClientRect();
        const inside = !box || (box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight);
        return { wide: document.documentElement.scrollWidth, closing: inside };
      });
      assert.deepEqual({ wide, closing }, { wide: 540, closing: true }, state);
    }
  } finally {
    await gallery.close();
  }
});
