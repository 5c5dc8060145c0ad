// @ts-check
// Mounts the real views over stand-ins, in the state that the address asks for. When it stands, `data-gallery` of the
// document says "ready".

import { mountApp } from "../../src/view/app.js";
import * as views from "../../src/view/desktop/views.js";
import { NOW } from "./content.js";
import { FakeAccount, FakeAttention, FakeBuild, FakeDevice, FakePreferences } from "./fake.js";
import { FakeDesktop } from "./fake-desktop.js";
import { SCENES } from "./scenes.js";

const asked = new URL(location.href).searchParams;
const scene = SCENES[asked.get("state") ?? "list"] ?? {};
const account = new FakeAccount();
const desktop = asked.get("state")?.startsWith("desktop-") ? new FakeDesktop() : null;
if (account.client) {
  scene.set?.(account.client, account, desktop);
}
const preferences = new FakePreferences({
  ...scene.preferences,
  theme: /** @type {any} */ (asked.get("theme") ?? "system"),
  language: /** @type {any} */ (asked.get("language") ?? "en"),
});
const device = new FakeDevice();
if (desktop) {
  Object.assign(device, { installing: null, sections: [views.desktopSection] });
}
scene.device?.(device);
const attention = new FakeAttention();
const build = new FakeBuild(asked.get("state") === "list-replaced");
const desktopViews = desktop && views;
const shown = { account, preferences, attention, build, device, desktop, desktopViews, now: () => NOW };
await mountApp(document.body, shown);
// For tests that let something happen.
Object.assign(window, { gallery: { client: account.client, account, preferences, attention, device } });
await scene.play?.(desktop);
await document.fonts.ready;
// Two frames: what depends on the layout comes in the first.
requestAnimationFrame(() =>
  requestAnimationFrame(() => document.documentElement.setAttribute("data-gallery", "ready")),
);
