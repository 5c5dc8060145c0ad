// @ts-check
// Which of this browser's tabs tells of news: the one that was looked at last, so that a message rings once. It is the
// holder of a lock, which the next in line gets when the tab is closed, however it ends.

const NAME = "imtt-foremost";

/**
 * @typedef {object} Browser
 * @property {LockManager | null} [locks]
 * @property {BroadcastChannel | null} [channel]
 */

export class Foremost {
  #locks;
  /** Where there are no locks (a page by plain http) each tab takes itself for the one until another one is looked at. */
  #channel;
  #mine;
  /** @type {AbortController | null} */
  #waiting = null;

  /**
   * @param {{ looking: boolean, on(topic: string, listener: () => void): unknown }} attention
   * @param {Browser} [browser]
   */
  constructor(attention, { locks = navigator.locks, channel = openChannel() } = {}) {
    this.#locks = locks;
    this.#mine = !locks;
    this.#channel = channel;
    channel?.addEventListener("message", () => {
      this.#mine = this.#locks ? this.#mine : false;
    });
    if (locks && !attention.looking) {
      this.#wait();
    }
    const follow = () => attention.looking && this.#take();
    attention.on("change", follow);
    follow();
  }

  /** Whether this tab is the one. */
  get mine() {
    return this.#mine;
  }

  #take() {
    if (!this.#locks) {
      this.#mine = true;
      this.#channel?.postMessage("taken");
    } else if (!this.#mine) {
      this.#steal();
    }
  }

  async #steal() {
    this.#waiting?.abort();
    try {
      await this.#locks?.request(NAME, { steal: true }, () => this.#hold());
    } catch (error) {
      this.#lost(error);
    }
  }

  async #wait() {
    const waiting = new AbortController();
    this.#waiting = waiting;
    try {
      await this.#locks?.request(NAME, { signal: waiting.signal }, () => this.#hold());
    } catch (error) {
      if (!waiting.signal.aborted) {
        this.#lost(error);
      }
    }
  }

  /** Until the tab is closed, or another one takes it. @returns {Promise<never>} */
  #hold() {
    this.#mine = true;
    return new Promise(() => {});
  }

  /**
   * Another tab is looked at. Anything else that ends a lock means that this page has none, and asking again would be
   * refused again, for ever.
   *
   * @param {unknown} error
   */
  #lost(error) {
    if (error instanceof DOMException && error.name === "AbortError") {
      this.#mine = false;
      this.#wait();
    } else {
      this.#locks = null;
      this.#mine = true;
    }
  }
}

function openChannel() {
  return "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
}
