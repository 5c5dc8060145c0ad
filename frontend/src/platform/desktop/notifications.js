// @ts-check
// Notifications of the system's, one a conversation: a newer one takes the older one's place, and it goes when the
// conversation is looked at. With each the taskbar flashes, until somebody looks.

import { Emitter } from "../../lib/emitter.js";
import { pictureOf } from "../notifications.js";

/** Emits `open` with a tag when somebody pressed a notification; the shell has shown the window then. */
export class Notifications extends Emitter {
  /** The system asks nobody: whoever wants none turns them off, here or there. */
  permission = /** @type {const} */ ("granted");
  #shell;
  /** The number of each conversation's notifications. @type {Map<string, number>} */
  #numbers = new Map();
  /** Those that have been shown and not taken away. @type {Set<string>} */
  #shown = new Set();
  /** One after the other: what is taken away must not be what came after it. */
  #turn = Promise.resolve();

  /** @param {import("./shell.js").Shell} shell */
  constructor(shell) {
    super();
    this.#shell = shell;
    shell.listenTo("notification", "actionPerformed", ({ notification }) => {
      const key = notification?.extra?.key;
      if (typeof key === "string") {
        this.emit("open", key);
      }
    });
  }

  async ask() {
    return this.permission;
  }

  /** @param {import("../notifications.js").News} news */
  async show({ tag, title, body, face }) {
    await this.close(tag);
    this.#shown.add(tag);
    const id = this.#numberOf(tag);
    this.#next("notification|notify", async () => {
      const icon = face && (await this.#fileOf(face));
      return { options: { id, title, body: plainBody(body), icon, extra: { key: tag } } };
    });
    this.#next("window|request_user_attention", async () => ({
      label: "main",
      value: { type: "Informational" },
    }));
  }

  /**
   * Systems take pictures only from files.
   *
   * @param {import("../notifications.js").Portrayed} face
   * @returns {Promise<string | undefined>}
   */
  async #fileOf(face) {
    const picture = await pictureOf(face);
    const bytes = picture && Array.from(atob(picture.split(",")[1]), (byte) => byte.charCodeAt(0));
    return bytes ? await this.#shell.invoke("portrait_keep", { bytes }).catch(() => undefined) : undefined;
  }

  /** It was read. @param {string} tag */
  async close(tag) {
    if (this.#shown.delete(tag)) {
      const id = this.#numberOf(tag);
      this.#next("notification|remove_active", async () => ({ notifications: [{ id }] }));
    }
  }

  /** @param {string} tag */
  #numberOf(tag) {
    const number = this.#numbers.get(tag) ?? this.#numbers.size + 1;
    this.#numbers.set(tag, number);
    return number;
  }

  /**
   * @param {string} command
   * @param {() => Promise<Record<string, unknown>>} given
   */
  #next(command, given) {
    this.#turn = this.#turn
      .then(async () => this.#shell.invoke(`plugin:${command}`, await given()))
      .catch((error) => console.warn(`${command}: ${error}`));
  }
}

/**
 * Systems with the freedesktop specification read a body as markup: what looks like a tag has to stay text.
 *
 * @param {string} text
 * @param {string} [agent]
 */
export function plainBody(text, agent = globalThis.navigator?.userAgent ?? "") {
  if (!/Linux|BSD/.test(agent)) {
    return text;
  }
  return text.replace(/[&<>]/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[mark] ?? "");
}
