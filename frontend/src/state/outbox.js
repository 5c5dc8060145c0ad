// @ts-check
// What was asked to be sent and is not known to be stored. A queue a conversation, and in each one message on its way at
// a time, so that no retry overtakes another message. A draft leaves by an ack, by its own echo, or by being thrown away.

import { backoff } from "../lib/clock.js";
import { Emitter } from "../lib/emitter.js";
import { isPassing } from "../lib/failure.js";

/**
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Key} Key
 *
 * @typedef {object} DraftStore  Written without waiting: a page that dies right after Enter leaves the draft behind.
 * @property {() => Draft[]} all
 * @property {(draft: Draft) => void} put
 * @property {(id: string) => void} remove
 * @property {(removed: (id: string) => void) => () => void} follow  What other tabs removed.
 *
 * @typedef {object} Flight
 * @property {string | null} id  Of the draft on its way; null while the queue waits for a better moment.
 * @property {() => void} cancel
 */

/** No ack by then: sent again, with the same id. */
const ANSWERED_WITHIN = 10_000;
/** A server that fails at a draft so often in a row will go on to: somebody has to know, and the others have to go. */
const FAILURES_MOST = 8;
/** How long a queue rests at least when the server does not say. */
const RESTS_FOR = 1000;
/** Nothing of the draft stands in the server's way but its id. */
const OTHER_ID = "id_reused";

/** Emits `change` with the key of the conversation, and `unanswered` when a draft has waited for its ack in vain. */
export class Outbox extends Emitter {
  #clock;
  #uuid;
  #send;
  #store;
  #unfollow;
  /** @type {Map<Key, Draft[]>} */
  #queues = new Map();
  /** @type {Map<Key, Flight>} */
  #flights = new Map();
  /** @type {Map<Key, number>} How often in a row the first of a queue was put off. */
  #put_off = new Map();
  #online = false;
  /** Stored or thrown away in this page's life: whoever still finds them on the disk looked a moment too early. */
  #done = new Set();

  /**
   * @param {object} parts
   * @param {Clock} parts.clock
   * @param {() => string} parts.uuid
   * @param {(draft: Draft) => boolean} parts.send  Whether it went out.
   * @param {DraftStore} parts.store
   */
  constructor({ clock, uuid, send, store }) {
    super();
    this.#clock = clock;
    this.#uuid = uuid;
    this.#send = send;
    this.#store = store;
    this.#unfollow = store.follow((id) => this.discard(id));
  }

  /**
   * @param {Key} key
   * @returns {Draft[]} In the order of writing.
   */
  drafts(key) {
    return this.#queues.get(key) ?? [];
  }

  /** Every draft. */
  get all() {
    return [...this.#queues.values()].flat();
  }

  /**
   * A new draft. It is kept before it goes out: a tab that dies between the two leaves it to the next one.
   *
   * @param {Key} key
   * @param {string} content
   * @returns {Draft}
   */
  add(key, content) {
    /** @type {Draft} */
    const draft = {
      client_message_id: this.#uuid(),
      key,
      content,
      written_at: this.#clock.now(),
      state: "pending",
      code: null,
    };
    this.#enqueue(draft);
    this.#keep(draft);
    return draft;
  }

  /**
   * Takes over drafts that an earlier page, or a tab that was closed, left behind. A tab that is still there may send
   * them too: their ids make that one message.
   */
  adopt() {
    const known = new Set([...this.#done, ...this.all.map(({ client_message_id }) => client_message_id)]);
    const fresh = this.#store.all().filter(({ client_message_id }) => !known.has(client_message_id));
    for (const draft of fresh.sort((a, b) => a.written_at - b.written_at)) {
      this.#enqueue(draft);
      this.#pump(draft.key);
    }
  }

  /** @param {string} id */
  retry(id) {
    const draft = this.#find(id);
    if (draft?.state !== "failed") {
      return;
    }
    // Refused for good, it is nowhere stored: it may go behind what was written since. An id that is another
    // message's can never succeed.
    this.#remove(draft);
    if (draft.code === OTHER_ID) {
      this.#store.remove(id);
      draft.client_message_id = this.#uuid();
    }
    Object.assign(draft, { state: "pending", code: null });
    this.#enqueue(draft);
    this.#keep(draft);
  }

  /** @param {string} id */
  discard(id) {
    const draft = this.#find(id);
    if (draft?.state === "failed") {
      this.settle(id);
    }
  }

  /**
   * The draft is stored, or not wanted any more.
   *
   * @param {string} id
   * @returns {Draft | null}
   */
  settle(id) {
    const draft = this.#find(id);
    if (!draft) {
      return null;
    }
    this.#remove(draft);
    this.#put_off.delete(draft.key);
    this.#done.add(id);
    this.#store.remove(id);
    this.emit("change", draft.key);
    this.#pump(draft.key);
    return draft;
  }

  /**
   * The server did not take it.
   *
   * @param {string} id
   * @param {string} code
   * @param {number} [retry_after_ms]
   */
  refuse(id, code, retry_after_ms) {
    const draft = this.#find(id);
    if (draft?.state !== "pending") {
      return;
    }
    this.#land(draft);
    const times = this.#put_off.get(draft.key) ?? 0;
    if (isPassing(code) && !(code === "internal" && times >= FAILURES_MOST)) {
      this.#put_off.set(draft.key, times + 1);
      this.#rest(draft.key, null, Math.max(retry_after_ms ?? RESTS_FOR, backoff(times, this.#clock)));
      return;
    }
    Object.assign(draft, { state: "failed", code });
    this.#store.put(draft);
    this.emit("change", draft.key);
    this.#pump(draft.key);
  }

  /** The connection closed over what it was given last. @param {string} code */
  refuse_flights(code) {
    for (const { id } of [...this.#flights.values()]) {
      if (id) {
        this.refuse(id, code);
      }
    }
  }

  /** Connected: everything that has no answer goes out again. */
  resume() {
    this.#online = true;
    for (const key of this.#queues.keys()) {
      this.#pump(key);
    }
  }

  /** Not connected: what was on its way may have arrived or not, and waits. */
  pause() {
    this.#online = false;
    for (const { cancel } of this.#flights.values()) {
      cancel();
    }
    this.#flights.clear();
  }

  stop() {
    this.pause();
    this.#unfollow();
  }

  /** @param {Draft} draft */
  #keep(draft) {
    this.#store.put(draft);
    this.emit("change", draft.key);
    this.#pump(draft.key);
  }

  /** @param {Key} key */
  #pump(key) {
    if (!this.#online || this.#flights.has(key)) {
      return;
    }
    const next = this.drafts(key).find(({ state }) => state === "pending");
    if (next && this.#send(next)) {
      this.#rest(key, next.client_message_id, ANSWERED_WITHIN);
    }
  }

  /**
   * Holds a queue back until an answer comes or the time is over.
   *
   * @param {Key} key
   * @param {string | null} id
   * @param {number} ms
   */
  #rest(key, id, ms) {
    const cancel = this.#clock.after(() => {
      this.#flights.delete(key);
      if (id) {
        this.emit("unanswered");
      }
      this.#pump(key);
    }, ms);
    this.#flights.set(key, { id, cancel });
  }

  /** @param {Draft} draft */
  #land({ key, client_message_id }) {
    const flight = this.#flights.get(key);
    if (flight?.id === client_message_id) {
      flight.cancel();
      this.#flights.delete(key);
    }
  }

  /** @param {Draft} draft */
  #enqueue(draft) {
    this.#queues.set(draft.key, [...this.drafts(draft.key), draft]);
  }

  /** @param {Draft} draft */
  #remove(draft) {
    this.#land(draft);
    this.#queues.set(
      draft.key,
      this.drafts(draft.key).filter((other) => other !== draft),
    );
  }

  /** @param {string} id */
  #find(id) {
    return this.all.find(({ client_message_id }) => client_message_id === id);
  }
}
