// @ts-check
// Notifications of the system's, one a conversation: a newer one takes the older one's place, and it goes when the
// conversation is looked at.

/** @typedef {{ key: string, title: string, text: string }} Notice */

export class Notifications {
  #shell;
  /** The number of each conversation's notifications. @type {Map<string, number>} */
  #numbers = new Map();
  /** Those that have been shown and not taken away. @type {Set<string>} */
  #shown = new Set();
  /** One after the other: what is taken away must not be what came after it. */
  #turn = Promise.resolve();

  /**
   * @param {import("./shell.js").Shell} shell
   * @param {(key: string) => void} pressed
   */
  constructor(shell, pressed) {
    this.#shell = shell;
    shell.listenTo("notification", "actionPerformed", ({ notification }) => {
      const key = notification?.extra?.key;
      if (typeof key === "string") {
        pressed(key);
      }
    });
  }

  /** @param {Notice} notice */
  show({ key, title, text }) {
    this.take_away(key);
    this.#shown.add(key);
    const options = { id: this.#numberOf(key), title, body: plainBody(text), extra: { key } };
    this.#ask("notify", { options });
  }

  /** @param {string} key */
  take_away(key) {
    if (this.#shown.delete(key)) {
      this.#ask("remove_active", { notifications: [{ id: this.#numberOf(key) }] });
    }
  }

  /** @param {string} key */
  #numberOf(key) {
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }

  /**
   * @param {string} command
   * @param {Record<string, unknown>} given
   */
  #ask(command, given) {
    this.#turn = this.#turn
      .then(() => this.#shell.invoke(`plugin:notification|${command}`, given))
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
