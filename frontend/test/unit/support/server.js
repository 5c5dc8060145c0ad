// @ts-check
// A server in miniature: it numbers entries, remembers ids, and answers lists as docs/protocol.md says. Its bus may lose,
// repeat and delay, its connections may be cut, and its answers may get lost. It is a model for the client's tests, and
// has nothing of the real one's access rules.

import { Failure } from "../../../src/lib/failure.js";
import { kindOf } from "../../../src/net/wire.js";

/**
 * @typedef {import("../../../src/net/wire.js").Message} Message
 * @typedef {ReturnType<typeof import("./clock.js").manualClock>} ManualClock
 * @typedef {{ id: number, pair: [number, number] | null, group_id: number | null, joined: Map<number, number>,
 *   entries: Message[], reads: Map<number, number>, views: Map<number, any> }} Stored
 */

export const HEARTBEAT = 25_000;
const PLAIN = { pinned: false, muted: false, hidden_seq: 0, unread_seq: 0, version: 0 };

export class MiniServer {
  epoch = "one";
  /** @type {Map<string, Stored>} */
  conversations = new Map();
  /** @type {Set<MiniSocket>} */
  sockets = new Set();
  /** Nobody gets through. */
  away = false;
  /** Chances, 0 to 1. */
  faults = { lose: 0, repeat: 0, delay: 0, cut: 0, refuse: 0 };
  /** Until when somebody is muted in every group, by user. @type {Map<number, string>} */
  muted = new Map();
  /** What was asked over REST. @type {string[]} */
  asked = [];
  /** @type {Map<string, Message>} */
  #by_client_id = new Map();

  /** @param {ManualClock} clock @param {() => number} [random] */
  constructor(clock, random = () => 1) {
    this.clock = clock;
    this.random = random;
  }

  /** @param {number} user */
  connect(user) {
    return new MiniSocket(this, user);
  }

  /** @param {number} id @param {number[]} members */
  group(id, members) {
    const joined = new Map(members.map((user) => [user, 1]));
    this.conversations.set(`g:${id}`, this.#fresh({ group_id: id, joined }));
    return this;
  }

  /** @param {Partial<Stored>} more @returns {Stored} */
  #fresh(more) {
    const id = 11 + this.conversations.size;
    return {
      id,
      pair: null,
      group_id: null,
      joined: new Map(),
      entries: [],
      reads: new Map(),
      views: new Map(),
      ...more,
    };
  }

  /** @param {number} user @param {{ receiver_id?: number, group_id?: number }} target */
  place(user, { receiver_id, group_id }) {
    if (group_id !== undefined) {
      return this.conversations.get(`g:${group_id}`);
    }
    const pair = /** @type {[number, number]} */ ([user, receiver_id ?? 0].sort((a, b) => a - b));
    const name = `u:${pair}`;
    if (!this.conversations.has(name)) {
      this.conversations.set(name, this.#fresh({ pair, joined: new Map(pair.map((one) => [one, 1])) }));
    }
    return this.conversations.get(name);
  }

  /**
   * @param {number} user
   * @param {any} draft
   * @returns {Message}
   */
  append(user, draft) {
    const {
      receiver_id,
      group_id,
      content,
      message_type = "text",
      client_message_id = `none-${Math.random()}`,
    } = draft;
    const known = this.#by_client_id.get(client_message_id);
    if (known) {
      this.publish(known);
      return known;
    }
    const stored = this.place(user, draft);
    if (group_id !== undefined && this.muted.has(user) && message_type === "text") {
      throw new Failure("muted");
    }
    if (!stored?.joined.has(user)) {
      throw new Failure("not_found");
    }
    const seq = stored.entries.length + 1;
    /** @type {Message} */
    const entry = {
      id: 1000 * stored.id + seq,
      conversation_id: stored.id,
      seq,
      sender_id: user,
      receiver_id: receiver_id ?? null,
      group_id: group_id ?? null,
      content,
      message_type,
      client_message_id,
      created_at: new Date(this.clock.now()).toISOString(),
    };
    stored.entries.push(entry);
    this.#by_client_id.set(client_message_id, entry);
    this.publish(entry);
    return entry;
  }

  /** @param {Message} entry */
  publish(entry) {
    const stored = this.by_id(entry.conversation_id);
    for (const socket of this.sockets) {
      if (stored?.joined.has(socket.user)) {
        this.#push(socket, entry);
      }
    }
  }

  /** @param {MiniSocket} socket @param {Message} entry */
  #push(socket, entry) {
    const { id, sender_id, ...same } = entry;
    const event = { event_type: "message", user_id: sender_id, message_id: id, ...same };
    if (this.random() < this.faults.lose) {
      return;
    }
    const times = this.random() < this.faults.repeat ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      if (this.random() < this.faults.delay) {
        this.clock.after(() => socket.tell(event), Math.floor(this.random() * 900));
      } else {
        socket.tell(event);
      }
    }
  }

  /** A cursor moved: one's own connections hear of it, and the peer's. @param {number} user @param {any} event */
  read(user, { conversation_id, seq }) {
    const stored = this.by_id(conversation_id);
    stored?.reads.set(user, Math.max(seq, stored.reads.get(user) ?? 0));
    for (const socket of this.sockets) {
      if (socket.user === user || stored?.pair?.includes(socket.user)) {
        socket.tell({ event_type: "read", user_id: user, conversation_id, seq });
      }
    }
  }

  /** @param {number} id */
  by_id(id) {
    return [...this.conversations.values()].find((stored) => stored.id === id);
  }

  /** @param {number} user */
  heads(user) {
    /** @type {Record<string, number[]>} */
    const heads = {};
    for (const { id, entries, reads, pair } of this.of(user)) {
      const peer = pair?.find((one) => one !== user);
      heads[id] = [entries.length, reads.get(user) ?? 0, reads.get(peer ?? 0) ?? 0];
    }
    return heads;
  }

  /** @param {number} user */
  of(user) {
    const own = [...this.conversations.values()].filter(({ joined }) => joined.has(user));
    return own.filter(({ entries, group_id }) => group_id !== null || entries.length > 0);
  }

  /** @param {number} user @returns {(method: string, path: string, call?: any) => Promise<any>} */
  rest(user) {
    return async (method, path, { query = {}, body = {} } = {}) => {
      this.asked.push(`${method} ${path}`);
      await new Promise((resolve) =>
        this.clock.after(() => resolve(undefined), Math.floor(this.random() * 300)),
      );
      if (this.away || this.random() < this.faults.refuse) {
        throw new Failure("network");
      }
      return this.#answer(user, method, path, query, body);
    };
  }

  /** @param {number} user @param {string} method @param {string} path @param {any} query @param {any} body */
  #answer(user, method, path, query, body) {
    switch (`${method} ${path}`) {
      case "GET /api/conversations":
        return { conversations: this.of(user).map((stored) => this.listed(user, stored)), epoch: this.epoch };
      case "GET /api/messages/list":
        return this.page(user, query);
      case "POST /api/conversations/read":
        return this.readAll(user);
      case "POST /api/groups/leave":
        return this.leave(user, body.group_id);
      default:
        if (method === "PATCH" && path.startsWith("/api/conversations/")) {
          return { view: this.keep(user, Number(path.split("/").at(-1)), body) };
        }
        if (path.startsWith("/api/users/")) {
          const id = Number(path.split("/").at(-1));
          return { user: person(id) };
        }
        throw new Failure("not_found");
    }
  }

  /** @param {number} user */
  readAll(user) {
    for (const { id, entries, views } of this.of(user)) {
      this.read(user, { conversation_id: id, seq: entries.length });
      if (views.has(user)) {
        this.keep(user, id, { marked_unread: false });
      }
    }
    return null;
  }

  /**
   * How a user keeps a conversation; their connections hear of it, if the bus loses nothing.
   *
   * @param {number} user
   * @param {number} id
   * @param {any} change
   */
  keep(user, id, { pinned, muted, hidden, seq, marked_unread }) {
    const stored = this.by_id(id);
    if (!stored?.joined.has(user)) {
      throw new Failure("not_found");
    }
    const before = stored.views.get(user) ?? PLAIN;
    const head = stored.entries.length;
    const hidden_seq = hidden ? Math.min(seq ?? head, head) : 0;
    const view = {
      pinned: pinned ?? before.pinned,
      muted: muted ?? before.muted,
      hidden_seq: hidden === undefined ? before.hidden_seq : hidden_seq,
      unread_seq:
        marked_unread === undefined
          ? before.unread_seq
          : marked_unread
            ? (stored.reads.get(user) ?? 0) + 1
            : 0,
      version: before.version + 1,
    };
    stored.views.set(user, view);
    for (const socket of this.sockets) {
      if (socket.user === user && this.random() >= this.faults.lose) {
        socket.tell({ event_type: "view", conversation_id: id, view });
      }
    }
    return view;
  }

  /** How often the views of a user changed. @param {number} user */
  views(user) {
    return this.of(user).reduce((sum, { views }) => sum + (views.get(user)?.version ?? 0), 0);
  }

  /** @param {number} user @param {number} group_id */
  leave(user, group_id) {
    const stored = this.conversations.get(`g:${group_id}`);
    this.append(user, { group_id, content: JSON.stringify({ user_id: user }), message_type: "member_left" });
    stored?.joined.delete(user);
    return null;
  }

  /** @param {number} user @param {number} group_id */
  join(user, group_id) {
    const stored = this.conversations.get(`g:${group_id}`);
    stored?.joined.set(user, stored.entries.length + 1);
    this.append(user, {
      group_id,
      content: JSON.stringify({ user_id: user }),
      message_type: "member_joined",
    });
  }

  /** @param {number} user @param {Stored} stored */
  listed(user, { id, pair, group_id, entries, reads, joined, views }) {
    const peer = pair && (pair.find((one) => one !== user) ?? user);
    const read_seq = reads.get(user) ?? 0;
    const from = Math.max(read_seq, (joined.get(user) ?? 1) - 1);
    const unread = entries.filter(
      ({ seq, sender_id, message_type }) =>
        seq > from && sender_id !== user && kindOf(message_type) === "written",
    );
    return {
      id,
      peer: peer && person(peer),
      group: group_id && {
        ...group(group_id, id, joined.get(user) ?? 1),
        ...(this.muted.has(user) ? { muted_until: this.muted.get(user) } : {}),
      },
      last_seq: entries.length,
      read_seq,
      peer_read_seq: reads.get(pair ? (peer ?? 0) : 0) ?? 0,
      unread: Math.min(100, unread.length),
      view: views.get(user) ?? PLAIN,
      last_message: entries.at(-1) ?? null,
    };
  }

  /** @param {number} user @param {any} query */
  page(user, { receiver_id, group_id, after_seq, before_seq, limit = 50 }) {
    const stored = this.place(user, { receiver_id, group_id });
    const from = stored?.joined.get(user);
    if (!stored || from === undefined) {
      throw new Failure("not_found");
    }
    const head = stored.entries.length;
    const readable = stored.entries.filter(({ seq }) => seq >= from);
    if (after_seq !== undefined) {
      const rest = readable.filter(({ seq }) => seq > after_seq);
      const messages = rest.slice(0, limit);
      const has_more = rest.length > messages.length;
      return { messages, has_more, through_seq: has_more ? messages.at(-1)?.seq : head, epoch: this.epoch };
    }
    const rest = readable.filter(({ seq }) => seq < (before_seq ?? Infinity));
    const messages = rest.slice(-limit);
    const through_seq = before_seq === undefined ? head : Math.min(head, before_seq - 1);
    return { messages, has_more: rest.length > messages.length, through_seq, epoch: this.epoch };
  }
}

/** One client's WebSocket to it, as much of one as the link uses. */
export class MiniSocket {
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: { data: string }) => void) | null} */
  onmessage = null;
  /** @type {((event: { code: number }) => void) | null} */
  onclose = null;
  /** What the client said. @type {any[]} */
  said = [];
  /** Says nothing any more, and is not closed: a line that died. */
  deaf = false;

  /** @param {MiniServer} server @param {number} user */
  constructor(server, user) {
    this.server = server;
    this.user = user;
    server.clock.after(() => (server.away ? this.end(1006) : this.onopen?.()), 5);
  }

  /** @param {object} event */
  tell(event) {
    if (this.server.sockets.has(this) && !this.deaf) {
      this.onmessage?.({ data: JSON.stringify(event) });
    }
  }

  /** @param {string} text */
  send(text) {
    const event = JSON.parse(text);
    this.said.push(event);
    if (!this.deaf && !this.server.away) {
      this.server.clock.after(() => this.#take(event), 5);
    }
  }

  /** @param {any} event */
  #take(event) {
    const { server, user } = this;
    if (event.event_type === "auth" && !server.sockets.has(this)) {
      server.sockets.add(this);
      this.tell(this.ready());
    }
    if (!server.sockets.has(this)) {
      return;
    }
    if (event.event_type === "message") {
      this.#message(event);
    } else if (event.event_type === "ping") {
      this.tell({ event_type: "pong" });
      const sum = server.of(user).reduce((total, { entries }) => total + entries.length, 0);
      if (event.sum !== undefined && event.sum !== sum) {
        this.tell({ event_type: "heads", heads: server.heads(user) });
      }
    } else if (event.event_type === "read") {
      server.read(user, event);
    }
  }

  /** @param {any} event */
  #message(event) {
    const { server, user } = this;
    try {
      const { id: message_id, ...entry } = server.append(user, event);
      const { client_message_id, conversation_id, seq, created_at } = entry;
      if (server.random() < server.faults.cut) {
        return this.end(1006);
      }
      this.tell({ event_type: "ack", client_message_id, message_id, conversation_id, seq, created_at });
    } catch (error) {
      const { code } = /** @type {Failure} */ (error);
      this.tell({ event_type: "error", code, message: code, client_message_id: event.client_message_id });
    }
  }

  ready() {
    const { server, user } = this;
    return {
      event_type: "ready",
      connection_id: "c",
      user_id: user,
      epoch: server.epoch,
      heartbeat_ms: HEARTBEAT,
      views: this.server.views(this.user),
      heads: server.heads(user),
    };
  }

  /** The server, or something between, ends it. @param {number} code */
  end(code) {
    this.server.sockets.delete(this);
    this.onclose?.({ code });
  }

  close() {
    this.server.sockets.delete(this);
  }
}

/** @param {number} id @returns {import("../../../src/net/wire.js").User} */
export function person(id) {
  return { id, username: `user ${id}`, avatar: "", status: "online", created_at: "2026-01-01T00:00:00.000Z" };
}

/** @param {number} id @param {number} conversation_id @param {number} joined_seq */
function group(id, conversation_id, joined_seq) {
  const created_at = "2026-01-01T00:00:00.000Z";
  const words = { name: `group ${id}`, description: "", avatar: "", join_policy: "open", role: "member" };
  return { id, conversation_id, owner_id: 1, joined_seq, created_at, ...words };
}
