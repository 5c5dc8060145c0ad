// @ts-check
// The worker behind sw.js, which lets the client open when nothing answers, and the offer to install the client. Both
// are more than a page needs: whatever is missing or refused, the page works as it does.

import { Emitter } from "../lib/emitter.js";

const ADDRESS = "/sw.js";

/**
 * Only where a page may have one (by https, or from this machine), and only for a page that a server led to its build:
 * an app that brings its files along needs none.
 */
export async function startWorker() {
  const served = new URL(import.meta.url).pathname.startsWith("/b/");
  if (!served || !globalThis.isSecureContext || !navigator.serviceWorker) {
    return;
  }
  try {
    await navigator.serviceWorker.register(trusted(ADDRESS), { updateViaCache: "none" });
  } catch {
    // Storage is forbidden, or the certificate is not one that the browser trusts.
  }
}

/**
 * The page's policy lets an address become a script by this one policy only, and it lets no other address.
 *
 * @param {string} address
 */
function trusted(address) {
  const policies = /** @type {any} */ (globalThis).trustedTypes;
  const createScriptURL = (/** @type {string} */ asked) => {
    if (asked !== ADDRESS) {
      throw new TypeError("no other worker");
    }
    return asked;
  };
  return policies ? policies.createPolicy("worker", { createScriptURL }).createScriptURL(address) : address;
}

/** Emits `change` when the browser begins or ceases to offer that the client be installed. */
export class Installing extends Emitter {
  /** @type {any} */
  #offer = null;

  constructor() {
    super();
    addEventListener("beforeinstallprompt", (event) => {
      // The browser's own bar would come at a moment of its own.
      event.preventDefault();
      this.#offer = event;
      this.emit("change");
    });
    addEventListener("appinstalled", () => this.#over());
  }

  get offered() {
    return this.#offer !== null;
  }

  /** Why there is no offer, as far as it can be told. @returns {"installed" | "insecure" | "by_menu"} */
  get instead() {
    if (matchMedia("(display-mode: standalone)").matches) {
      return "installed";
    }
    return globalThis.isSecureContext ? "by_menu" : "insecure";
  }

  async ask() {
    const offer = this.#offer;
    this.#over();
    await offer?.prompt();
  }

  #over() {
    this.#offer = null;
    this.emit("change");
  }
}
