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
   * @param {import("./server.js").Server} server
   * @param {{ email: string }} person
   */
  static async of(server, person) {
    const session = await ask(server.address, "POST", "/api/auth/login", {
      body: { email: person.email, password: PASSWORD },
    });
    return new Account(server.address, session.token, session.user);
  }

  /**
   * @param {string} text
   * @param {{ receiver_id: number } | { group_id: number }} target
   */
  async sends(text, target) {
    const body = { content: text, client_message_id: randomUUID(), ...target };
    return (await ask(this.address, "POST", "/api/messages/send", { body, token: this.token })).message;
  }

  /** @param {string} name */
  async makesGroup(name) {
    return (await ask(this.address, "POST", "/api/groups/create", { body: { name }, token: this.token }))
      .group;
  }

  /** Every text of a conversation, oldest first. @param {string} query  `receiver_id=7` */
  async texts(query) {
    const path = `/api/messages/list?limit=200&after_seq=0&${query}`;
    const { messages } = await ask(this.address, "GET", path, { token: this.token });
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
  return JSON.parse(text);
}
