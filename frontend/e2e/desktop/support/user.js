// Somebody at their desk with the app: what they see in it, and what they do. A flow reads like a transcript.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../../support/eventually.js";
import { Desk } from "./desk.js";
import { Driver } from "./driver.js";

/** A plain `cargo build`'s: one of `tauri dev` shows nothing without the CLI's server. */
export const BINARY =
  process.env.IM_TT_DESKTOP ??
  fileURLToPath(new URL("../../../src-tauri/target/debug/im-tt-desktop", import.meta.url));
/** What a running app is called on the bus. */
const INSTANCE = "chat.imtt.desktop.SingleInstance";
const PASSWORD = "correct horse battery";

export class User {
  /** @type {Driver | null} */
  #driver = null;

  /** @param {string} name @param {Desk} desk */
  constructor(name, desk) {
    this.name = name;
    this.desk = desk;
  }

  /** @param {string} name @param {{ keyring?: boolean }} [has] */
  static async atDesk(name, { keyring = true } = {}) {
    assert.ok(existsSync(BINARY), `there is no ${BINARY}: cargo build in frontend/src-tauri`);
    const user = new User(name, await Desk.set({ keyring }));
    await user.starts();
    return user;
  }

  get driver() {
    assert.ok(this.#driver, `${this.name}'s app runs`);
    return this.#driver;
  }

  /** @param {...string} args  Of the program. */
  async starts(...args) {
    this.#driver = await Driver.session(this.desk.driver, BINARY, args);
  }

  /** Ends the app, and waits until it is gone: one that is about to go would still be asked to show its window. */
  async ends() {
    await this.driver.end();
    this.#driver = null;
    await eventually(`${this.name}'s app is gone`, async () => !(await this.desk.has(INSTANCE)));
  }

  async restarts() {
    await this.ends();
    await this.starts();
  }

  /**
   * Starts the program once more, as a link does, and waits until it has ended.
   *
   * @param {...string} args
   */
  async startsAgain(...args) {
    const child = spawn(BINARY, args, { env: this.desk.environment, stdio: "ignore" });
    const limit = setTimeout(() => child.kill("SIGKILL"), 10_000);
    const [code] = await once(child, "exit");
    clearTimeout(limit);
    assert.equal(code, 0, "a second start hands over and ends");
  }

  // --- What is seen -----------------------------------------------------------------------------------------------

  /** @param {string} text @param {string} [where]  In which part of the page. */
  async sees(text, where = "body") {
    await eventually(`${this.name} sees "${text}"`, async () => (await this.#text(where)).includes(text), {
      found: () => this.#text(where),
    });
  }

  /** @param {string} text */
  async seesNot(text) {
    assert.ok(!(await this.#text()).includes(text), `${this.name} does not see "${text}"`);
  }

  #text(where = "body") {
    return this.driver.run('return document.querySelector(arguments[0])?.innerText ?? ""', where);
  }

  /** @param {string} title @param {string} text */
  async isNotified(title, text) {
    const found = () => this.desk.notices;
    await eventually(
      `${this.name} is notified of "${text}"`,
      () => found().some((notice) => notice.title === title && notice.text === text),
      { found },
    );
  }

  /** @param {boolean} seen */
  async windowIs(seen) {
    await eventually(
      `${this.name}'s window is ${seen ? "seen" : "away"}`,
      async () => (await this.desk.windows("IM-TT")).length > 0 === seen,
    );
  }

  /** The page has the keyboard: only then is anything read. */
  async looks() {
    await eventually(`${this.name} looks at the page`, () => this.driver.run("return document.hasFocus()"));
  }

  /** The page knows that nobody looks at it. */
  async looksAway() {
    await eventually(`${this.name} looks away`, () => this.driver.run("return !document.hasFocus()"));
  }

  /**
   * What the page shows now has come to the screen: the second frame is asked for when the first is there, which after a
   * start takes seconds without a GPU. A window that is away draws nothing.
   */
  async isDrawn() {
    if ((await this.desk.windows("IM-TT")).length > 0) {
      await this.driver.run(
        "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
      );
    }
  }

  // --- What is done -----------------------------------------------------------------------------------------------

  /** @param {string} selector */
  async #element(selector) {
    return /** @type {string} */ (
      await eventually(`${this.name} finds ${selector}`, () => this.driver.find(selector), {
        found: () => this.#text(),
      })
    );
  }

  /** @param {string} selector */
  async clicks(selector) {
    await this.driver.click(await this.#element(selector));
  }

  /** The button that says that. @param {string} label */
  async chooses(label) {
    await eventually(
      `${this.name} chooses "${label}"`,
      () =>
        this.driver.run(
          `const [label] = arguments;
          const dialog = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
          const named = (one) => [one.textContent.trim(), one.getAttribute("aria-label")].includes(label);
          const button = [...dialog.querySelectorAll("button, [role=menuitem], label")].find(named);
          button?.click();
          return Boolean(button);`,
          label,
        ),
      { found: () => this.#text() },
    );
  }

  /** @param {string} field  Its name. @param {string} text */
  async fills(field, text) {
    const element = await this.#element(`[name=${field}]`);
    await this.driver.clear(element);
    await this.driver.type(element, text);
  }

  /** @param {string} address */
  async connects(address) {
    await this.fills("server", address);
    await this.chooses("Connect");
  }

  async registers() {
    await this.chooses("Create an account");
    await this.fills("username", this.name);
    await this.fills("email", `${this.name}@example.org`);
    await this.fills("password", PASSWORD);
    await this.clicks("form button[type=submit]");
    await this.isIn();
  }

  async logsIn() {
    await this.fills("email", `${this.name}@example.org`);
    await this.fills("password", PASSWORD);
    await this.clicks("form button[type=submit]");
    await this.isIn();
  }

  async isIn() {
    await this.#element(".workspace");
  }

  /** @param {string} name */
  async finds(name) {
    await this.chooses("New conversation");
    await this.chooses("Message someone");
    await this.driver.type(await this.#element("dialog input"), name);
    await this.chooses("Find");
    await this.chooses("Message");
    await this.#element(".composer__input");
  }

  /** @param {string} text */
  async writes(text) {
    await this.driver.type(await this.#element(".composer__input"), `${text}\uE007`);
  }

  /** Other settings than before. The page begins anew. @param {Record<string, unknown>} chosen */
  async prefers(chosen) {
    await this.driver.run(
      `localStorage.setItem("imtt.preferences", arguments[0]);
      document.body.replaceChildren();
      setTimeout(() => location.reload());`,
      JSON.stringify(chosen),
    );
    await this.isIn();
  }

  /** Which conversation is open. */
  key() {
    return this.driver.run("return location.hash.slice(1)");
  }

  /** @param {string} folder */
  async keep(folder) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${this.name}.log`), this.desk.log);
    await this.desk.picture(join(folder, `${this.name}.png`)).catch(() => {});
  }

  async leaves() {
    await this.#driver?.end().catch(() => {});
    await this.desk.clear();
  }
}
