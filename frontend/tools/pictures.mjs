// Draws the pictures of docs/client.md and docs/desktop.md from the gallery: `make pictures`. They are committed; whoever
// makes them anew looks at them.

import { mkdir, writeFile } from "node:fs/promises";
import { launchBrowser } from "../e2e/support/browser.js";
import { Gallery } from "../e2e/support/gallery.js";

const IMAGES = new URL("../../docs/images/", import.meta.url);
const DESK = { width: 1080, height: 720 };
const PHONE = { width: 400, height: 720 };

/** @type {[name: string, state: string, theme: "light" | "dark", language: string, size: typeof DESK][]} */
const PICTURES = [
  ["chat-light", "good-day", "light", "en", DESK],
  ["chat-dark-zh", "good-day", "dark", "zh-CN", DESK],
  ["person-dark", "good-day-person", "dark", "en", DESK],
  ["emoji-light-zh", "good-day-emoji", "light", "zh-CN", DESK],
  ["emoji-dark", "good-day-emoji", "dark", "en", DESK],
  ["settings-light", "good-day-settings", "light", "en", DESK],
  ["settings-dark-zh", "good-day-settings", "dark", "zh-CN", DESK],
  ["phone-list-light", "good-day-list", "light", "en", PHONE],
  ["phone-chat-light", "good-day-chat", "light", "en", PHONE],
  ["phone-list-dark-zh", "good-day-list", "dark", "zh-CN", PHONE],
  ["phone-chat-dark-zh", "good-day-chat", "dark", "zh-CN", PHONE],
  ["desktop-server-light", "desktop-server", "light", "en", DESK],
  ["desktop-server-dark-zh", "desktop-server", "dark", "zh-CN", DESK],
];

await mkdir(IMAGES, { recursive: true });
const browser = await launchBrowser();
const gallery = await Gallery.opened(browser);
for (const [name, state, theme, language, size] of PICTURES) {
  await gallery.show(state, { theme, size, language });
  await writeFile(new URL(`${name}.png`, IMAGES), await gallery.picture());
}
await gallery.close();
await browser.close();
