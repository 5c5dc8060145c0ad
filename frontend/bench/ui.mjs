// @ts-check
// What the open conversation costs, beside its goals: `make ui-bench` prints the table. The real views over the gallery's
// stand-ins hold 10,000 and 50,000 messages; a page from its cache needs the real server.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Account } from "../e2e/support/api.js";
import { launchBrowser } from "../e2e/support/browser.js";
import { Person } from "../e2e/support/person.js";
import { Server } from "../e2e/support/server.js";
import { serveGallery } from "../test/gallery/serve.mjs";
import * as inPage from "./in-page.mjs";
import { note, print, quantile } from "./table.mjs";

const SOURCE = fileURLToPath(new URL("../src/", import.meta.url));
const SIZE = { width: 1080, height: 720 };

/** The largest of the renderers, in MB that are resident. @param {import("playwright-core").Browser} browser */
async function rendererMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const sizes = renderers.map(({ id }) => {
    const pages = Number(readFileSync(`/proc/${id}/statm`, "utf8").split(" ")[1]);
    return (pages * 4096) / 1e6;
  });
  return Math.max(...sizes);
}

/** What was let go of is collected. @param {import("playwright-core").Page} page */
async function settle(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.detach();
  await page.waitForTimeout(1000);
}

/** @param {import("playwright-core").Browser} browser */
async function manyMessages(browser) {
  const { address, close } = await serveGallery();
  for (const count of [10_000, 50_000]) {
    const context = await browser.newContext({ viewport: SIZE, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.addInitScript(inPage.watchShifts);
    await page.goto(`${address}/gallery/?state=list&theme=light`);
    await page.locator('html[data-gallery="ready"]').waitFor({ state: "attached" });
    await page.evaluate(inPage.fillTwo, count);
    const name = count.toLocaleString("en");
    if (count === 10_000) {
      const switches = await page.evaluate(inPage.switchBetween, 20);
      note("switch to a conversation of 10,000, median", quantile(switches, 0.5), "ms", ["<", 150]);
      note("switch to a conversation of 10,000, worst of 20", Math.max(...switches), "ms", ["<", 150]);
      const sent = await page.evaluate(inPage.send, 20);
      note("from Enter to the bubble, median", quantile(sent, 0.5), "ms", ["<", 50]);
      note("from Enter to the bubble, worst of 20", Math.max(...sent), "ms", ["<", 50]);
    }
    // Faster than a wheel turns; of the longer one half a minute.
    const { step, most } = count === 10_000 ? { step: 600, most: 20_000 } : { step: 300, most: 1800 };
    const { frames, nodes, reached } = await page.evaluate(inPage.scrollUp, { step, most });
    const together = frames.reduce((sum, frame) => sum + frame, 0);
    note(`scroll in ${name}, ${step * 60} px/s: frame, 95 of 100`, quantile(frames, 0.95), "ms", ["<", 34]);
    note(`scroll in ${name}, ${step * 60} px/s: frames a second`, (frames.length / together) * 1000, "", [
      ">=",
      count === 50_000 ? 59 : 30,
    ]);
    note(`scroll in ${name}: most elements in the page`, nodes, "", ["<", 5000]);
    note(`scroll in ${name}: layout shift (CLS)`, await page.evaluate(inPage.shifts), "", ["<", 0.05]);
    await settle(page);
    note(`after ${name}: renderer, resident`, await rendererMemory(browser), "MB", ["<", 350]);
    if (!reached && count === 10_000) {
      console.error(`the first of ${name} messages was not reached: the figures say nothing`);
      process.exitCode = 1;
    }
    await context.close();
  }
  close();
}

/** A page that is opened again, with what it kept. @param {import("playwright-core").Browser} browser */
async function fromCache(browser) {
  const server = await Server.started();
  /** @type {string[]} */
  const faults = [];
  const stage = { browser, server, faults };
  const alice = await Person.atThePage("alice", { stage });
  const bob = await Person.atThePage("bob", { stage });
  try {
    await alice.register();
    await bob.register();
    note("own JavaScript that a first visit fetches, unpacked", (await fetched(bob.page)) / 1000, "KB", [
      "<",
      300,
    ]);
    await sizes(server.address);
    const [from, to] = [await Account.of(server, alice), await Account.of(server, bob)];
    await from.sends("number 0", { receiver_id: to.user.id });
    await bob.opens(alice);
    for (let number = 1; number < 200; number += 1) {
      await from.sends(`number ${number}`, { receiver_id: to.user.id });
    }
    await bob.sees("number 199");
    await bob.page.waitForTimeout(1500);
    await bob.page.addInitScript(inPage.watchFirst);
    const times = [];
    for (let time = 0; time < 7; time += 1) {
      await bob.page.reload();
      await bob.page.waitForFunction(() => "firstMessage" in window);
      times.push(await bob.page.evaluate(() => /** @type {any} */ (window).firstMessage));
    }
    note("first conversation from the cache, median", quantile(times, 0.5), "ms", ["<", 1500]);
    note("first conversation from the cache, worst of 7", Math.max(...times), "ms", ["<", 1500]);
  } finally {
    await alice.leave();
    await bob.leave();
    await server.remove();
  }
}

/**
 * What is own of the scripts that a page has fetched, unpacked.
 *
 * @param {import("playwright-core").Page} page
 */
function fetched(page) {
  return page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((entry) => /** @type {PerformanceResourceTiming} */ (entry))
      .filter(({ name }) => name.endsWith(".js") && !name.includes("/vendor/"))
      .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
  );
}

/** @param {string} address  Of a server. */
async function sizes(address) {
  const page = await (await fetch(address)).text();
  const build = /"(\/b\/\w+\/)main\.js"/.exec(page)?.[1] ?? "";
  const names = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  const own = names.filter((name) => !name.startsWith("vendor/"));
  let served = 0;
  for (const name of own) {
    served += (await (await fetch(`${address}${build}${name}`)).arrayBuffer()).byteLength;
  }
  note("own JavaScript, all that is served, unpacked", served / 1000, "KB", ["<", 400]);
  const vendor = names.filter((name) => name.startsWith("vendor/"));
  const packed = vendor.reduce((sum, name) => sum + gzipSync(readFileSync(SOURCE + name)).length, 0);
  note("JavaScript of others, packed", packed / 1000, "KB", ["<", 100]);
}

const browser = await launchBrowser();
try {
  await manyMessages(browser);
  await fromCache(browser);
} finally {
  await browser.close();
  print();
}
