// Somebody's account without a browser, over REST: to prepare a long history in a moment, or to look at what the server
// has. What a test is about is done in the browser.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { PASSWORD } from "./person.js";

export class Account {
  /**
   * @param {string} address
   * @param {string} token
   * @param {{ id: number, username: string }} user
   */
  constructor(address, token, user) {
    this.address = address;
    this.token = token;
    this.user = user;
  }

  /**
   * A further session of somebody who has registered in a browser.
   *
   * @param {{ address: string }} server
   * @param {{ email: string }} person
   */
  static async of({ address }, { email }) {
    const session = await ask(address, "POST", "/api/auth/login", { body: { email, password: PASSWORD } });
    return new Account(address, session.token, session.user);
  }

  /** Of somebody who never had a browser. @param {{ address: string }} server @param {string} username */
  static async registered({ address }, username) {
    const email = `${Buffer.from(username).toString("hex").slice(0, 40)}@example.org`;
    const body = { username, email, password: PASSWORD };
    const session = await ask(address, "POST", "/api/auth/register", { body });
    return new Account(address, session.token, session.user);
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  calls(method, path, body) {
    return ask(this.address, method, path, { body, token: this.token });
  }

  /**
   * @param {string} text
   * @param {{ receiver_id: number } | { group_id: number }} target
   */
  async sends(text, target) {
    const body = { content: text, client_message_id: randomUUID(), ...target };
    return (await this.calls("POST", "/api/messages/send", body)).message;
  }

  /** @param {string} name */
  async makesGroup(name) {
    return (await this.calls("POST", "/api/groups/create", { name })).group;
  }

  /** Every text of a conversation, oldest first. @param {string} query  `receiver_id=7` */
  async texts(query) {
    const path = `/api/messages/list?limit=200&after_seq=0&${query}`;
    const { messages } = await this.calls("GET", path);
    return messages.map((/** @type {{ content: string }} */ message) => message.content);
  }
}

/**
 * @param {string} address
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, token?: string }} [options]
 */
async function ask(address, method, path, { body, token } = {}) {
  const answer = await fetch(address + path, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}
