// The network between one browser and the server: a small TCP proxy that can be cut, hang and heal. The browser's own
// "offline" switch leaves open WebSockets alone, and no switch of it makes a line that is silently dead.

import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Network {
  /** @type {import("node:net").Server} */
  #door;
  #upstream;
  /** @type {Set<[import("node:net").Socket, import("node:net").Socket]>} */
  #lines = new Set();
  /** @type {"open" | "cut" | "hanging"} */
  #state = "open";
  port = 0;

  /** @param {number} upstream  The server's port. */
  constructor(upstream) {
    this.#upstream = upstream;
    this.#door = createServer((near) => this.#accept(near));
  }

  /** @param {number} upstream */
  static async to(upstream) {
    const network = new Network(upstream);
    network.#door.listen(0, "127.0.0.1");
    await once(network.#door, "listening");
    network.port = /** @type {import("node:net").AddressInfo} */ (network.#door.address()).port;
    return network;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Every line breaks, and nobody gets a new one. */
  cut() {
    this.#state = "cut";
    this.#breakAll();
  }

  /** Every line stays up and carries nothing any more, as when a laptop changes its Wi-Fi. */
  hang() {
    this.#state = "hanging";
    for (const line of this.#lines) {
      for (const end of line) {
        end.pause();
      }
    }
  }

  /** New lines work again. Those that hung are broken: what they had swallowed never arrives. */
  heal() {
    this.#state = "open";
    this.#breakAll();
  }

  close() {
    this.#breakAll();
    this.#door.close();
  }

  /** @param {import("node:net").Socket} near */
  #accept(near) {
    if (this.#state === "cut") {
      near.destroy();
      return;
    }
    const far = connect(this.#upstream, "127.0.0.1");
    /** @type {[import("node:net").Socket, import("node:net").Socket]} */
    const line = [near, far];
    this.#lines.add(line);
    this.#carry(near, far, line);
    this.#carry(far, near, line);
    if (this.#state === "hanging") {
      near.pause();
      far.pause();
    }
  }

  /**
   * @param {import("node:net").Socket} from
   * @param {import("node:net").Socket} to
   * @param {[import("node:net").Socket, import("node:net").Socket]} line
   */
  #carry(from, to, line) {
    from.setNoDelay(true);
    from.on("data", (bytes) => to.write(bytes));
    from.on("end", () => to.end());
    // A reset is a way to end; the other side learns of it the same way.
    from.on("error", () => to.destroy());
    from.on("close", () => {
      to.destroy();
      this.#lines.delete(line);
    });
  }

  #breakAll() {
    for (const line of this.#lines) {
      for (const end of line) {
        end.destroy();
      }
    }
    this.#lines.clear();
  }
}
