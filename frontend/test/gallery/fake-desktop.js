// @ts-check
// A stand-in for the desktop app's shell, by its face in src/view/context.js.

import { Emitter } from "../../src/lib/emitter.js";
import { Failure } from "../../src/lib/failure.js";

class FakeChoices extends Emitter {
  /** @type {import("../../src/platform/desktop/choices.js").Choices} */
  values = { closing: "ask", zoom: 1 };

  /** @param {keyof FakeChoices["values"]} name @returns {any} */
  get(name) {
    return this.values[name];
  }
  /** @param {keyof FakeChoices["values"]} name @param {any} value */
  set(name, value) {
    Object.assign(this.values, { [name]: value });
    this.emit("change", name);
  }
}

export class FakeDesktop extends Emitter {
  choices = new FakeChoices();
  tokens = Object.assign(new Emitter(), { lasting: true });
  /** @type {string | null} */
  server = "https://chat.example.org";

  show() {}
  async use() {
    throw new Failure("server_tls");
  }
  async startsByItself() {
    return true;
  }
  async startByItself() {}
  async hide() {}
  async quit() {}
}
