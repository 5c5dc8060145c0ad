// Somebody in front of a browser. Reads like a transcript; every name of a button or a field that tests press or fill
// stands in this file. By roles and names, as a screen reader finds them: what it cannot find, a test cannot either.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, LIMIT_MS } from "./eventually.js";
import { watch } from "./hooks.js";
import { Line } from "./line.js";
import { readLog } from "./log.js";
import { Network } from "./network.js";

/**
 * @typedef {object} Options
 * @property {string} [locale]
 * @property {"light" | "dark"} [theme]
 * @property {{ width: number, height: number }} [viewport]
 * @property {string} [timezone]
 * @property {boolean} [worker]  Whether the page may have its worker: what it answers, a test's routes do not see.
 * @property {boolean} [touch]
 * @property {(context: import("playwright-core").BrowserContext) => Promise<unknown>} [prepare]  Before the page is opened.
 * @property {string} [host]  By which name the page is opened.
 *
 * @typedef {object} Staged
 * @property {{ browser: import("playwright-core").Browser, server: { port: number }, faults: string[] }} stage
 */

export const PASSWORD = "correct horse battery";

export class Person {
  /**
   * @param {string} name
   * @param {{ context: import("playwright-core").BrowserContext, page: import("playwright-core").Page,
   *   network: Network, line: Line, faults: string[] }} parts
   */
  constructor(name, { context, page, network, line, faults }) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.network = network;
    this.line = line;
    this.faults = faults;
  }

  /**
   * @param {string} name
   * @param {Options & Staged} options
   */
  static async atThePage(
    name,
    { stage, locale = "en-US", theme = "light", timezone = "Europe/Berlin", ...more },
  ) {
    const network = await Network.to(stage.server.port);
    const context = await stage.browser.newContext({
      locale,
      timezoneId: timezone,
      colorScheme: theme,
      viewport: more.viewport ?? { width: 1080, height: 720 },
      reducedMotion: "reduce",
      serviceWorkers: more.worker ? "allow" : "block",
      hasTouch: more.touch,
    });
    context.setDefaultTimeout(LIMIT_MS);
    await more.prepare?.(context);
    const page = await context.newPage();
    const line = new Line(page);
    await watch(page, stage.faults, name);
    await page.goto(more.host ? network.address.replace("127.0.0.1", more.host) : network.address);
    return new Person(name, { context, page, network, line, faults: stage.faults });
  }

  /** The same person in another tab: the same cookies and stores. */
  async inAnotherTab() {
    const page = await this.context.newPage();
    const line = new Line(page);
    await watch(page, this.faults, `${this.name} in another tab`);
    await page.goto(this.network.address);
    const { context, network, faults } = this;
    return new Person(this.name, { context, page, network, line, faults });
  }

  get email() {
    // Names are hostile in some tests; addresses are not.
    return `${Buffer.from(this.name).toString("hex").slice(0, 40)}@example.org`;
  }

  // Coming and going

  async register() {
    const { page } = this;
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("User name").fill(this.name);
    await page.getByLabel("Email").fill(this.email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account", exact: true }).click();
    await this.isIn();
  }

  async logIn() {
    const { page } = this;
    await page.getByLabel("Email").fill(this.email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await this.isIn();
  }

  async logOut() {
    await this.page.getByRole("button", { name: "My profile" }).click();
    const dialog = this.dialog("My profile");
    await dialog.getByRole("button", { name: "Log out" }).click();
  }

  async isIn() {
    await this.page.getByRole("navigation", { name: "Main" }).waitFor();
  }

  async isOut() {
    await this.page.getByRole("heading", { name: "Log in" }).waitFor();
  }

  async reload() {
    await this.page.reload();
  }

  // The list of conversations

  get list() {
    return this.page.getByRole("listbox", { name: "Conversations" });
  }

  /** @param {string} title */
  row(title) {
    return this.list.getByRole("option", { name: startingWith(title) });
  }

  /** Opens a conversation that stands in the list. @param {string | Person} who */
  async opens(who) {
    await this.row(titleOf(who)).click();
    await this.isIn();
    await this.composer.waitFor();
  }

  /** Finds somebody by the whole name and begins to talk. @param {{ name: string }} who */
  async finds(who) {
    const dialog = await this.#chooses("Message someone");
    await dialog.getByLabel("User name").fill(who.name);
    await dialog.getByRole("button", { name: "Find" }).click();
    await dialog.getByRole("button", { name: "Message", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await this.composer.waitFor();
  }

  /** @param {string} name @param {string} [description] */
  async createsGroup(name, description = "") {
    const dialog = await this.#chooses("Create a group");
    await dialog.getByLabel("Group name").fill(name);
    await dialog.getByLabel("Description").fill(description);
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.waitFor({ state: "hidden" });
    await this.composer.waitFor();
  }

  /** @param {string} number */
  async joinsGroup(number) {
    const dialog = await this.#chooses("Join a group");
    await dialog.getByLabel("Group number").fill(number);
    await dialog.getByRole("button", { name: "Join" }).click();
    await dialog.waitFor({ state: "hidden" });
    await this.composer.waitFor();
  }

  /** What the members panel says the group's number is. */
  async groupNumber() {
    const panel = await this.membersPanel();
    const text = (await panel.textContent()) ?? "";
    return /\d+/.exec(/number[^\d]*(\d+)/i.exec(text)?.[0] ?? "")?.[0] ?? "";
  }

  async membersPanel() {
    const panel = this.page.getByRole("complementary", { name: "Members" });
    if (!(await panel.isVisible())) {
      await this.page.getByRole("button", { name: "Members" }).click();
    }
    await panel.waitFor();
    return panel;
  }

  /** By the menu of its row. @param {string | Person} who @param {string} item */
  async choosesFor(who, item) {
    await this.row(titleOf(who)).click({ button: "right" });
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  /** How many unread messages the list shows for it. @param {string | Person} who */
  async unread(who) {
    const name =
      (await this.row(titleOf(who)).getAttribute("aria-label")) ??
      (await this.row(titleOf(who)).textContent()) ??
      "";
    return Number(/(\d+)\+? unread/.exec(name)?.[1] ?? 0);
  }

  /** One's own status. @param {"Online" | "Away" | "Invisible"} status */
  async chooses(status) {
    await this.page.getByRole("button", { name: "My profile" }).click();
    const dialog = this.dialog("My profile");
    await dialog.getByRole("radio", { name: status }).check();
    await this.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  }

  /** How the one in the open conversation is. @param {string} presence @param {number} [within]  Milliseconds. */
  async seesPresence(presence, within = LIMIT_MS) {
    const words = this.page.getByRole("main").getByText(presence, { exact: true });
    await words.first().waitFor({ timeout: within });
  }

  /** @param {string} section */
  async opensSettings(section) {
    await this.page.getByRole("button", { name: "Settings" }).click();
    const dialog = this.dialog("Settings");
    await dialog.getByRole("tab", { name: section }).click();
    return dialog;
  }

  // The conversation

  get composer() {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  get messages() {
    return this.page.getByRole("log", { name: "Messages" });
  }

  /** @param {string} text */
  async says(text) {
    await this.writes(text);
    await this.composer.press("Enter");
  }

  /** Without sending it. @param {string} text */
  async writes(text) {
    await this.composer.fill(text);
  }

  /** @param {string} text */
  async sees(text) {
    return this.#until(`${this.name} sees ${shown(text)}`, (log) => log.some((entry) => entry.text === text));
  }

  /** One's own message has come so far. @param {string} text @param {import("./log.js").State} state */
  async seesItAs(text, state) {
    return this.#until(`${this.name} sees ${shown(text)} as ${state}`, (log) =>
      log.some((entry) => entry.text === text && entry.state === state),
    );
  }

  /** Nothing is on its way any more. */
  async isThrough() {
    return this.#until(`everything that ${this.name} said is sent`, (log) =>
      log.every((entry) => !["pending", "failed"].includes(entry.state)),
    );
  }

  /** The messages that are shown, top to bottom, without notes. */
  async log() {
    return readLog(this.messages);
  }

  /** Their texts. */
  async texts() {
    return (await this.log()).map((entry) => entry.text);
  }

  /** @param {string} text */
  bubble(text) {
    return this.messages.locator("[data-seq], [data-draft]").filter({ hasText: text });
  }

  // The rest of the page

  /** @param {string} name */
  dialog(name) {
    return this.page.getByRole("dialog", { name });
  }

  get banner() {
    return this.page.getByRole("status").filter({ hasText: /offline|connecting/i });
  }

  /** The server has let the page in, and the page says nothing else. */
  async isOnline() {
    await eventually(
      `${this.name} is connected`,
      async () => this.line.up && ((await this.banner.count()) === 0 || !(await this.banner.isVisible())),
    );
  }

  async isOffline() {
    await this.banner.first().waitFor({ state: "visible" });
  }

  /** Another window is in front. */
  async looksAway() {
    await this.page.evaluate(() => {
      document.hasFocus = () => false;
      dispatchEvent(new Event("blur"));
    });
  }

  async looksAgain() {
    await this.page.evaluate(() => {
      document.hasFocus = () => true;
      dispatchEvent(new Event("focus"));
    });
  }

  /** @param {string} item */
  async #chooses(item) {
    await this.page.getByRole("button", { name: "New conversation" }).first().click();
    await this.page.getByRole("menuitem", { name: item }).click();
    const dialog = this.dialog(item);
    await dialog.waitFor();
    return dialog;
  }

  /**
   * @param {string} sentence
   * @param {(log: import("./log.js").Entry[]) => boolean} holds
   */
  async #until(sentence, holds) {
    const look = () => this.log();
    return eventually(sentence, async () => holds(await look()), { found: look });
  }

  // Around the test

  /** @param {string} folder */
  async keep(folder) {
    const name = this.name.replace(/[^a-z0-9]+/gi, "-").slice(0, 20);
    try {
      await this.page.screenshot({ path: join(folder, `${name}.png`), timeout: 5000 });
      await writeFile(
        join(folder, `${name}.txt`),
        await this.page.locator("body").ariaSnapshot({ timeout: 5000 }),
      );
    } catch (error) {
      await writeFile(join(folder, `${name}.txt`), `nothing could be seen: ${error}`);
    }
  }

  async leave() {
    await this.context.close();
    this.network.close();
  }
}

/** @param {string | Person} who */
function titleOf(who) {
  return typeof who === "string" ? who : who.name;
}

/** @param {string} text */
function startingWith(text) {
  return new RegExp(
    `^\\s*${text
      .trim()
      .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      .replace(/\s+/g, "\\s+")}`,
  );
}

/** @param {string} text */
function shown(text) {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
