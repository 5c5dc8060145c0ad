// @ts-check
// The refresh token in the system's keyring. Where there is none, it is held while the app runs and `lasting` says so:
// never on the disk, where anybody's program finds it.

import { Emitter } from "../../lib/emitter.js";
import { Failure } from "../../lib/failure.js";

/** Emits `change` when it turned out whether the keyring works. */
export class KeyringTokens extends Emitter {
  /** Without a word about it, the token comes in the answer. @type {{ session?: "cookie" }} */
  log_in = {};
  /** Whether a log-in outlives the app, as far as is known. */
  lasting = true;
  #shell;
  #server;
  /** Only while the keyring does not take it. @type {string | null} */
  #held = null;

  /**
   * @param {import("./shell.js").Shell} shell
   * @param {string} server  Each server's token is its own.
   */
  constructor(shell, server) {
    super();
    this.#shell = shell;
    this.#server = server;
  }

  async held() {
    return (await this.#read()) !== null;
  }

  /** @throws {Failure} */
  async call() {
    const refresh_token = await this.#read();
    if (refresh_token === null) {
      throw new Failure("unauthorized");
    }
    return { body: { refresh_token } };
  }

  /** @param {object} answer  Of a log-in or a refresh. */
  async keep(answer) {
    const { refresh_token } = /** @type {{ refresh_token?: string }} */ (answer);
    if (!refresh_token) {
      return;
    }
    this.#held = refresh_token;
    const kept = await this.#ask("refresh_token_write", { token: refresh_token });
    if (kept !== undefined) {
      this.#held = null;
    }
    this.#found(kept !== undefined);
  }

  async forget() {
    this.#held = null;
    await this.#ask("refresh_token_clear");
  }

  async #read() {
    return this.#held ?? (await this.#ask("refresh_token_read")) ?? null;
  }

  /**
   * @param {string} command
   * @param {Record<string, unknown>} [given]
   * @returns {Promise<string | null | undefined>} Undefined: the keyring does not work.
   */
  async #ask(command, given) {
    try {
      return (await this.#shell.invoke(command, { server: this.#server, ...given })) ?? null;
    } catch (error) {
      console.warn(`${command}: ${error}`);
      return undefined;
    }
  }

  /** @param {boolean} lasting */
  #found(lasting) {
    if (lasting !== this.lasting) {
      this.lasting = lasting;
      this.emit("change");
    }
  }
}
