// @ts-check
// A client as main.js joins one, but for the browser: the clock is turned by hand, the server is the mini one, and the
// cache is memory that outlives the client, as a disk does.

import { Emitter } from "../../../src/lib/emitter.js";
import { Link } from "../../../src/net/link.js";
import { Client } from "../../../src/state/client.js";
import { Composers } from "../../../src/state/composers.js";
import { person } from "./server.js";

/**
 * @typedef {import("./server.js").MiniServer} MiniServer
 * @typedef {import("../../../src/state/keeping.js").Cache} Cache
 */

/** What stays when a page goes. */
export function disk() {
  /** @type {Map<string, any>} */
  const conversations = new Map();
  /** @type {Map<string, any>} */
  const entries = new Map();
  /** @type {Map<number, any>} */
  const people = new Map();
  /** @type {Map<string, any>} */
  const drafts = new Map();
  /** @type {Map<import("../../../src/state/types.js").Key, string>} */
  const texts = new Map();
  /** @type {string | null} */
  let epoch = null;
  /** @type {Cache} */
  const cache = {
    async load() {
      const lists = [conversations, people].map((map) => structuredClone([...map.values()]));
      return { epoch, conversations: lists[0] ?? [], people: lists[1] ?? [] };
    },
    async keep(batch) {
      if (batch.epoch !== epoch) {
        return;
      }
      for (const { key, id } of batch.lost) {
        conversations.delete(key);
        const theirs = [...entries].filter(([, { conversation_id }]) => conversation_id === id);
        theirs.forEach(([name]) => {
          entries.delete(name);
        });
      }
      for (const one of batch.conversations) {
        conversations.set(one.key, structuredClone(one));
      }
      for (const one of batch.entries) {
        entries.set(`${one.conversation_id} ${one.seq}`, one);
      }
      for (const one of batch.people) {
        people.set(one.id, one);
      }
    },
    async before(id, seq, limit) {
      const found = [];
      for (let at = seq - 1; found.length < limit && entries.has(`${id} ${at}`); at -= 1) {
        found.unshift(entries.get(`${id} ${at}`));
      }
      return found;
    },
    async all(id) {
      const found = [...entries.values()].filter(({ conversation_id }) => conversation_id === id);
      return structuredClone(found).sort((a, b) => a.seq - b.seq);
    },
    async begin(name) {
      if (name !== epoch) {
        conversations.clear();
        entries.clear();
        epoch = name;
      }
    },
    close() {},
  };
  /** @type {import("../../../src/state/composers.js").Store} */
  const store = {
    all: () => [...texts],
    write: (key, text) => void (text ? texts.set(key, text) : texts.delete(key)),
    follow: () => () => {},
  };
  /** @type {Set<(id: string) => void>} */
  const followers = new Set();
  /** @type {import("../../../src/state/outbox.js").DraftStore} */
  const outbox = {
    all: () => structuredClone([...drafts.values()]),
    put: (draft) => void drafts.set(draft.client_message_id, structuredClone(draft)),
    remove(id) {
      drafts.delete(id);
      for (const removed of followers) {
        removed(id);
      }
    },
    follow(removed) {
      followers.add(removed);
      return () => followers.delete(removed);
    },
  };
  return { cache, drafts, outbox, composers: store };
}

let ids = 0;

/**
 * @param {MiniServer} server
 * @param {number} user
 * @param {ReturnType<typeof disk>} [kept]
 */
export function clientOf(server, user, kept = disk()) {
  const { clock } = server;
  const network = Object.assign(new Emitter(), { online: true });
  /** @type {import("./server.js").MiniSocket[]} */
  const sockets = [];
  const session = Object.assign(new Emitter(), { call: server.rest(user), token: async () => "token" });
  const client = new Client({
    me: person(user),
    session: /** @type {any} */ (session),
    clock,
    cache: kept.cache,
    drafts: kept.outbox,
    composers: new Composers({ clock, store: kept.composers }),
    uuid: () => `id-${user}-${++ids}`,
    link: (sum) =>
      new Link({
        clock,
        network,
        sum,
        token: () => session.token(),
        connect() {
          const socket = server.connect(user);
          sockets.push(socket);
          return /** @type {any} */ (socket);
        },
      }),
  });
  client.start();
  return { client, network, session, kept, sockets, socket: () => /** @type {any} */ (sockets.at(-1)) };
}
