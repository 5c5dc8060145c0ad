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

  /** The app is ended. */
  async ends() {
    await this.driver.end();
    this.#driver = null;
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

  /** @param {string} text */
  async sees(text) {
    await eventually(`${this.name} sees "${text}"`, async () => (await this.#text()).includes(text), {
      found: () => this.#text(),
    });
  }

  /** @param {string} text */
  async seesNot(text) {
    assert.ok(!(await this.#text()).includes(text), `${this.name} does not see "${text}"`);
  }

  #text() {
    return this.driver.run("return document.body.innerText");
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

  /** What the page shows now has come to the screen; a window that is away draws nothing. */
  isDrawn() {
    return this.driver.run(
      `const drawn = new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      await Promise.race([drawn, new Promise((done) => setTimeout(done, 1000))]);`,
    );
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
