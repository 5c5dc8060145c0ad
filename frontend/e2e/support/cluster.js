// A whole cluster behind one port, as `make cluster` starts it, from debug builds. Its processes can be killed by name;
// whoever supervises them starts them again.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.js";
import { freePort } from "./ports.js";

export const BINARY =
  process.env.IM_TT_CLUSTER ??
  fileURLToPath(new URL("../../../target/debug/private-cluster", import.meta.url));

/** MariaDB alone takes some seconds to be installed into its folder, and other tests run beside it. */
const START_LIMIT_MS = 90_000;

/** What each process is called in the table that it prints. */
export const PROCESSES = ["gateway-1", "gateway-2", "api-1", "api-2", "redis", "mariadb", "haproxy"];

export class Cluster {
  /** @type {import("node:child_process").ChildProcess} */
  #process;
  #log = "";
  /** The last pid that was said, by name. @type {Map<string, number>} */
  #pids = new Map();

  /** @param {number} port  @param {Record<string, string>} [more]  Variables beside those of every test. */
  constructor(port, more = {}) {
    this.port = port;
    const variables = {
      GATEWAYS: "2",
      PORT: `${port}`,
      RATE_LIMITS: "off",
      BCRYPT_COST: "4",
      LOG: "warn",
      ...more,
    };
    this.#process = spawn(BINARY, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Whatever ends the test ends the cluster; its guards see to its processes.
    process.once("exit", () => this.#process.kill("SIGKILL"));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on("data", (bytes) => this.#heard(`${bytes}`));
    }
  }

  /** One that serves. @param {Record<string, string>} [variables] */
  static async started(variables = {}) {
    if (!existsSync(BINARY)) {
      throw new Error(`there is no ${BINARY}: cargo build --workspace`);
    }
    const cluster = new Cluster(await freePort(), variables);
    const serves = () => PROCESSES.every((name) => cluster.#pids.has(name));
    await eventually("the cluster says who runs", serves, {
      limit: START_LIMIT_MS,
      found: async () => cluster.#log,
    });
    return cluster;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything that it said. */
  get log() {
    return this.#log;
  }

  /** `kill -9`; done when another one of that name runs. @param {string} name */
  async kill(name) {
    const pid = this.#pids.get(name);
    if (!pid) {
      throw new Error(`nobody is called ${name}:\n${this.#log}`);
    }
    process.kill(pid, "SIGKILL");
    await eventually(`${name} runs again`, () => this.#pids.get(name) !== pid, {
      found: async () => this.#log,
    });
  }

  /** Ends all of it. */
  async remove() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
      return;
    }
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    await ended;
  }

  /** @param {string} bytes */
  #heard(bytes) {
    this.#log += bytes;
    for (const name of PROCESSES) {
      // In the table, or in the sentence that says who was started again.
      const said = new RegExp(`^${name}\\s+(?:started again: pid )?(\\d+)`, "gm");
      const pid = [...this.#log.matchAll(said)].at(-1);
      if (pid) {
        this.#pids.set(name, Number(pid[1]));
      }
    }
  }
}
