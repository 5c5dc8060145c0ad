// The all-in-one as a process of its own: a folder of its own, always the same port, so that a page finds it again
// after it was killed. It is the debug build, which serves frontend/src as it lies there.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.js";
import { freePort } from "./ports.js";

const BINARY = process.env.IM_TT ?? fileURLToPath(new URL("../../../target/debug/im-tt", import.meta.url));

export class Server {
  /** @type {import("node:child_process").ChildProcess | null} */
  #process = null;
  #log = "";
  #folder = "";
  port = 0;

  /** @param {Record<string, string>} variables  Beside those of every test; another start may have others. */
  constructor(variables) {
    this.variables = variables;
  }

  /** One that serves. @param {Record<string, string>} [variables] */
  static async started(variables = {}) {
    const server = new Server(variables);
    server.#folder = await mkdtemp(join(tmpdir(), "imtt-e2e-"));
    server.port = await freePort();
    await server.start();
    return server;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything that it said, all its lives together. */
  get log() {
    return this.#log;
  }

  async start() {
    if (!existsSync(BINARY)) {
      throw new Error(`there is no ${BINARY}: cargo build -p im-tt`);
    }
    const child = spawn(BINARY, { env: this.#variables(), stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    // Whatever ends the test ends its server.
    const ends = () => child.kill("SIGKILL");
    process.once("exit", ends);
    child.once("exit", () => process.off("exit", ends));
    let said = "";
    child.stdout.on("data", (bytes) => {
      said += bytes;
      this.#log += bytes;
    });
    child.stderr.on("data", (bytes) => {
      this.#log += bytes;
    });
    await eventually("the server says where it serves", () => {
      if (child.exitCode !== null) {
        throw new Error(`the server ended with ${child.exitCode}:\n${this.#log}`);
      }
      return said.includes(this.address);
    });
  }

  #variables() {
    return {
      PATH: process.env.PATH,
      DATA_DIR: this.#folder,
      LISTEN: `127.0.0.1:${this.port}`,
      INTERNAL_LISTEN: "127.0.0.1:0",
      RATE_LIMITS: "off",
      BCRYPT_COST: "4",
      LOG: "warn",
      ...this.variables,
    };
  }

  /** As the power fails: it gets no chance to say or store anything. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** As it is stopped on purpose: it drains. */
  async stop() {
    const code = await this.#end("SIGTERM");
    if (code !== 0) {
      throw new Error(`the server ended with ${code} after SIGTERM:\n${this.#log}`);
    }
  }

  /** Ends it, whatever it is doing, and removes its folder. */
  async remove() {
    await this.#end("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode;
    }
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    return ended;
  }
}
