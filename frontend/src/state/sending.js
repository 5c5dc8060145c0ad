// @ts-check
// A draft's way: out of the outbox to the server, and what was stored of it into the log, by the same door as everybody's
// entries.

import { Failure } from "../lib/failure.js";
import { Outbox } from "./outbox.js";

/**
 * @typedef {import("./types.js").Key} Key
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./conversation.js").Conversation} Conversation
 * @typedef {import("../net/wire.js").Message} Message
 *
 * @typedef {object} Parts
 * @property {number} me
 * @property {import("../lib/clock.js").Clock} clock
 * @property {() => string} uuid
 * @property {(event: import("../net/wire.js").ClientEvent) => boolean} say
 * @property {import("./outbox.js").DraftStore} drafts
 * @property {import("./inbox.js").Inbox} inbox
 * @property {(key: Key) => void} tell  Something of it is to be shown.
 */

/** The longest content of a message, in bytes of UTF-8, that a server takes unless it was told otherwise. */
const CONTENT_MOST = 16_384;
/** The longest frame that a server takes. Control characters take six bytes each on the wire. */
const FRAME_MOST = 65_000;

export class Sending {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { clock, uuid, drafts } = parts;
    this.outbox = new Outbox({ clock, uuid, send: (draft) => this.#post(draft), store: drafts });
    this.outbox.on("change", parts.tell);
  }

  /** An ack is one's own entry, but for what the draft says. @param {import("../net/wire.js").AckEvent} ack */
  acked(ack) {
    const draft = this.outbox.settle(ack.client_message_id);
    if (!draft) {
      return;
    }
    const { me, inbox } = this.#parts;
    const { receiver_id = null, group_id = null } = inbox.get(draft.key).target;
    const { message_id: id, conversation_id, seq, client_message_id, created_at } = ack;
    const place = { id, conversation_id, seq, client_message_id, created_at, receiver_id, group_id };
    inbox.heard({ ...place, sender_id: me, content: draft.content, message_type: "text" });
    this.#land(draft, seq);
  }

  /** One's own entry came, be it by its ack or not: it is stored. @param {Message} entry */
  settle(entry) {
    const draft = this.outbox.settle(entry.client_message_id);
    if (draft) {
      this.#land(draft, entry.seq);
    }
  }

  /** Drafts whose entries have their place by now. @param {Conversation} conversation */
  landed({ landing, log }) {
    for (const seq of landing.keys()) {
      if (seq <= (log.have ?? 0)) {
        landing.delete(seq);
      }
    }
  }

  /**
   * Until the entry has its place in the log, the draft's bubble stays where it is.
   *
   * @param {Draft} draft
   * @param {number} seq
   */
  #land(draft, seq) {
    const conversation = this.#parts.inbox.get(draft.key);
    if (seq > (conversation.log.have ?? 0)) {
      conversation.landing.set(seq, draft);
    }
    this.#parts.tell(draft.key);
  }

  /** @param {Draft} draft */
  #post({ key, client_message_id, content }) {
    const { target } = this.#parts.inbox.get(key);
    const event = { event_type: /** @type {const} */ ("message"), ...target, content, client_message_id };
    if (new TextEncoder().encode(JSON.stringify(event)).length > FRAME_MOST) {
      // Sent all the same, it would cost the connection, again and again.
      queueMicrotask(() => this.outbox.refuse(client_message_id, "content_too_long"));
      return true;
    }
    return this.#parts.say(event);
  }
}

/**
 * What is sent of a text.
 *
 * @param {string} text
 * @throws {Failure} `content_empty`, `content_too_long`
 */
export function sendable(text) {
  const content = text.trim();
  if (content === "") {
    throw new Failure("content_empty");
  }
  if (new TextEncoder().encode(content).length > CONTENT_MOST) {
    throw new Failure("content_too_long");
  }
  return content;
}
