// Chromium, as every test starts it: Debian's, with no errands of its own, and with the fonts of fonts.conf and no
// others, so that a page looks the same on every machine.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
  "--disable-lcd-text",
  // A name for this machine that is not one of its own names: to browsers it is a page by plain http from elsewhere.
  "--host-resolver-rules=MAP elsewhere.test 127.0.0.1",
];

export async function launchBrowser() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
  if (!executablePath) {
    throw new Error("there is no Chromium: make test-needs installs it, CHROMIUM=/path/to/it names another");
  }
  // Its sandbox refuses to run as root, which is what CI is.
  const args = process.getuid?.() === 0 ? [...ARGUMENTS, "--no-sandbox"] : ARGUMENTS;
  const fonts = fileURLToPath(new URL("fonts.conf", import.meta.url));
  return chromium.launch({ executablePath, args, env: { ...process.env, FONTCONFIG_FILE: fonts } });
}
