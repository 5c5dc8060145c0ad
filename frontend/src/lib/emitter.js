// @ts-check
// Who wants to hear of what. `emit` tells at once; `later` tells once at the end of the running task's microtasks,
// however often it was asked for, so that a page of entries repaints a list once and not two hundred times.

/** @typedef {(detail: any) => void} Listener */

export class Emitter {
  /** @type {Map<string, Set<Listener>>} */
  #listeners = new Map();
  /** @type {Map<string, Set<unknown>>} */
  #waiting = new Map();

  /**
   * @param {string} topic
   * @param {Listener} listener
   * @returns {() => void} Ends it.
   */
  on(topic, listener) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /**
   * A listener that fails does not keep the others from hearing it: its error is reported as nobody's.
   *
   * @param {string} topic
   * @param {unknown} [detail]
   */
  emit(topic, detail) {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        reportError(error);
      }
    }
  }

  /**
   * @param {string} topic
   * @param {unknown} [detail]
   */
  later(topic, detail) {
    if (this.#waiting.size === 0) {
      queueMicrotask(() => this.#tell());
    }
    const details = this.#waiting.get(topic) ?? new Set();
    this.#waiting.set(topic, details.add(detail));
  }

  #tell() {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [topic, details] of waiting) {
      for (const detail of details) {
        this.emit(topic, detail);
      }
    }
  }
}

/** @param {unknown} error */
function reportError(error) {
  // Thrown from a task of its own, it reaches the console and the page's error listener, and stops nobody here.
  setTimeout(() => {
    throw error;
  });
}
