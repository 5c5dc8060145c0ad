// The gallery in a browser: every state of the page by its name, always at the same hour and in the same fonts.

import { serveGallery } from "../../test/gallery/serve.mjs";
import { LIMIT_MS } from "./eventually.js";

export const THEMES = /** @type {const} */ (["light", "dark"]);

export class Gallery {
  /**
   * @param {string} address
   * @param {() => void} stop
   * @param {import("playwright-core").BrowserContext} context
   * @param {import("playwright-core").Page} page
   */
  constructor(address, stop, context, page) {
    this.address = address;
    this.stop = stop;
    this.context = context;
    this.page = page;
  }

  /**
   * @param {import("playwright-core").Browser} browser
   * @param {{ touch?: boolean }} [how]
   */
  static async opened(browser, { touch = false } = {}) {
    const { address, close } = await serveGallery();
    const context = await browser.newContext({
      locale: "en-US",
      timezoneId: "Asia/Shanghai",
      reducedMotion: "reduce",
      hasTouch: touch,
      isMobile: touch,
    });
    context.setDefaultTimeout(LIMIT_MS);
    return new Gallery(address, close, context, await context.newPage());
  }

  /**
   * @param {string} state
   * @param {{ theme: "light" | "dark", size?: { width: number, height: number }, language?: string }} options
   */
  async show(state, { theme, size = { width: 1080, height: 720 }, language = "en" }) {
    const { page } = this;
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.goto(`${this.address}/gallery/?state=${state}&theme=${theme}&language=${language}`);
    await page.locator('html[data-gallery="ready"]').waitFor({ state: "attached" });
    return page;
  }

  /** What is on the screen, with nothing in it that moves, once two frames are drawn. */
  async picture() {
    await this.page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    return this.page.screenshot({ animations: "disabled", caret: "hide" });
  }

  async close() {
    await this.context.close();
    this.stop();
  }
}
