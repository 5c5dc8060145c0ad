// @ts-check
// The desktop app, as main.js and the views see it. It joins this folder's rooms; in a browser there is none of it.

import { Emitter } from "../../lib/emitter.js";
import { DesktopChoices } from "./choices.js";
import { Notifications } from "./notifications.js";
import { checkServer, chooseServer, chosenServer, readAddress } from "./server.js";
import { KeyringTokens } from "./tokens.js";
import { followZoom } from "./zoom.js";

/**
 * @typedef {import("../../state/types.js").Key} Key
 * @typedef {{ show: string, mute: string, quit: string, tooltip: string }} TrayWords
 */

/**
 * Emits `link` when there is a conversation to open, `close` when somebody wants to close the window and it is asked,
 * `mute` when the tray's menu was told to be quiet, or not to be any more.
 */
export class Desktop extends Emitter {
  choices = new DesktopChoices();
  /** The server's origin; null before somebody has chosen one. */
  server = chosenServer();
  tokens;
  notifications;
  #shell;
  /** @type {{ unread: number, muted: boolean, words: TrayWords } | null} */
  #face = null;
  #told = "";

  /** @param {import("./shell.js").Shell} shell */
  constructor(shell) {
    super();
    this.#shell = shell;
    this.tokens = new KeyringTokens(shell, this.server ?? "");
    this.notifications = new Notifications(shell);
    shell.listen("link", () => this.emit("link"));
    shell.listen("close", () => this.emit("close"));
    shell.listen("mute", () => this.emit("mute"));
    this.choices.on("change", () => this.#tell());
    followZoom(shell, this.choices);
  }

  /**
   * The conversation that a link named, once.
   *
   * @returns {Promise<Key | null>}
   */
  async takeLink() {
    return await this.#shell.invoke("link_take").catch(() => null);
  }

  /**
   * What stands around the window.
   *
   * @param {{ unread: number, muted: boolean, words: TrayWords }} face
   */
  show(face) {
    this.#face = face;
    this.#tell();
  }

  #tell() {
    if (this.#face) {
      const face = { ...this.#face, closing: this.choices.get("closing") };
      const text = JSON.stringify(face);
      // The list changes far more often than what is said of it here.
      if (text !== this.#told) {
        this.#told = text;
        this.#shell.invoke("face_set", { face }).catch((error) => console.warn(`face: ${error}`));
      }
    }
  }

  /**
   * Looks whether there is such a server, and begins anew with it. Everything that is kept of another one stays its own.
   *
   * @param {string} typed
   * @throws {import("../../lib/failure.js").Failure} `server_…`
   */
  async use(typed) {
    const server = readAddress(typed);
    const reach = (/** @type {string} */ host, /** @type {number} */ port) =>
      this.#shell.invoke("server_reach", { host, port });
    await checkServer(server, { ask: (url, request) => fetch(url, request), reach });
    if (server !== this.server) {
      chooseServer(server);
      location.replace(location.pathname);
    }
  }

  hide() {
    return this.#shell.invoke("plugin:window|hide", { label: "main" });
  }

  quit() {
    return this.#shell.invoke("quit");
  }

  /** Whether the system starts the app. */
  async startsByItself() {
    return (await this.#shell.invoke("plugin:autostart|is_enabled").catch(() => false)) === true;
  }

  /** @param {boolean} starts */
  startByItself(starts) {
    return this.#shell.invoke(`plugin:autostart|${starts ? "enable" : "disable"}`);
  }
}
