// A WebDriver client, as much of it as these tests use: plain requests to WebKitWebDriver, which starts the app and
// sees into its page.

import assert from "node:assert/strict";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export class Driver {
  /** @param {string} address  Of a session. */
  constructor(address) {
    this.address = address;
  }

  /**
   * Starts the app.
   *
   * @param {string} driver  Where WebKitWebDriver listens.
   * @param {string} binary
   * @param {string[]} args
   */
  static async session(driver, binary, args = []) {
    const wanted = { browserName: "wry", "webkitgtk:browserOptions": { binary, args } };
    const body = { capabilities: { alwaysMatch: wanted } };
    const { sessionId } = await ask("POST", `${driver}/session`, body);
    const session = new Driver(`${driver}/session/${sessionId}`);
    await ask("POST", `${session.address}/timeouts`, { script: 15_000, pageLoad: 30_000, implicit: 0 });
    return session;
  }

  /** Ends the app. */
  end() {
    return ask("DELETE", this.address);
  }

  /**
   * The value of a function's body in the page.
   *
   * @param {string} body  With `arguments`; what it returns may be a promise.
   * @param {...unknown} given
   */
  async run(body, ...given) {
    const script = `const [given, done] = arguments;
      Promise.resolve((async function () { ${body} }).apply(null, given))
        .then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));`;
    const { value, error } = await ask("POST", `${this.address}/execute/async`, { script, args: [given] });
    if (error) {
      throw new Error(`in the page: ${error}`);
    }
    return value;
  }

  /** @param {string} selector @returns {Promise<string | null>} */
  async find(selector) {
    const found = await ask("POST", `${this.address}/elements`, { using: "css selector", value: selector });
    return found[0]?.[ELEMENT] ?? null;
  }

  /** @param {string} element */
  click(element) {
    return ask("POST", `${this.address}/element/${element}/click`, {});
  }

  /** @param {string} element @param {string} text */
  type(element, text) {
    return ask("POST", `${this.address}/element/${element}/value`, { text });
  }

  /** @param {string} element */
  clear(element) {
    return ask("POST", `${this.address}/element/${element}/clear`, {});
  }

  /** A picture of the page, as PNG. */
  async picture() {
    return Buffer.from(await ask("GET", `${this.address}/screenshot`), "base64");
  }
}

/**
 * @param {string} method
 * @param {string} address
 * @param {unknown} [body]
 */
async function ask(method, address, body) {
  const answer = await fetch(address, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = /** @type {any} */ (await answer.json());
  assert.ok(answer.ok, `${method} ${address}: ${value?.error}: ${value?.message}`);
  return value;
}
