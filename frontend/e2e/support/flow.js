// A flow: one server, some people in front of their browsers, a sentence that says what has to hold. The people and
// the server go when it ends; when it fails, what they saw last is kept in scratch/e2e.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "./browser.js";
import { Person } from "./person.js";
import { Server } from "./server.js";

/** A flow takes seconds; this is for one that hangs. */
const LIMIT_MS = 120_000;

export const SCRATCH = fileURLToPath(new URL("../../../scratch/e2e/", import.meta.url));

/** One a file. @type {Promise<import("playwright-core").Browser> | null} */
let browser = null;

after(async () => (await browser)?.close());

/**
 * @typedef {object} World
 * @property {any} server  What the flow is on.
 * @property {(name: string, options?: import("./person.js").Options) => Promise<Person>} person
 *   Somebody with a browser of their own, who has opened the page and is not logged in.
 * @property {(...names: string[]) => Promise<Person[]>} people  Several, registered.
 */

/**
 * @param {string} sentence
 * @param {(world: World) => Promise<void>} body
 * @param {object} [options]
 * @param {Record<string, string>} [options.variables]  Of the server.
 * @param {typeof Server | typeof import("./cluster.js").Cluster} [options.on]  What to start: the all-in-one if not told
 *   otherwise.
 */
export function flow(sentence, body, { variables = {}, on = Server } = {}) {
  test(sentence, { timeout: LIMIT_MS }, async () => {
    browser ??= launchBrowser();
    const stage = new Stage(await browser, await on.started(variables));
    try {
      await body(stage.world());
      assert.deepEqual(stage.faults, [], "nothing was reported in any page");
    } catch (error) {
      await stage.keep(sentence);
      // A page that broke is why somebody was not seen in it.
      console.error([`in the pages of "${sentence}":`, ...stage.faults].join("\n  "));
      throw error;
    } finally {
      await stage.clear();
    }
  });
}

class Stage {
  /** @type {Person[]} */
  #people = [];
  /** @type {string[]} */
  faults = [];

  /**
   * @param {import("playwright-core").Browser} browser
   * @param {Server | import("./cluster.js").Cluster} server
   */
  constructor(browser, server) {
    this.browser = browser;
    this.server = server;
  }

  /** @returns {World} */
  world() {
    /** @type {World["person"]} */
    const person = async (name, options = {}) => {
      const made = await Person.atThePage(name, { ...options, stage: this });
      this.#people.push(made);
      return made;
    };
    return {
      server: this.server,
      person,
      people: async (...names) => {
        const all = await Promise.all(names.map((name) => person(name)));
        for (const each of all) {
          await each.register();
        }
        return all;
      },
    };
  }

  /** @param {string} sentence */
  async keep(sentence) {
    const folder = join(SCRATCH, sentence.replace(/[^a-z0-9]+/gi, "-").slice(0, 80));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "server.log"), this.server.log);
    await writeFile(join(folder, "faults.txt"), this.faults.join("\n"));
    for (const person of this.#people) {
      await person.keep(folder);
    }
    console.error(`what was seen last is in ${folder}`);
  }

  async clear() {
    for (const person of this.#people) {
      await person.leave();
    }
    await this.server.remove();
  }
}
