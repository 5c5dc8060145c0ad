// @ts-check
// Entries and pages as a server would give them.

/**
 * @typedef {import("../../../src/net/wire.js").Message} Message
 * @typedef {import("../../../src/net/wire.js").Page} Page
 */

export const ME = 1;
export const BOB = 2;

/**
 * @param {number} seq
 * @param {Partial<Message>} [more]
 * @returns {Message}
 */
export function entry(seq, more = {}) {
  return {
    id: 1000 + seq,
    conversation_id: 11,
    seq,
    sender_id: BOB,
    receiver_id: ME,
    group_id: null,
    content: `number ${seq}`,
    message_type: "text",
    client_message_id: `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`,
    created_at: new Date(1_700_000_000_000 + seq * 1000).toISOString(),
    ...more,
  };
}

/**
 * @param {number} from
 * @param {number} to
 * @param {Partial<Page>} [more]
 * @returns {Page}
 */
export function page(from, to, more = {}) {
  const seqs = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
  return { messages: seqs.map((seq) => entry(seq)), has_more: false, through_seq: to, epoch: "one", ...more };
}

/** @param {{ seq: number }[]} entries */
export const seqs = (entries) => entries.map(({ seq }) => seq);
