// @ts-check
// Notifications of the system's, one a conversation: a newer one takes the older one's place, and it goes when the
// conversation is looked at. With each the taskbar flashes, until somebody looks.

import { Emitter } from "../../lib/emitter.js";

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
  async show({ tag, title, body }) {
    await this.close(tag);
    this.#shown.add(tag);
    const options = { id: this.#numberOf(tag), title, body: plainBody(body), extra: { key: tag } };
    this.#tell("notification|notify", { options });
    this.#tell("window|request_user_attention", { label: "main", value: { type: "Informational" } });
  }

  /** It was read. @param {string} tag */
  async close(tag) {
    if (this.#shown.delete(tag)) {
      this.#tell("notification|remove_active", { notifications: [{ id: this.#numberOf(tag) }] });
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
   * @param {Record<string, unknown>} given
   */
  #tell(command, given) {
    this.#turn = this.#turn
      .then(() => this.#shell.invoke(`plugin:${command}`, given))
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
