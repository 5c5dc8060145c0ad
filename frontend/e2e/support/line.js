// Whether a page is connected, seen from outside it: its newest WebSocket is open, and the server has said `ready`.

export class Line {
  /** @type {import("playwright-core").WebSocket | null} */
  #newest = null;
  up = false;
  /** How often the server has said `ready`. */
  times = 0;

  /** @param {import("playwright-core").Page} page  Before it is opened. */
  constructor(page) {
    page.on("websocket", (socket) => {
      this.#newest = socket;
      this.up = false;
      socket.on("framereceived", ({ payload }) => this.#received(socket, String(payload)));
      socket.on("close", () => this.#closed(socket));
    });
  }

  /**
   * @param {import("playwright-core").WebSocket} socket
   * @param {string} text
   */
  #received(socket, text) {
    if (socket === this.#newest && text.includes('"event_type":"ready"')) {
      this.up = true;
      this.times += 1;
    }
  }

  /** @param {import("playwright-core").WebSocket} socket */
  #closed(socket) {
    if (socket === this.#newest) {
      this.up = false;
    }
  }
}
