// Draws the icons that an installed client has, from src/icon.svg: `node tools/icons.mjs`. The pictures are committed;
// whoever changes the drawing runs this and looks at them.

import { readFile, writeFile } from "node:fs/promises";
import { launchBrowser } from "../e2e/support/browser.js";

const SOURCE = new URL("../src/", import.meta.url);

/** A launcher cuts a maskable icon to its own shape: the drawing stays in the middle, on a ground of its own. */
const PICTURES = [
  { name: "192.png", size: 192, share: 0.92, ground: "transparent" },
  { name: "512.png", size: 512, share: 0.92, ground: "transparent" },
  { name: "maskable-512.png", size: 512, share: 0.56, ground: "#e3f0fd" },
  { name: "touch-180.png", size: 180, share: 0.72, ground: "#e3f0fd" },
];

const drawing = await readFile(new URL("icon.svg", SOURCE), "base64");
const browser = await launchBrowser();
const page = await browser.newPage();
for (const { name, size, share, ground } of PICTURES) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<body style="margin:0;display:grid;place-items:center;block-size:100vh;background:${ground}">
     <img style="inline-size:${share * 100}%" src="data:image/svg+xml;base64,${drawing}">`,
  );
  await page.locator("img").evaluate((image) => /** @type {HTMLImageElement} */ (image).decode());
  await writeFile(new URL(`icons/${name}`, SOURCE), await page.screenshot({ omitBackground: true }));
}
await browser.close();
